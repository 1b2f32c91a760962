/**
 * Where the elements of one tensor lie in another: broadcasting, transposing, slicing, padding, joining and reducing are
 * all one walk over a shape with different strides.
 */
import type { Shape } from '../../contracts/program.js';
import { elementCount } from './operand.js';

/** Distance between neighbours along each axis of a row-major tensor. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Strides that read a tensor of shape `from` as if it had shape `to`: zero along axes that are repeated. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = rowMajorStrides(from);
  const missing = to.length - from.length;
  return to.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : strides[axis - missing]));
}

/** For each element of `shape`, in row-major order: `start` + Σ index[axis] · strides[axis]. */
export function offsets(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  const result = new Int32Array(elementCount(shape));
  const index = new Int32Array(shape.length);
  let offset = start;
  for (let i = 0; i < result.length; i++) {
    result[i] = offset;
    // Count up: the last axis turns fastest; an axis that comes round takes back what it added.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis];
      if (++index[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}
