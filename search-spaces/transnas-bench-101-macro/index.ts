/** The macro space of TransNAS-Bench-101 (Duan et al., CVPR 2021): 3,256 residual networks for classification. */
import { noOptions } from '../../src/base/names.js';
import type { Drawing } from '../../src/contracts/drawing.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { Layer } from '../../src/contracts/network.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { kaimingNormal } from '../../src/network/initialize.js';
import { batchNormalization, convolution, identity, sequential } from '../../src/network/layers.js';
import { encodingOf, neighboursOf } from '../../src/spaces/decision.js';
import { oneOf } from '../../src/spaces/one-of.js';
import { repeated } from '../../src/spaces/repeated.js';
import {
  BASE_CHANNELS,
  backbone,
  backboneCost,
  backboneSkeleton,
  type CellShape,
  type CellWeights,
  reluConvolutionNorm,
} from '../transnas-bench-101/backbone.js';
import { FEWEST_MODULES, format, type Genotype, isGenotype, MODULES, MOST_MODULES, parse } from './genotype.js';

export type { Genotype } from './genotype.js';

const NAME = 'transnas-bench-101-macro';

const completeSkeleton = backboneSkeleton(NAME);

const decision = repeated('a module', FEWEST_MODULES, MOST_MODULES, oneOf('a module', MODULES));

/** All networks, shorter ones first, then in the order of their digits. */
const ALL: readonly Genotype[] = Array.from({ length: decision.size }, (_, i) => decision.at(i).join('')).filter(
  isGenotype,
);

/** Takes no options. */
export function transNasBench101Macro(options: JsonObject = {}): SearchSpace<Genotype> {
  noOptions(NAME, options);
  return {
    name: NAME,
    size: ALL.length,
    sample: (random) => random.pick(ALL),
    mutate: (genotype, random) => random.pick(neighbours(genotype)),
    neighbours,
    enumerate: () => ALL,
    encode: (genotype) => encodingOf(decision, modulesOf(genotype)),
    encodingLength: decision.encodingLength,
    parse,
    format,
    // Different codes are different functions.
    canonical: (genotype) => genotype,
    network: (genotype, skeleton) => backbone(genotype, completeSkeleton(skeleton), residualBlock),
    cost: (genotype, skeleton) => backboneCost(genotype, completeSkeleton(skeleton), blockWeights),
    skeleton: completeSkeleton,
    drawing,
  };
}

function modulesOf(genotype: Genotype) {
  return [...genotype] as (typeof MODULES)[number][];
}

/** Codes with another module somewhere, one module more at the end, or one fewer. */
function neighbours(genotype: Genotype): Genotype[] {
  return neighboursOf(decision, modulesOf(genotype))
    .map((modules) => modules.join(''))
    .filter(isGenotype);
}

/** ReLU, 3×3 convolution and normalisation twice, and the input beside them, through a 1×1 convolution where shapes change. */
function residualBlock({ inputs, outputs, stride }: CellShape): Layer {
  const branch = sequential({
    a: reluConvolutionNorm({ out: outputs, kernel: 3, stride }),
    b: reluConvolutionNorm({ out: outputs, kernel: 3 }),
  });
  const projection = sequential({
    conv: convolution({ out: outputs, kernel: 1, stride, initialize: kaimingNormal }),
    norm: batchNormalization(),
  });
  const shortcut = inputs === outputs && stride === 1 ? identity : projection;
  return (scope, x) => scope.builder.op('add', [scope.child('shortcut', shortcut, x), branch(scope, x)], {});
}

function blockWeights({ inputs, outputs, stride }: CellShape): CellWeights {
  const projects = inputs !== outputs || stride > 1;
  return {
    weights: 9 * inputs * outputs + 9 * outputs * outputs + (projects ? inputs * outputs : 0),
    normalized: (projects ? 3 : 2) * outputs,
  };
}

const MEANINGS: Readonly<Record<string, string>> = {
  '1': 'keeps shapes',
  '2': 'doubles the channels',
  '3': 'halves the image',
  '4': 'doubles the channels, halves the image',
};

function drawing(genotype: Genotype): Drawing {
  let size = BASE_CHANNELS;
  const modules = modulesOf(genotype).map((digit, i) => {
    size *= '24'.includes(digit) ? 2 : 1;
    return { name: `module ${i + 1}`, operation: MEANINGS[digit], size };
  });
  const stem = { name: 'stem', operation: 'quarters the image', size: BASE_CHANNELS };
  return [{ chain: [stem, ...modules, { name: 'output', operation: 'mean, linear' }] }];
}
