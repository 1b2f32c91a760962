/** Parameters and multiply-adds of a network of NAS-Bench-201, counted without building it. */
import type { Cost } from '../../src/contracts/network.js';
import type { Skeleton } from '../skeleton.js';
import type { Genotype } from './genotype.js';

/** Equal to `networkCost` of the network; dead edges count, as in the benchmark's tables. */
export function cellCost(genotype: Genotype, { channels, cells, classes, inputShape }: Skeleton): Cost {
  const large = genotype.filter((operation) => operation === 'nor_conv_3x3').length;
  const small = genotype.filter((operation) => operation === 'nor_conv_1x1').length;
  let [inputs, height, width] = inputShape;
  let parameters = 0;
  let multiplyAdds = 0;
  /** Convolutions of so many weights in all, and normalisations of so many channels in all, at the current size. */
  const add = (weights: number, normalized: number): void => {
    parameters += weights + 2 * normalized;
    multiplyAdds += weights * height * width;
  };
  add(9 * inputs * channels, channels);
  inputs = channels;
  for (const out of [channels, 2 * channels, 4 * channels]) {
    if (out > inputs) {
      height = Math.ceil(height / 2);
      width = Math.ceil(width / 2);
      // The residual block: 3×3 to `out`, 3×3, and the 1×1 of the shortcut, which is not normalised.
      add(9 * inputs * out + 9 * out * out + inputs * out, 2 * out);
    }
    add(cells * (9 * large + small) * out * out, cells * (large + small) * out);
    inputs = out;
  }
  return {
    parameters: parameters + 2 * inputs + (inputs + 1) * classes,
    multiplyAdds: multiplyAdds + inputs * classes,
  };
}
