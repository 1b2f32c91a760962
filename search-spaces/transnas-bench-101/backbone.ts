/**
 * What the networks of TransNAS-Bench-101 share (Duan et al., CVPR 2021, section 3; details as in the released code): a stem that quarters the image, modules of equal
 * cells, and for the classification tasks the mean over the image and a linear layer.
 *
 * Each digit of a macro code is a module: 1 keeps shapes, 2 doubles the channels, 3 halves the image, 4 does both, each in the module's first
 * cell. Convolutions start from N(0, √(2 / (k² C_out))).
 */
import type { Cost, Layer, Network } from '../../src/contracts/network.js';
import { kaimingNormal } from '../../src/network/initialize.js';
import {
  batchNormalization,
  block,
  type ConvolutionOptions,
  convolution,
  globalAveragePool,
  linear,
  relu,
  sequential,
} from '../../src/network/layers.js';
import { type Skeleton, skeletonOf } from '../skeleton.js';

/** What a cell makes of its input. */
export interface CellShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
}

/** All that a cell has of convolutions: they run at the size of its output. */
export interface CellWeights {
  /** Of convolutions. */
  readonly weights: number;
  /** Channels that are normalised, in all. */
  readonly normalized: number;
}

/** Channels that the text of every architecture begins with. */
export const BASE_CHANNELS = 64;

/** As the benchmark was trained: 64 channels after the stem, two cells a module, 75 classes of objects, images of 256 pixels. */
export function backboneSkeleton(space: string): ReturnType<typeof skeletonOf> {
  // The stem has half of them.
  return skeletonOf(space, { channels: BASE_CHANNELS, cells: 2, classes: 75, inputShape: [3, 256, 256] }, 2);
}

/** Cells in order; their names are those of layers. */
function cellsOf(macro: string, { channels, cells }: Skeleton): (CellShape & { readonly name: string })[] {
  let inputs = channels;
  return [...macro].flatMap((digit, module) => {
    const outputs = '24'.includes(digit) ? 2 * inputs : inputs;
    const first = { inputs, outputs, stride: '34'.includes(digit) ? 2 : 1 } as const;
    inputs = outputs;
    return Array.from({ length: cells }, (_, i) => ({
      name: `module${module + 1}.cell${i + 1}`,
      ...(i === 0 ? first : ({ inputs: outputs, outputs, stride: 1 } as const)),
    }));
  });
}

/** [batch, ...inputShape] -> logits [batch, classes] */
export function backbone(macro: string, skeleton: Skeleton, cell: (shape: CellShape) => Layer): Network {
  const { channels, classes, inputShape } = skeleton;
  const layer = sequential({
    stem: block(stem(channels)),
    ...Object.fromEntries(cellsOf(macro, skeleton).map((shape) => [shape.name, block(cell(shape))])),
    pool: globalAveragePool,
    head: linear({ out: classes }),
  });
  return { inputShape, classes, layer };
}

function stem(out: number): Layer {
  const half = convolution({ out: Math.floor(out / 2), kernel: 3, stride: 2, padding: 1, initialize: kaimingNormal });
  return sequential({
    conv: half,
    norm: batchNormalization(),
    second: reluConvolutionNorm({ out, kernel: 3, stride: 2 }),
  });
}

/** ReLU, a convolution that keeps sides up to its stride, normalisation. */
export function reluConvolutionNorm(options: ConvolutionOptions & { readonly kernel: 1 | 3 }): Layer {
  const conv = convolution({ ...options, padding: (options.kernel - 1) / 2, initialize: kaimingNormal });
  return sequential({ relu, conv, norm: batchNormalization() });
}

/** Equal to `networkCost` of the network. */
export function backboneCost(macro: string, skeleton: Skeleton, cell: (shape: CellShape) => CellWeights): Cost {
  const { channels, classes, inputShape } = skeleton;
  let [inputs, height, width] = inputShape;
  let parameters = 0;
  let multiplyAdds = 0;
  const add = ({ weights, normalized }: CellWeights, outputs: number, stride: number) => {
    height = Math.ceil(height / stride);
    width = Math.ceil(width / stride);
    parameters += weights + 2 * normalized;
    multiplyAdds += weights * height * width;
    inputs = outputs;
  };
  const half = Math.floor(channels / 2);
  for (const out of [half, channels]) add({ weights: 9 * inputs * out, normalized: out }, out, 2);
  for (const shape of cellsOf(macro, skeleton)) add(cell(shape), shape.outputs, shape.stride);
  return {
    parameters: parameters + (inputs + 1) * classes,
    multiplyAdds: multiplyAdds + inputs * classes,
  };
}
