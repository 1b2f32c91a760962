/** Parameters and multiply-adds of a network of NAS-Bench-101, counted without building it. */
import type { Cost } from '../../src/contracts/network.js';
import type { Skeleton } from '../skeleton.js';
import { vertexChannels } from './channels.js';
import { type Genotype, hasEdge, type Operation } from './genotype.js';

/** Weights of convolutions, which each pixel is multiplied by, and channels that are normalised, with a scale and an offset each. */
interface Counts {
  weights: number;
  normalized: number;
}

/** Equal to `networkCost` of the network. */
export function cellCost(genotype: Genotype, { channels, cells, classes, inputShape }: Skeleton): Cost {
  let [inputs, height, width] = inputShape;
  let weights = 9 * inputs * channels;
  let parameters = weights + 2 * channels;
  let multiplyAdds = weights * height * width;
  inputs = channels;
  for (const out of [channels, 2 * channels, 4 * channels]) {
    const shares = vertexChannels(genotype, out);
    const first = countCell(genotype, shares, inputs);
    const others = countCell(genotype, shares, out);
    weights = first.weights + (cells - 1) * others.weights;
    parameters += weights + 2 * (first.normalized + (cells - 1) * others.normalized);
    multiplyAdds += weights * height * width;
    inputs = out;
    height = Math.ceil(height / 2);
    width = Math.ceil(width / 2);
  }
  return { parameters: parameters + (inputs + 1) * classes, multiplyAdds: multiplyAdds + inputs * classes };
}

/** @param channels of each vertex @param inputs channels of the cell's input */
function countCell(genotype: Genotype, channels: readonly number[], inputs: number): Counts {
  const counts: Counts = { weights: 0, normalized: 0 };
  for (let vertex = 1; vertex < genotype.vertices; vertex++) {
    const own = channels[vertex];
    const kernel = kernelSize(genotype.operations[vertex - 1]);
    const projected = hasEdge(genotype, 0, vertex);
    counts.weights += kernel * own * own + Number(projected) * inputs * own;
    counts.normalized += (Number(kernel > 0) + Number(projected)) * own;
  }
  return counts;
}

/** Weights of a kernel for one pair of channels; none of a pool and of the output. */
function kernelSize(operation: Operation | undefined): number {
  if (operation === 'conv3x3-bn-relu') return 9;
  return operation === 'conv1x1-bn-relu' ? 1 : 0;
}
