/** Parameters and multiply-adds of a network, counted without building it. */
import type { Cost } from '../../src/contracts/network.js';
import { ConvolutionCounter, halved, type Size } from '../convolution-counter.js';
import type { Skeleton } from '../skeleton.js';
import type { Stem } from '../stem.js';
import { type Cell, type CellRules, concatenatedStates, type Genotype } from './genotype.js';
import { reductions } from './network.js';
import { operationNamed } from './operations.js';

/** What a cell reads: channels of the older input and of the newer one, and the size of the newer one. */
interface Read {
  readonly before: number;
  readonly last: number;
  readonly size: Size;
}

/** Equal to `networkCost` of the network. */
export function cellCost(
  genotype: Genotype,
  { concat }: CellRules,
  stem: Stem,
  { channels, cells, classes, inputShape }: Skeleton,
): Cost {
  const counter = new ConvolutionCounter();
  let read = stem === 'cifar' ? cifarStem(counter, channels, inputShape) : imagenetStem(counter, channels, inputShape);
  const outputs = {
    normal: concatenatedStates(genotype.normal, concat).length,
    reduce: concatenatedStates(genotype.reduce, concat).length,
  };
  let width = channels;
  for (const reduction of reductions(cells)) {
    if (reduction) width *= 2;
    const kind = reduction ? 'reduce' : 'normal';
    const size = reduction ? halved(read.size) : read.size;
    countCell(counter, genotype[kind], width, read, size);
    read = { before: read.last, last: outputs[kind] * width, size };
  }
  return counter.withLinear(read.last, classes);
}

function cifarStem(
  counter: ConvolutionCounter,
  channels: number,
  [inputs, height, width]: Skeleton['inputShape'],
): Read {
  const out = 3 * channels;
  counter.convolution(9 * inputs * out, [height, width]);
  counter.normalization(out);
  return { before: out, last: out, size: [height, width] };
}

function imagenetStem(
  counter: ConvolutionCounter,
  channels: number,
  [inputs, height, width]: Skeleton['inputShape'],
): Read {
  let from = inputs;
  let size: Size = [height, width];
  for (const out of [Math.floor(channels / 2), channels, channels]) {
    size = halved(size);
    counter.convolution(9 * from * out, size);
    counter.normalization(out);
    from = out;
  }
  return { before: channels, last: channels, size };
}

/** @param out size of the cell's output, which is half of what it reads in a reduction cell */
function countCell(
  counter: ConvolutionCounter,
  cell: Cell,
  channels: number,
  { before, last, size }: Read,
  out: Size,
): void {
  // A factorised reduction has as many weights as the 1×1 convolution whose place it takes.
  counter.convolution((before + last) * channels, size);
  counter.normalization(2 * channels);
  for (const { operation, input } of cell) {
    const from = input < 2 ? size : out;
    countOperation(counter, operation, channels, from, out);
  }
}

function countOperation(
  counter: ConvolutionCounter,
  name: Cell[number]['operation'],
  channels: number,
  from: Size,
  to: Size,
) {
  const operation = operationNamed(name);
  if (operation.kind === 'skip' && from !== to) {
    counter.convolution(channels * channels, to);
    counter.normalization(channels);
  }
  if (operation.kind !== 'convolutions') return;
  let [height, width] = from;
  for (const block of operation.blocks) {
    for (const { kernel, depthwise, strided } of block) {
      if (strided[0]) height = to[0];
      if (strided[1]) width = to[1];
      counter.convolution(kernel[0] * kernel[1] * channels * (depthwise ? 1 : channels), [height, width]);
    }
    counter.normalization(channels);
  }
}
