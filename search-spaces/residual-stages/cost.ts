/** Parameters and multiply-adds of a network, counted without building it. */
import type { Cost } from '../../src/contracts/network.js';
import { ConvolutionCounter, halved, type Size } from '../convolution-counter.js';
import type { Skeleton } from '../skeleton.js';
import type { Stem } from '../stem.js';
import { type Stage, stagesOf } from './blocks.js';
import type { Genotype } from './genotype.js';

/** Equal to `networkCost` of the network. */
export function stagesCost(genotype: Genotype, stem: Stem, skeleton: Skeleton): Cost {
  const { channels, classes, inputShape } = skeleton;
  const [inputs, height, width] = inputShape;
  const counter = new ConvolutionCounter();
  let size: Size = stem === 'cifar' ? [height, width] : halved([height, width]);
  counter.convolution((stem === 'cifar' ? 9 : 49) * inputs * channels, size);
  counter.normalization(channels);
  if (stem === 'imagenet') size = halved(size);
  let from = channels;
  for (const stage of stagesOf(genotype, skeleton)) {
    const to = stage.stride === 2 ? halved(size) : size;
    countBlock(counter, stage, from, size, to);
    for (let i = 1; i < stage.blocks; i++) countBlock(counter, stage, stage.channels, to, to);
    from = stage.channels;
    size = to;
  }
  return counter.withLinear(from, classes);
}

function countBlock(
  counter: ConvolutionCounter,
  { channels, bottleneck }: Stage,
  from: number,
  before: Size,
  size: Size,
): void {
  if (from !== channels || before !== size) {
    counter.convolution(from * channels, size);
    counter.normalization(channels);
  }
  if (bottleneck === undefined) {
    counter.convolution(9 * (from + channels) * channels, size);
    counter.normalization(2 * channels);
    return;
  }
  counter.convolution(from * bottleneck.channels, before);
  counter.convolution((9 * bottleneck.channels ** 2) / bottleneck.groups, size);
  counter.convolution(bottleneck.channels * channels, size);
  counter.normalization(2 * bottleneck.channels + channels);
}
