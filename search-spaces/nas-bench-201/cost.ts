/** Parameters and multiply-adds of a network of NAS-Bench-201, counted without building it. */
import type { Cost } from '../../src/contracts/network.js';
import type { Skeleton } from '../skeleton.js';
import { EDGES, type Genotype } from './genotype.js';
import type { Widths } from './network.js';

/** Equal to `networkCost` of the network; dead edges count, as in the benchmark's tables. */
export function cellCost(
  genotype: Genotype,
  widths: Widths,
  { cells, classes, inputShape }: Omit<Skeleton, 'channels'>,
): Cost {
  let [inputs, height, width] = inputShape;
  let parameters = 0;
  let multiplyAdds = 0;
  /** Convolutions of so many weights in all, and normalisations of so many channels in all, at the current size. */
  const add = (weights: number, normalized: number): void => {
    parameters += weights + 2 * normalized;
    multiplyAdds += weights * height * width;
  };
  add(9 * inputs * widths[0], widths[0]);
  inputs = widths[0];
  widths.forEach((out, i) => {
    if (i % 2 === 1) {
      height = Math.ceil(height / 2);
      width = Math.ceil(width / 2);
      // The residual block: 3×3 to `out`, 3×3, and the 1×1 of the shortcut, which is not normalised.
      add(9 * inputs * out + 9 * out * out + inputs * out, 2 * out);
    } else {
      const first = countCell(genotype, inputs, out);
      const others = countCell(genotype, out, out);
      add(first.weights + (cells - 1) * others.weights, first.normalized + (cells - 1) * others.normalized);
    }
    inputs = out;
  });
  return {
    parameters: parameters + 2 * inputs + (inputs + 1) * classes,
    multiplyAdds: multiplyAdds + inputs * classes,
  };
}

/** Weights of a cell's convolutions, and channels that it normalises. */
function countCell(genotype: Genotype, inputs: number, out: number) {
  let weights = 0;
  let normalized = 0;
  genotype.forEach((operation, i) => {
    const from = EDGES[i].source === 0 ? inputs : out;
    const kernel = kernelOf(operation, from === out);
    weights += kernel * from * out;
    normalized += Math.sign(kernel) * out;
  });
  return { weights, normalized };
}

/** Places of an operation's window; none where it has no weights. */
function kernelOf(operation: Genotype[number], sameChannels: boolean): number {
  if (operation === 'nor_conv_3x3') return 9;
  return operation === 'nor_conv_1x1' || (operation === 'skip_connect' && !sameChannels) ? 1 : 0;
}
