/** The residual families of Radosavovic et al. ("On Network Design Spaces for Visual Recognition", ICCV 2019): one space of its ranges. */
import { knownOptions } from '../../src/base/names.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { decisionMethods } from '../decisions.js';
import { skeletonOf } from '../skeleton.js';
import { stemNamed } from '../stem.js';
import { STEM_CHANNELS } from './blocks.js';
import { stagesCost } from './cost.js';
import { stagesDrawing } from './drawing.js';
import { format, type Genotype, genotypeOf, lettersOf, parse, type Ranges, STAGES } from './genotype.js';
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
  const values = lettersOf(ranges).flatMap((letter) => new Array<readonly number[]>(STAGES).fill(ranges[letter] ?? []));
  return {
    name,
    ...decisionMethods<Genotype>({
      choices: values.map(({ length }) => length),
      choicesOf: (genotype) =>
        lettersOf(ranges)
          .flatMap((letter) => genotype[letter] ?? [])
          .map((value, i) => values[i].indexOf(value)),
      genotypeOf: (choices) =>
        genotypeOf(
          ranges,
          choices.map((choice, i) => values[i][choice]),
        ),
    }),
    parse: (text) => parse(text, ranges),
    format: (genotype) => format(genotype, ranges),
    network: (genotype, skeleton) => stagesNetwork(genotype, stem, completeSkeleton(skeleton)),
    cost: (genotype, skeleton) => stagesCost(genotype, stem, completeSkeleton(skeleton)),
    skeleton: completeSkeleton,
    drawing: stagesDrawing,
  };
}
