/** What a lowering is given, and what it gives: one op of a program as calls of TensorFlow.js. */
import type { PrimitiveName, Primitives, Shape, ValueType } from '../../contracts/program.js';
import type { Demand, Layout } from './layouts.js';
import type { Handle, Library } from './library.js';

/** One op being lowered. Shapes are the program's; layouts say in which order operands come and the result is wanted. */
export interface LoweringContext<P extends PrimitiveName> {
  readonly tf: Library;
  readonly attributes: Primitives[P];
  readonly types: readonly ValueType[];
  readonly shape: Shape;
  readonly layouts: readonly Layout[];
  readonly layout: Layout;
  /** Numbers that the op needs beside its operands; uploaded once, and released with the executable. */
  constant(data: Float32Array | Int32Array, shape: Shape): Handle;
}

/** Computes the result. What it makes on the way is released by the caller. */
export type Kernel = (operands: readonly Handle[]) => Handle;

export interface Lowering<P extends PrimitiveName> {
  /** Where it depends on shapes: of the first operand and of the result. */
  readonly demand: Demand | ((operand: Shape, result: Shape) => Demand);
  /** Everything that does not depend on the operands' numbers happens here, once a program. */
  readonly kernel: (context: LoweringContext<P>) => Kernel;
}

/** The lowerings of some primitives. */
export type Lowerings<P extends PrimitiveName = PrimitiveName> = { readonly [K in P]: Lowering<K> };
