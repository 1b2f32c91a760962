/**
 * From a genotype to a network, as DARTS builds it (Liu et al., ICLR 2019, section 3, and its released code), and Radosavovic et al.
 * (ICCV 2019) after it.
 *
 * N normal cells, a reduction cell of twice the channels, N normal cells, a reduction cell, N normal cells. A cell brings both
 * of its inputs to its channels by 1×1 convolutions, the older one by a factorised reduction where the last cell has halved the
 * image. Before the cells, for CIFAR, a 3×3 convolution to three times the channels; for ImageNet, three of stride 2. Training may drop edges
 * that are not the identity, and add a classifier after the second reduction cell.
 */
import type { Layer, Network, NetworkTraining, Scope } from '../../src/contracts/network.js';
import type { Value } from '../../src/contracts/program.js';
import {
  batchNormalization,
  block,
  convolution,
  globalAveragePool,
  identity,
  linear,
  relu,
  sequential,
} from '../../src/network/layers.js';
import type { Skeleton } from '../skeleton.js';
import type { Stem } from '../stem.js';
import { auxiliaryHead } from './auxiliary.js';
import { type Cell, type CellRules, concatenatedStates, type Genotype } from './genotype.js';
import { edgeLayer, factorizedReduction, reluConvolutionNorm } from './layers.js';
import { operationNamed } from './operations.js';

/** Which of a network's cells are reduction cells, in order. */
export function reductions(cells: number): boolean[] {
  const stage = new Array<boolean>(cells).fill(false);
  return [...stage, true, ...stage, true, ...stage];
}

export interface NetworkOptions {
  readonly stem: Stem;
  readonly training: NetworkTraining;
}

/** [batch, ...inputShape] -> logits [batch, classes] */
export function cellNetwork(
  genotype: Genotype,
  { concat }: CellRules,
  { stem, training }: NetworkOptions,
  { channels, cells, classes, inputShape }: Skeleton,
): Network {
  const stems = stem === 'cifar' ? cifarStem(channels) : imagenetStem(channels);
  const head = sequential({ pool: globalAveragePool, linear: linear({ out: classes }) });
  const layer: Layer = (scope, images) => {
    let [before, last] = stems(scope, images);
    let width = channels;
    let afterReduction = stem === 'imagenet';
    const order = reductions(cells);
    for (const [i, reduction] of order.entries()) {
      if (reduction) width *= 2;
      const cell = reduction ? genotype.reduce : genotype.normal;
      const next = cellLayer(cell, concat, { channels: width, reduction, afterReduction }, before);
      [before, last] = [last, scope.child(`cell${i + 1}`, block(next), last)];
      afterReduction = reduction;
      if (i === order.lastIndexOf(true)) scope.auxiliary('auxiliary', auxiliaryHead(stem, classes), last);
    }
    return scope.child('head', head, last);
  };
  return { inputShape, classes, layer, training };
}

/** What the first cell reads: its older input and its newer one. */
type StemLayer = (scope: Scope, images: Value) => [Value, Value];

function cifarStem(channels: number): StemLayer {
  const layer = sequential({
    conv: convolution({ out: 3 * channels, kernel: 3, padding: 1 }),
    norm: batchNormalization(),
  });
  return (scope, images) => {
    const stem = scope.child('stem', block(layer), images);
    return [stem, stem];
  };
}

function imagenetStem(channels: number): StemLayer {
  const halve = (out: number) => ({
    conv: convolution({ out, kernel: 3, stride: 2, padding: 1 }),
    norm: batchNormalization(),
  });
  const quarter = sequential({
    first: sequential(halve(Math.floor(channels / 2))),
    relu,
    second: sequential(halve(channels)),
  });
  const eighth = sequential({ relu, ...halve(channels) });
  return (scope, images) => {
    const older = scope.child('stem1', block(quarter), images);
    return [older, scope.child('stem2', block(eighth), older)];
  };
}

interface CellPlace {
  readonly channels: number;
  /** It halves the image. */
  readonly reduction: boolean;
  /** The cell before it did. */
  readonly afterReduction: boolean;
}

/** @param before the older input; the layer's own input is the newer one */
function cellLayer(
  cell: Cell,
  concat: CellRules['concat'],
  { channels, reduction, afterReduction }: CellPlace,
  before: Value,
): Layer {
  const projection = reluConvolutionNorm(channels, 1);
  const edges = cell.map(({ operation, input }) =>
    edgeLayer(operationNamed(operation), channels, reduction && input < 2 ? 2 : 1),
  );
  return (scope, last) => {
    const states = [
      scope.child('input0', afterReduction ? factorizedReduction(channels) : projection, before),
      scope.child('input1', projection, last),
    ];
    const [height, width] = scope.builder.shape(states[1]).slice(2);
    const size = reduction ? [Math.ceil(height / 2), Math.ceil(width / 2)] : [height, width];
    for (let node = 0; node < cell.length / 2; node++) {
      const parts = [2 * node, 2 * node + 1].flatMap((i) => {
        const layer = edges[i];
        if (layer === undefined) return [];
        const output = scope.child(`edge${i + 1}`, layer, states[cell[i].input]);
        return [layer === identity ? output : scope.droppable(output)];
      });
      states.push(sumOf(scope, parts, [scope.builder.shape(last)[0], channels, ...size]));
    }
    const outputs = concatenatedStates(cell, concat).map((state) => states[state]);
    return outputs.length === 1 ? outputs[0] : scope.builder.op('concatenate', outputs, { axis: 1 });
  };
}

/** Zeros where nothing comes in. */
function sumOf({ builder }: Scope, parts: readonly Value[], shape: readonly number[]): Value {
  if (parts.length === 0) return builder.op('broadcast', [builder.scalar(0)], { shape });
  return parts.reduce((total, part) => builder.op('add', [total, part], {}));
}
