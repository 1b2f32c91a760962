/** Ops that move elements without computing on them. */
import { broadcastStrides, offsets, rowMajorStrides } from './offsets.js';
import type { Kernels, Operand } from './operand.js';

type ShapeName = 'reshape' | 'transpose' | 'broadcast' | 'slice' | 'concatenate' | 'pad' | 'oneHot';

export const shapeKernels: Kernels<ShapeName> = {
  reshape([x], _attributes, output) {
    output.data.set(x.data);
  },

  transpose([x], { permutation }, output) {
    const strides = rowMajorStrides(x.shape);
    gather(
      x,
      permutation.map((axis) => strides[axis]),
      0,
      output,
    );
  },

  broadcast([x], _attributes, output) {
    gather(x, broadcastStrides(x.shape, output.shape), 0, output);
  },

  slice([x], { start }, output) {
    const strides = rowMajorStrides(x.shape);
    gather(x, strides, offsetOf(start, strides), output);
  },

  concatenate(inputs, { axis }, output) {
    const strides = rowMajorStrides(output.shape);
    let position = 0;
    for (const input of inputs) {
      scatter(input, strides, position * strides[axis], output);
      position += input.shape[axis];
    }
  },

  pad([x], { padding }, output) {
    const strides = rowMajorStrides(output.shape);
    const start = padding.map(([before]) => before);
    scatter(x, strides, offsetOf(start, strides), output);
  },

  /** A label outside [0, depth) gives a row of zeros. */
  oneHot([labels], { depth }, output) {
    for (let i = 0; i < labels.data.length; i++) {
      const label = labels.data[i];
      if (label >= 0 && label < depth) output.data[i * depth + label] = 1;
    }
  },
};

/** Fills `output` in its order, reading `x` with `strides`. */
function gather(x: Operand, strides: readonly number[], start: number, output: Operand): void {
  const source = offsets(output.shape, strides, start);
  for (let i = 0; i < source.length; i++) output.data[i] = x.data[source[i]];
}

/** Reads `x` in its order, writing to `output` with `strides`. */
function scatter(x: Operand, strides: readonly number[], start: number, output: Operand): void {
  const target = offsets(x.shape, strides, start);
  for (let i = 0; i < target.length; i++) output.data[target[i]] = x.data[i];
}

function offsetOf(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((offset, position, axis) => offset + position * strides[axis], 0);
}
