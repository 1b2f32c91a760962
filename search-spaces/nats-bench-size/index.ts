/** The size space of NATS-Bench (Dong et al., TPAMI 2021): one cell, many widths. */
import { noOptions } from '../../src/base/names.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace, SkeletonOptions } from '../../src/contracts/search-space.js';
import { decisionMethods } from '../../src/spaces/decision.js';
import { oneOf } from '../../src/spaces/one-of.js';
import { repeated } from '../../src/spaces/repeated.js';
import { cellCost } from '../nas-bench-201/cost.js';
import { parse as parseCell } from '../nas-bench-201/genotype.js';
import { cellNetwork } from '../nas-bench-201/network.js';
import { skeletonOf } from '../skeleton.js';
import { format, type Genotype, genotypeOf, LAYERS, parse, WIDTHS } from './genotype.js';

export type { Genotype } from './genotype.js';

const NAME = 'nats-bench-size';

/** That of the best CIFAR-100 validation accuracy in the topology space (its index 9930). */
const CELL = parseCell(
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|',
);

/** As they are drawn. */
const LAYER_NAMES = [
  { name: 'stage 1', operation: 'stem, cell' },
  { name: 'block 1', operation: 'halves the image' },
  { name: 'stage 2', operation: 'cell' },
  { name: 'block 2', operation: 'halves the image' },
  { name: 'stage 3', operation: 'cell' },
] as const;

const WIDEST = WIDTHS[WIDTHS.length - 1];

const decision = repeated<number, Genotype>('a width', LAYERS, LAYERS, oneOf('a width', WIDTHS));

/** Default: as the benchmark was trained on CIFAR-10, one cell a stage; `channels` are those of the greatest width. */
const completeSkeleton = skeletonOf(NAME, { channels: WIDEST, cells: 1, classes: 10, inputShape: [3, 32, 32] });

/**
 * The space of 32,768 architectures. The skeleton's `channels` scale all widths: with 16 in place of 64, a layer has a quarter of
 * its width, rounded up.
 * @param options takes none; any is refused.
 */
export function natsBenchSize(options: JsonObject = {}): SearchSpace<Genotype> {
  noOptions(NAME, options);
  return {
    name: NAME,
    // 40 features; listed in the order of the published table.
    ...decisionMethods(decision),
    // Different widths are different functions.
    canonical: (genotype) => genotype,
    parse,
    format,
    network: (genotype, skeleton) => cellNetwork(CELL, ...scaled(genotype, skeleton)),
    cost: (genotype, skeleton) => cellCost(CELL, ...scaled(genotype, skeleton)),
    skeleton: completeSkeleton,
    drawing: (genotype) => [{ chain: genotype.map((size, i) => ({ ...LAYER_NAMES[i], size })) }],
  };
}

function scaled(genotype: Genotype, options?: SkeletonOptions) {
  const skeleton = completeSkeleton(options);
  const widths = genotype.map((width) => Math.ceil((width * skeleton.channels) / WIDEST));
  return [genotypeOf(widths), skeleton] as const;
}
