/** The cell spaces of Radosavovic et al. ("On Network Design Spaces for Visual Recognition", ICCV 2019): one space of its rules. */
import { expected, flag } from '../../src/base/errors.js';
import { knownOptions } from '../../src/base/names.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { NetworkTraining } from '../../src/contracts/network.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { skeletonOf } from '../skeleton.js';
import { stemNamed } from '../stem.js';
import { cellCost } from './cost.js';
import { cellDrawing } from './drawing.js';
import { type CellRules, type Genotype, sizeOf } from './genotype.js';
import { cellGraph } from './graph.js';
import { canonical } from './isomorphism.js';
import { cellNetwork } from './network.js';
import { format, parse } from './text.js';
import { encode, encodingLength, mutate, neighbours, sample } from './variation.js';

export type { CellRules, Genotype } from './genotype.js';

/** A factorised reduction makes channels in two halves, and the stem for ImageNet has half of them. */
const FEWEST_CHANNELS = 2;

/** As DARTS trains its cells: on CIFAR 20 cells, on ImageNet 14. */
const DEFAULTS = {
  cifar: { channels: 36, cells: 6, classes: 10, inputShape: [3, 32, 32] },
  imagenet: { channels: 48, cells: 4, classes: 1000, inputShape: [3, 224, 224] },
} as const;

/** Narrower than what is trained, so that scores are quick; those published are of networks of several widths. */
const SCORED = { channels: 16 };

/** Options of every space of such cells. */
export const CELL_OPTIONS = ['stem', 'auxiliary', 'guided', 'dropPath'] as const;

/**
 * The space of these rules. `cells` of the skeleton are normal cells a stage: N of them make a network of 3N + 2 cells.
 * @param options `stem`: `cifar` (default) or `imagenet`, which also decides the skeleton's defaults; `auxiliary`: weight of the auxiliary
 * classifier's loss, default 0, none; `guided`: guides the loss through the weaker of the two classifiers instead, default false; `dropPath`: probability with which an edge is dropped at the end of a training, default 0. DARTS
 * trains with .4 and .2.
 */
export function twoInputCellSpace(rules: CellRules, options: JsonObject = {}): SearchSpace<Genotype> {
  knownOptions(`an option of ${rules.name}`, options, CELL_OPTIONS);
  const stem = stemNamed(options.stem);
  const training = trainingOf(options);
  const completeSkeleton = skeletonOf(rules.name, DEFAULTS[stem], FEWEST_CHANNELS);
  return {
    name: rules.name,
    size: sizeOf(rules),
    sample: (random) => sample(rules, random),
    mutate: (genotype, random) => mutate(genotype, rules, random),
    neighbours: (genotype) => neighbours(genotype, rules),
    encode: (genotype) => encode(genotype, rules),
    encodingLength: encodingLength(rules),
    parse: (text) => parse(text, rules),
    format: (genotype) => format(genotype, rules),
    // Both views: nothing is dead but the projection of an input that no edge reads, which all genotypes have.
    canonical: (genotype) => canonical(genotype, rules),
    network: (genotype, skeleton) => cellNetwork(genotype, rules, { stem, training }, completeSkeleton(skeleton)),
    cost: (genotype, skeleton) => cellCost(genotype, rules, stem, completeSkeleton(skeleton)),
    scoring: SCORED,
    skeleton: completeSkeleton,
    graph: (genotype) => cellGraph(genotype, rules),
    drawing: (genotype) => cellDrawing(genotype, rules),
  };
}

function trainingOf({ auxiliary = 0, guided = false, dropPath = 0 }: JsonObject): NetworkTraining {
  if (!(typeof auxiliary === 'number' && auxiliary >= 0)) {
    throw expected('`auxiliary`', 'a weight of at least 0', auxiliary);
  }
  if (flag('`guided`', guided) && auxiliary !== 0) {
    throw expected('`auxiliary`', '0 where `guided` is true', auxiliary);
  }
  if (!(typeof dropPath === 'number' && dropPath >= 0 && dropPath < 1)) {
    throw expected('`dropPath`', 'a probability from 0, below 1', dropPath);
  }
  return { auxiliaryWeight: auxiliary, dropPath, ...(guided === true && { guided }) };
}
