/** What reference kernels work on, and their type. */
import type { PrimitiveName, Primitives, Shape } from '../../contracts/program.js';

/**
 * A tensor inside this engine, row-major. Numbers of every dtype are held in float64, which keeps int32 and float32
 * exactly: kernels then need only one kind of array, and sums are rounded once, after the op (see `executable.ts`).
 */
export interface Operand {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Computes one op: fills `output`, which has the inferred shape and starts as zeros. Shapes were checked by the builder. */
export type Kernel<P extends PrimitiveName> = (
  inputs: readonly Operand[],
  attributes: Primitives[P],
  output: Operand,
) => void;

/** The kernels of some primitives. */
export type Kernels<P extends PrimitiveName = PrimitiveName> = { readonly [K in P]: Kernel<K> };

/** Number of elements of a shape. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}
