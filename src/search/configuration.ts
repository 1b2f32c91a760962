/**
 * Settings of a search: defaults for all of them, and the check at the door. What needs the data, the space or the engine to be
 * checked is left to `prepare`.
 */

import { resolve } from 'node:path';
import { wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import { resolve as findEntry, isPath } from '../catalog.js';
import type { JsonObject } from '../contracts/json.js';
import type { LearnsFrom, RunConfiguration } from '../contracts/run.js';
import type { SkeletonOptions } from '../contracts/search-space.js';
import { completeConstraints } from './constraints.js';
import { names, oneOf, plainObject, requireObject, text } from './fields.js';
import { completeRecipe, DEFAULT_RECIPE, overlaid, type RecipeChanges } from './recipe.js';

/** What may be given of a configuration: any of its fields; of a recipe, its name or changes to the default one. */
export type SearchSettings = Partial<Omit<RunConfiguration, 'recipe'>> & { readonly recipe?: string | RecipeChanges };

/**
 * Without any option: 100 random cells of NAS-Bench-201 scored as published (C = 16, N = 5), the best three trained with one cell a
 * stage on the built-in data, which takes minutes on two cores.
 */
export const DEFAULTS = {
  space: 'nas-bench-201',
  spaceOptions: {},
  scoreSkeleton: {},
  trainSkeleton: { channels: 16, cells: 1 },
  data: 'synthetic',
  sampler: 'random',
  samplerOptions: {},
  learnsFrom: 'scores',
  metric: 'naswot',
  count: 100,
  train: 3,
  recipe: DEFAULT_RECIPE,
  retrainEpochs: 0,
  scoreBatch: 128,
  seed: 1,
  engine: 'auto',
  formats: ['onnx', 'json'],
  output: 'nascent-models',
} as const satisfies SearchSettings;

/** `train` where the sampler learns from evaluations: fewer teach it nothing. */
export const DEFAULT_EVALUATIONS = 30;

/** Names of all settings. */
export const SETTING_NAMES: readonly string[] = [...Object.keys(DEFAULTS), 'testData', 'constraints', 'track'];

const MOST_CANDIDATES = 10_000_000;
const LEARNS_FROM: readonly LearnsFrom[] = ['scores', 'evaluations'];

/**
 * Fills in defaults and checks every field by itself. A complete configuration comes back as it was.
 * @throws NascentError `usage`: one sentence that says what was expected and what came.
 */
export async function completeConfiguration(settings: object): Promise<RunConfiguration> {
  knownOptions('an option of search', settings, SETTING_NAMES);
  const given = overlaid(DEFAULTS, settings);
  const count = wholeNumber('`count`', given.count, 1, MOST_CANDIDATES);
  const learnsFrom = oneOf('`learnsFrom`', given.learnsFrom, LEARNS_FROM);
  return {
    space: spaceName(text('`space`', given.space)),
    spaceOptions: plainObject('`spaceOptions`', given.spaceOptions),
    ...(given.constraints !== undefined && { constraints: completeConstraints(given.constraints) }),
    scoreSkeleton: skeleton('scoreSkeleton', given),
    trainSkeleton: skeleton('trainSkeleton', given),
    data: text('`data`', given.data),
    ...(given.testData !== undefined && { testData: text('`testData`', given.testData) }),
    sampler: text('`sampler`', given.sampler),
    samplerOptions: plainObject('`samplerOptions`', given.samplerOptions),
    learnsFrom,
    metric: text('`metric`', given.metric),
    count,
    train: trainCount(settings, learnsFrom, count),
    recipe: await completeRecipe(given.recipe),
    retrainEpochs: wholeNumber('`retrainEpochs`', given.retrainEpochs, 0, 100_000),
    ...(given.track !== undefined && { track: await trackedNames(given.track) }),
    // Two images are the least that can be told apart.
    scoreBatch: wholeNumber('`scoreBatch`', given.scoreBatch, 2, 4096),
    seed: wholeNumber('`seed`', given.seed, 0),
    engine: text('`engine`', given.engine),
    formats: names('`formats`', given.formats),
    output: text('`output`', given.output),
  };
}

async function trackedNames(given: unknown): Promise<string[]> {
  const track = names('`track`', given);
  for (const name of track) await findEntry('quantities', name);
  return track;
}

/** A space's own file by its whole path, so that a run can be resumed from any folder. */
function spaceName(name: string): string {
  return isPath(name) ? resolve(name) : name;
}

/** Where the sampler learns from scores, the best of `count` candidates; else whatever is proposed. */
function trainCount({ train }: SearchSettings, learnsFrom: LearnsFrom, count: number): number {
  if (learnsFrom === 'evaluations') return wholeNumber('`train`', train ?? DEFAULT_EVALUATIONS, 1, MOST_CANDIDATES);
  return wholeNumber('`train`, which is at most `count`,', train ?? DEFAULTS.train, 1, count);
}

/** The options of a skeleton over the defaults here; the space checks their values and fills in the rest. */
function skeleton(
  field: 'scoreSkeleton' | 'trainSkeleton',
  given: Record<string, unknown>,
): SkeletonOptions & JsonObject {
  const value = given[field];
  requireObject(`\`${field}\``, value);
  return plainObject(`\`${field}\``, overlaid(DEFAULTS[field], value));
}
