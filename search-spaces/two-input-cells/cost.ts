/** Parameters and multiply-adds of a network, counted without building it. */
import type { Cost } from '../../src/contracts/network.js';
import type { Skeleton } from '../skeleton.js';
import { type Cell, type CellRules, concatenatedStates, type Genotype } from './genotype.js';
import { reductions, type Stem } from './network.js';
import { operationNamed } from './operations.js';

/** [height, width] */
type Size = readonly [number, number];

/** Sums up convolutions and normalisations. */
class Counter {
  parameters = 0;
  multiplyAdds = 0;

  /** @param size of the output, whose every pixel meets each weight once */
  convolution(weights: number, [height, width]: Size): void {
    this.parameters += weights;
    this.multiplyAdds += weights * height * width;
  }

  normalization(channels: number): void {
    this.parameters += 2 * channels;
  }
}

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
  const counter = new Counter();
  let read = stem === 'cifar' ? cifarStem(counter, channels, inputShape) : imagenetStem(counter, channels, inputShape);
  const outputs = {
    normal: concatenatedStates(genotype.normal, concat).length,
    reduce: concatenatedStates(genotype.reduce, concat).length,
  };
  let width = channels;
  for (const reduction of reductions(cells)) {
    if (reduction) width *= 2;
    const kind = reduction ? 'reduce' : 'normal';
    const size = reduction ? half(read.size) : read.size;
    countCell(counter, genotype[kind], width, read, size);
    read = { before: read.last, last: outputs[kind] * width, size };
  }
  return {
    parameters: counter.parameters + (read.last + 1) * classes,
    multiplyAdds: counter.multiplyAdds + read.last * classes,
  };
}

function half([height, width]: Size): Size {
  return [Math.ceil(height / 2), Math.ceil(width / 2)];
}

function cifarStem(counter: Counter, channels: number, [inputs, height, width]: Skeleton['inputShape']): Read {
  const out = 3 * channels;
  counter.convolution(9 * inputs * out, [height, width]);
  counter.normalization(out);
  return { before: out, last: out, size: [height, width] };
}

function imagenetStem(counter: Counter, channels: number, [inputs, height, width]: Skeleton['inputShape']): Read {
  let from = inputs;
  let size: Size = [height, width];
  for (const out of [Math.floor(channels / 2), channels, channels]) {
    size = half(size);
    counter.convolution(9 * from * out, size);
    counter.normalization(out);
    from = out;
  }
  return { before: channels, last: channels, size };
}

/** @param out size of the cell's output, which is half of what it reads in a reduction cell */
function countCell(counter: Counter, cell: Cell, channels: number, { before, last, size }: Read, out: Size): void {
  // A factorised reduction has as many weights as the 1×1 convolution whose place it takes.
  counter.convolution((before + last) * channels, size);
  counter.normalization(2 * channels);
  for (const { operation, input } of cell) {
    const from = input < 2 ? size : out;
    countOperation(counter, operation, channels, from, out);
  }
}

function countOperation(counter: Counter, name: Cell[number]['operation'], channels: number, from: Size, to: Size) {
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
