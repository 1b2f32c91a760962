/** The options of a study, checked at the door. */
import range from 'lodash/range.js';
import { expected, flag, wholeNumber } from '../base/errors.js';
import { knownOptions, unknownName } from '../base/names.js';
import { namesOf } from '../catalog.js';
import type { WorkerPool } from '../contracts/job.js';
import type { JsonObject } from '../contracts/json.js';
import type { SkeletonOptions } from '../contracts/search-space.js';
import type { StrategyReference, StudyTrial } from '../contracts/study.js';

/** Both ends included. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

export interface StudyOptions {
  /** Name of the search space. */
  readonly space: string;
  readonly spaceOptions?: JsonObject;
  /** Path of a table: a store of `nascent table import`, or a neutral CSV file. */
  readonly table: string;
  /** Whose validation accuracy is searched for, as the table calls it. */
  readonly dataset: string;
  /** Default: the longest training that the table has of the data set. */
  readonly epochs?: number;
  /**
   * Which of an architecture's trainings is its label: `mean` over them, the number or seed of one, or `random`: every run draws for each
   * architecture one of those that it has, the same for all strategies of a seed, and its optimum is the best of its draw. Architectures
   * without a label are left out. Test accuracies are means. Default `mean`, or the only trial where the table has no mean.
   */
  readonly trial?: StudyTrial;
  /** Names of samplers, or samplers with options under a name of their own. */
  readonly strategies: readonly (string | StrategyReference)[];
  /** Runs of each strategy: seeds 1 to this number, or `first` to `last`, for a study in parts. Default 100. */
  readonly seeds?: number | SeedRange;
  /** Most architectures that a run evaluates. Default 500. */
  readonly samples?: number;
  /** Go on to `samples` although the optimum has been found. Default false. */
  readonly toTheEnd?: boolean;
  /** Data spec of the images that scores are computed on; without it strategies know parameters and multiply-adds only. */
  readonly data?: string;
  /** Default `naswot`. */
  readonly metric?: string;
  /** Default: the space's own for scoring. */
  readonly scoreSkeleton?: SkeletonOptions;
  /** Images in the scoring batch, default 128. */
  readonly scoreBatch?: number;
  /** Of the scores' weights and batch, one for all runs. Default 1. */
  readonly scoreSeed?: number;
  /** Most architectures scored in one run. Default 500. */
  readonly scoreBudget?: number;
  /** Default `onnxruntime`. */
  readonly engine?: string;
  /** The SQLite file that keeps runs and scores: what is there is not computed again. Default `nascent.sqlite`. */
  readonly ledger?: string;
  /** Runs at once; default one for each core. Changes no result. */
  readonly workers?: number;
  /**
   * Runs are performed in this process, one after another, and scores computed here, in place of worker threads: samplers, predictors, spaces and
   * metrics that were added to the catalogue at run time need `inlinePool()`.
   */
  readonly pool?: WorkerPool;
  /** Once it fires no new run begins, and those in flight stop after the score or the proposal that they are at. */
  readonly signal?: AbortSignal;
}

export const STUDY_DEFAULTS = {
  seeds: 100,
  samples: 500,
  toTheEnd: false,
  metric: 'naswot',
  scoreBatch: 128,
  scoreSeed: 1,
  scoreBudget: 500,
  engine: 'onnxruntime',
  ledger: 'nascent.sqlite',
} as const;

const KNOWN = [
  ...[
    'space',
    'spaceOptions',
    'table',
    'dataset',
    'epochs',
    'trial',
    'strategies',
    'data',
    'scoreSkeleton',
    'workers',
    'pool',
    'signal',
  ],
  ...Object.keys(STUDY_DEFAULTS),
];

export type CheckedOptions = Omit<StudyOptions, 'strategies' | 'seeds'> &
  Required<Pick<StudyOptions, Exclude<keyof typeof STUDY_DEFAULTS, 'seeds'>>> & {
    readonly strategies: readonly StrategyReference[];
    /** One for each run of a strategy, from the lowest. */
    readonly seeds: readonly number[];
  };

