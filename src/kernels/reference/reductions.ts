/** Reductions over axes, and what is computed along the last axis. */
import type { Shape } from '../../contracts/program.js';
import { offsets, rowMajorStrides } from './offsets.js';
import type { Kernels } from './operand.js';

export const reductionKernels: Kernels<'sum' | 'max' | 'argMax' | 'logSoftmax'> = {
  sum([x], { axes }, output) {
    const target = reducedOffsets(x.shape, axes);
    for (let i = 0; i < x.data.length; i++) output.data[target[i]] += x.data[i];
  },

  max([x], { axes }, output) {
    const target = reducedOffsets(x.shape, axes);
    output.data.fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < x.data.length; i++) output.data[target[i]] = Math.max(output.data[target[i]], x.data[i]);
  },

  argMax([x], _attributes, output) {
    const length = x.shape[x.shape.length - 1];
    for (let row = 0; row < output.data.length; row++) {
      let best = 0;
      for (let i = 1; i < length; i++) if (x.data[row * length + i] > x.data[row * length + best]) best = i;
      output.data[row] = best;
    }
  },

  logSoftmax([x], _attributes, output) {
    const length = x.shape[x.shape.length - 1];
    for (let start = 0; start < x.data.length; start += length) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let i = start; i < start + length; i++) largest = Math.max(largest, x.data[i]);
      // Shifted by the largest entry: exponentials then neither overflow nor all vanish.
      let total = 0;
      for (let i = start; i < start + length; i++) total += Math.exp(x.data[i] - largest);
      for (let i = start; i < start + length; i++) output.data[i] = x.data[i] - largest - Math.log(total);
    }
  },
};

/** For each element of `shape`: the element of the reduced tensor that it goes to. */
function reducedOffsets(shape: Shape, axes: readonly number[]): Int32Array {
  const kept = rowMajorStrides(shape.map((length, axis) => (axes.includes(axis) ? 1 : length)));
  return offsets(
    shape,
    kept.map((stride, axis) => (axes.includes(axis) ? 0 : stride)),
  );
}
