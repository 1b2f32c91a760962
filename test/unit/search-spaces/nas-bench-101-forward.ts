/** The logits of a network of NAS-Bench-101 in plain loops, with the batch's statistics, following the paper and nothing else. */
import type { Weights } from '../../../src/contracts/training.js';
import type { MatrixCell } from './nas-bench-101-oracle.js';

/** [image][channel][pixel of side × side] */
type Maps = readonly (readonly (readonly number[])[])[];

export interface ForwardOptions {
  readonly cell: MatrixCell;
  readonly channels: number;
  readonly cells: number;
  readonly side: number;
  readonly weights: Weights;
}

const EPSILON = 1e-5;

export function logitsInLoops(images: Maps, { cell, channels, cells, side, weights }: ForwardOptions): number[][] {
  const plain = new PlainNetwork(cell, weights, side);
  let x = plain.convolutionNormRelu('stem', images);
  for (const stage of [1, 2, 3]) {
    if (stage > 1) x = plain.halved(x);
    for (let i = 1; i <= cells; i++) x = plain.cellOf(`stage${stage}.cell${i}`, x, channels * 2 ** (stage - 1));
  }
  const { data } = weights['head.linear.weight'];
  const bias = weights['head.linear.bias'].data;
  return x.map((image) => {
    const means = image.map((map) => map.reduce((sum, value) => sum + value, 0) / map.length);
    return Array.from(bias, (offset, j) =>
      means.reduce((sum, mean, c) => sum + mean * data[j * means.length + c], offset),
    );
  });
}

class PlainNetwork {
  constructor(
    private readonly cell: MatrixCell,
    private readonly weights: Weights,
    private side: number,
  ) {}

  cellOf(path: string, input: Maps, out: number): Maps {
    const { matrix, operations } = this.cell;
    const output = matrix.length - 1;
    const widths = this.widths(out);
    const values: Maps[] = [input];
    const project = (vertex: number) => this.convolutionNormRelu(`${path}.projection${vertex}`, input);
    for (let vertex = 1; vertex < output; vertex++) {
      const incoming: Maps[] = [];
      for (let source = 1; source < vertex; source++) {
        if (matrix[source][vertex]) incoming.push(values[source].map((image) => image.slice(0, widths[vertex])));
      }
      if (matrix[0][vertex]) incoming.push(project(vertex));
      const total = incoming.reduce(added);
      const pool = operations[vertex - 1] === 'maxpool3x3';
      values.push(pool ? this.pooled(total) : this.convolutionNormRelu(`${path}.vertex${vertex}`, total));
    }
    const parts = values.filter((_, vertex) => vertex > 0 && matrix[vertex][output]);
    const projected = matrix[0][output] ? project(output) : undefined;
    if (parts.length === 0) return projected as Maps;
    const joined = input.map((_, image) => parts.flatMap((part) => part[image]));
    return projected ? added(joined, projected) : joined;
  }

  /** Channels are dealt out one by one to the vertices before the output; the others need as many as their widest reader. */
  private widths(out: number): number[] {
    const { matrix } = this.cell;
    const output = matrix.length - 1;
    const widths = matrix.map(() => 0);
    const dealt = matrix.map((_, vertex) => vertex).filter((vertex) => vertex > 0 && matrix[vertex][output]);
    for (let i = 0; dealt.length > 0 && i < out; i++) widths[dealt[i % dealt.length]]++;
    for (let vertex = output - 1; vertex > 0; vertex--) {
      if (matrix[vertex][output]) continue;
      widths[vertex] = Math.max(...widths.filter((_, target) => matrix[vertex][target]));
    }
    return widths;
  }

  convolutionNormRelu(path: string, x: Maps): Maps {
    const { shape, data } = this.weights[`${path}.conv.weight`];
    const [out, inputs, kernel] = shape;
    if (x[0].length !== inputs) throw new Error(`${path} reads ${inputs} channels, not ${x[0].length}`);
    const y = x.map((image) =>
      Array.from({ length: out }, (_, o) =>
        this.windows(kernel, 1, (pixel, ky, kx) => {
          let sum = 0;
          const place = ky * kernel + kx;
          for (let c = 0; c < inputs; c++) sum += image[c][pixel] * data[(o * inputs + c) * kernel * kernel + place];
          return sum;
        }).map((terms) => terms.reduce((sum, term) => sum + term, 0)),
      ),
    );
    const scale = this.weights[`${path}.norm.weight`].data;
    const offset = this.weights[`${path}.norm.bias`].data;
    const moments = Array.from({ length: out }, (_, o) => momentsOf(y.flatMap((image) => image[o])));
    return y.map((image) =>
      image.map((map, o) => {
        const { mean, variance } = moments[o];
        return map.map((v) => Math.max(0, ((v - mean) / Math.sqrt(variance + EPSILON)) * scale[o] + offset[o]));
      }),
    );
  }

  private pooled(x: Maps): Maps {
    return x.map((image) =>
      image.map((map) => this.windows(3, 1, (pixel) => map[pixel]).map((all) => Math.max(...all))),
    );
  }

  halved(x: Maps): Maps {
    const y = x.map((image) =>
      image.map((map) => this.windows(2, 2, (pixel) => map[pixel]).map((all) => Math.max(...all))),
    );
    this.side /= 2;
    return y;
  }

  /** For each place of a window, what `read` gives for each of its pixels that lie in the image. */
  private windows(kernel: number, stride: number, read: (pixel: number, ky: number, kx: number) => number): number[][] {
    const { side } = this;
    const before = kernel === 3 ? 1 : 0;
    const inside = (at: number) => at >= 0 && at < side;
    const found: number[][] = [];
    for (let top = -before; top + before < side; top += stride) {
      for (let left = -before; left + before < side; left += stride) {
        const values: number[] = [];
        for (let ky = 0; ky < kernel; ky++) {
          for (let kx = 0; kx < kernel; kx++) {
            if (inside(top + ky) && inside(left + kx)) values.push(read((top + ky) * side + left + kx, ky, kx));
          }
        }
        found.push(values);
      }
    }
    return found;
  }
}

function added(a: Maps, b: Maps): Maps {
  return a.map((image, i) => image.map((map, c) => map.map((value, pixel) => value + b[i][c][pixel])));
}

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}