const MOST_SEEDS = 1_000_000;

/**
 * The seeds of a strategy's runs, from the lowest.
 * @throws NascentError `usage`
 */
export function seedsOf(given: number | SeedRange = STUDY_DEFAULTS.seeds): number[] {
  if (typeof given === 'number') return range(1, wholeNumber('`seeds`', given, 1, MOST_SEEDS) + 1);
  if (typeof given !== 'object' || given === null) throw expected('`seeds`', 'a number or { first, last }', given);
  const first = wholeNumber('`seeds.first`', given.first, 1, MOST_SEEDS);
  return range(first, wholeNumber('`seeds.last`', given.last, first, MOST_SEEDS) + 1);
}

/** @throws NascentError `usage` */
export function checkedStudy(options: StudyOptions): CheckedOptions {
  knownOptions('an option of study', options, KNOWN);
  const given = { ...STUDY_DEFAULTS, ...withoutUndefined(options) };
  for (const name of ['space', 'table', 'dataset', 'ledger', 'metric', 'engine'] as const)
    requireText(name, given[name]);
  if (given.data !== undefined) requireText('data', given.data);
  return {
    ...given,
    ...(given.epochs !== undefined && { epochs: wholeNumber('`epochs`', given.epochs, 1) }),
    ...(given.trial !== undefined && { trial: trialOf(given.trial) }),
    seeds: seedsOf(given.seeds),
    toTheEnd: flag('`toTheEnd`', given.toTheEnd),
    samples: wholeNumber('`samples`', given.samples, 1),
    scoreBatch: wholeNumber('`scoreBatch`', given.scoreBatch, 2, 4096),
    scoreSeed: wholeNumber('`scoreSeed`', given.scoreSeed, 0),
    scoreBudget: wholeNumber('`scoreBudget`', given.scoreBudget, 0),
    ...(given.workers !== undefined && { workers: wholeNumber('`workers`', given.workers, 1, 1024) }),
    strategies: strategiesOf(given.strategies),
  };
}

function requireText(name: string, given: unknown): void {
  if (typeof given !== 'string' || given === '') throw expected(`\`${name}\``, 'a name', given);
}

function trialOf(given: unknown): StudyTrial {
  if (given === 'mean' || given === 'random') return given;
  if (typeof given === 'number') return wholeNumber('`trial`', given, 0);
  throw unknownName('`trial`', String(given), ['mean', 'random', 'the number of a trial']);
}

function withoutUndefined(options: StudyOptions): StudyOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as StudyOptions;
}

/** One proposal at a time, as the algorithms are published: here nothing runs beside it. */
const SEQUENTIAL: Readonly<Record<string, JsonObject>> = {
  evolution: { lag: 1 },
  area: { lag: 1 },
  nascent: { batch: 1 },
};

function strategiesOf(given: StudyOptions['strategies']): StrategyReference[] {
  const known = namesOf('samplers').filter((name) => name !== 'given');
  if (!Array.isArray(given) || given.length === 0)
    throw expected('`strategies`', `one or more of ${known.join(', ')}`, given);
  const strategies = given.map((strategy: string | Partial<StrategyReference> | null): StrategyReference => {
    const {
      sampler,
      name = sampler,
      options,
    } = typeof strategy === 'string' ? { sampler: strategy } : (strategy ?? {});
    if (typeof sampler !== 'string' || typeof name !== 'string')
      throw expected('each of `strategies`', 'a name, or { name, sampler, options }', strategy);
    if (!known.includes(sampler)) throw unknownName('the strategy', sampler, known);
    return { name, sampler, options: { ...SEQUENTIAL[sampler], ...options } };
  });
  const names = strategies.map(({ name }) => name);
  if (new Set(names).size < names.length) throw expected('`strategies`', 'named differently', names);
  return strategies;
}
