/** How programs are written: one method a primitive, shapes checked at each call (NascentError of code 'shape'). */
import type { DType, Op, PrimitiveName, Primitives, Program, Shape, Value, ValueInfo } from './program.js';

/**
 * A gradient rule that replaces the derived one: given the gradient of the output, the gradient of each named input
 * (undefined: none flows).
 */
export type CustomGradient = (builder: ProgramBuilder, outputGradient: Value) => readonly (Value | undefined)[];

export interface ProgramBuilder {
  /** A named input of the program. */
  input(name: string, shape: Shape, dtype?: DType): Value;
  constant(data: Float32Array | Int32Array, shape: Shape): Value;
  /** A float32 scalar constant. */
  scalar(value: number): Value;
  /** Adds an op and returns the value it defines. */
  op<P extends PrimitiveName>(primitive: P, inputs: readonly Value[], attributes: Primitives[P]): Value;
  /**
   * The same value, whose gradient goes to `inputs` by `rule` instead of through the ops that made it: one row of the gradient
   * table, changed for one layer. Use the value returned; `output` itself keeps the derived rule.
   */
  customGradient(output: Value, inputs: readonly Value[], rule: CustomGradient): Value;
  gradientRule(output: Value): { readonly inputs: readonly Value[]; readonly rule: CustomGradient } | undefined;
  info(value: Value): ValueInfo;
  shape(value: Value): Shape;
  /** Whether a value is known to be all zeros. */
  isZero(value: Value): boolean;
  /** The op that defines a value, if an op does. */
  opOf(value: Value): Op | undefined;
  /** Runs `write`; ops added in it carry `label` (names of layers, which exported files keep). */
  labelled<T>(label: string, write: () => T): T;
  /** Number of values so far. */
  readonly size: number;
  /** The program with these outputs; ops that no output needs are dropped. */
  finish(outputs: Readonly<Record<string, Value>>): Program;
}
