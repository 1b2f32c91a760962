/** Matrix products, and the count of positions where pairs of rows are both positive. */
import type { Kernels } from './operand.js';

export const matmulKernels: Kernels<'matmul' | 'positiveOverlap'> = {
  matmul([a, b], { transposeA, transposeB }, output) {
    const [rows, columns] = output.shape.slice(-2);
    const inner = a.shape[a.shape.length - (transposeA ? 2 : 1)];
    // Distance in the flat array of one step along a row of the result, its column, and the summed axis.
    const [rowOfA, innerOfA] = transposeA ? [1, rows] : [inner, 1];
    const [innerOfB, columnOfB] = transposeB ? [1, inner] : [columns, 1];
    for (let i = 0; i < output.data.length; i++) {
      const column = i % columns;
      const row = Math.floor(i / columns) % rows;
      const matrix = Math.floor(i / (columns * rows));
      const startOfA = matrix * rows * inner + row * rowOfA;
      const startOfB = matrix * inner * columns + column * columnOfB;
      let total = 0;
      for (let k = 0; k < inner; k++) total += a.data[startOfA + k * innerOfA] * b.data[startOfB + k * innerOfB];
      output.data[i] = total;
    }
  },

  positiveOverlap([x], _attributes, output) {
    const rows = x.shape[0];
    const length = x.data.length / rows;
    for (let first = 0; first < rows; first++) {
      for (let second = 0; second <= first; second++) {
        let both = 0;
        for (let i = 0; i < length; i++) {
          if (x.data[first * length + i] > 0 && x.data[second * length + i] > 0) both++;
        }
        output.data[first * rows + second] = both;
        output.data[second * rows + first] = both;
      }
    }
  },
};
