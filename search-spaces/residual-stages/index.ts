/** The residual families of Radosavovic et al. ("On Network Design Spaces for Visual Recognition", ICCV 2019): one space of its ranges. */
import { knownOptions } from '../../src/base/names.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { allOf } from '../../src/spaces/all-of.js';
import { type Decision, decisionMethods } from '../../src/spaces/decision.js';
import { oneOf } from '../../src/spaces/one-of.js';
import { repeated } from '../../src/spaces/repeated.js';
import { skeletonOf } from '../skeleton.js';
import { stemNamed } from '../stem.js';
import { STEM_CHANNELS } from './blocks.js';
import { stagesCost } from './cost.js';
import { stagesDrawing } from './drawing.js';
import { format, type Genotype, type Letter, lettersOf, parse, type Ranges, STAGES } from './genotype.js';
import { stagesNetwork } from './network.js';

export type { Genotype, Ranges } from './genotype.js';

const DEFAULTS = {
  cifar: { channels: STEM_CHANNELS, cells: 1, classes: 10, inputShape: [3, 32, 32] },
  imagenet: { channels: STEM_CHANNELS, cells: 1, classes: 1000, inputShape: [3, 224, 224] },
} as const;

/** Options of every such space. */
export const RESIDUAL_OPTIONS = ['stem'] as const;

/**
 * The space of these ranges. The skeleton's `channels` are the stem's, 16 as published; with others all widths are scaled alike, rounded up.
 * Its `cells` multiply every depth.
 * @param options `stem`: `cifar` (default) or `imagenet`, which also decides the skeleton's defaults
 */
export function residualSpace(name: string, ranges: Ranges, options: JsonObject = {}): SearchSpace<Genotype> {
  knownOptions(`an option of ${name}`, options, RESIDUAL_OPTIONS);
  const stem = stemNamed(options.stem);
  const completeSkeleton = skeletonOf(name, DEFAULTS[stem]);
  return {
    name,
    ...decisionMethods(decisionOf(ranges)),
    // Different numbers are different functions.
    canonical: (genotype) => genotype,
    parse: (text) => parse(text, ranges),
    format: (genotype) => format(genotype, ranges),
    network: (genotype, skeleton) => stagesNetwork(genotype, stem, completeSkeleton(skeleton)),
    cost: (genotype, skeleton) => stagesCost(genotype, stem, completeSkeleton(skeleton)),
    skeleton: completeSkeleton,
    drawing: stagesDrawing,
  };
}

/** For each letter three values. */
function decisionOf(ranges: Ranges): Decision<Genotype> {
  const list = (letter: Letter) => repeated(letter, STAGES, STAGES, oneOf(`\`${letter}\``, ranges[letter] ?? []));
  const lists = Object.fromEntries(lettersOf(ranges).map((letter) => [letter, list(letter)]));
  return allOf<Record<string, readonly number[]>>('the architecture', lists) as Decision<unknown> as Decision<Genotype>;
}
