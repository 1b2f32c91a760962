/** Adder convolution by its formulas, one number after the other. */
import { adderConv2d } from '../../../src/network/adder.js';
import type { GradientFormula, GradientRuleSubject } from '../../../src/testing/index.js';
import { normal } from '../../../src/testing/index.js';

interface Geometry {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

/** Calls `visit` with the positions of x (−1: a zero around the image), of the filter and of the output, for each pair that meets. */
function eachPair(
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  { stride, padding }: Geometry,
  visit: (inX: number, inW: number, inY: number) => void,
): void {
  const [images, filters, height, width] = y;
  const [, channels, rows, columns] = w;
  for (let n = 0; n < images; n++)
    for (let o = 0; o < filters; o++)
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++)
          for (let c = 0; c < channels; c++)
            for (let k = 0; k < rows; k++)
              for (let l = 0; l < columns; l++) {
                const [row, column] = [i * stride[0] + k - padding[0], j * stride[1] + l - padding[1]];
                const inside = row >= 0 && column >= 0 && row < x[2] && column < x[3];
                const inX = inside ? ((n * channels + c) * x[2] + row) * x[3] + column : -1;
                visit(inX, ((o * channels + c) * rows + k) * columns + l, ((n * filters + o) * height + i) * width + j);
              }
}

const formula =
  (geometry: Geometry): GradientFormula =>
  ({ x, tensors: { weight }, dy }) => {
    const y = new Float64Array(dy.data.length);
    const dx = new Float64Array(x.data.length);
    const dw = new Float64Array(weight.data.length);
    eachPair(x.shape, weight.shape, dy.shape, geometry, (inX, inW, inY) => {
      const pixel = inX < 0 ? 0 : x.data[inX];
      const difference = pixel - weight.data[inW];
      y[inY] -= Math.abs(difference);
      dw[inW] += difference * dy.data[inY];
      if (inX >= 0) dx[inX] += Math.max(-1, Math.min(1, -difference)) * dy.data[inY];
    });
    return { y, dx, gradients: { weight: dw } };
  };

interface Case extends Geometry {
  readonly input: readonly number[];
  readonly kernel: readonly [number, number];
}

const cases: Readonly<Record<string, Case>> = {
  '3×3': { input: [2, 3, 5, 6], kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
  'stride 2': { input: [2, 3, 8, 7], kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
  '1×1, stride 2': { input: [2, 3, 5, 4], kernel: [1, 1], stride: [2, 2], padding: [0, 0] },
  '1×5, stride 1×3': { input: [1, 2, 3, 11], kernel: [1, 5], stride: [1, 3], padding: [0, 3] },
  'more padding than the kernel': { input: [1, 1, 2, 2], kernel: [2, 2], stride: [1, 1], padding: [3, 2] },
  'as many images as take several blocks': { input: [5, 16, 32, 32], kernel: [1, 1], stride: [1, 1], padding: [0, 0] },
};

export const adderSubjects: readonly GradientRuleSubject[] = Object.entries(cases).map(([name, each]) => ({
  name: `adderConv2d, ${name}`,
  layer: adderConv2d({ out: name.includes('blocks') ? 16 : 4, ...each }),
  input: normal(...each.input),
  oracle: formula(each),
}));
