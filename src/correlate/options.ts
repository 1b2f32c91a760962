/** The options of a correlation, checked at the door. */
import { expected, wholeNumber } from '../base/errors.js';
import { knownOptions, unknownName } from '../base/names.js';
import type { WorkerPool } from '../contracts/job.js';
import type { JsonObject } from '../contracts/json.js';
import type { SkeletonOptions } from '../contracts/search-space.js';
import type { TableColumn } from '../contracts/table.js';
import type { Fusion } from './fusions.js';

export interface CorrelateOptions {
  /** Name of the search space. */
  readonly space: string;
  readonly spaceOptions?: JsonObject;
  /** Path of a table: a store of `nascent table import`, or a neutral CSV file. */
  readonly table: string;
  /** Whose accuracy scores are compared with, as the table calls it. */
  readonly dataset: string;
  /** Of the accuracy. Default `test`, as published comparisons have it. */
  readonly split?: TableColumn['split'];
  /** Default: the longest training that the table has of data set and split. */
  readonly epochs?: number;
  /** Data spec of the images that scores are computed on. */
  readonly data: string;
  /** Names of metrics, or `all` of the catalogue (default). `parameters` and `multiply-adds` always stand beside them. */
  readonly metrics?: 'all' | readonly string[];
  /** Metrics joined into one ranking; metrics that they need are computed and reported too. */
  readonly fusions?: readonly Fusion[];
  /** `all` architectures that have the accuracy (default), or only the `live` ones: without an operation that the output does not depend on. */
  readonly population?: 'all' | 'live';
  /** These architectures, in their official text, in place of the whole table. */
  readonly architectures?: readonly string[];
  /** How many are drawn, or `all`. Default 1000, or all where the population is smaller or `architectures` are given. */
  readonly count?: number | 'all';
  /** Of the draw and of the bootstrap. Default 1. */
  readonly seed?: number;
  /** Of the first weights and the first batch. Default 1, as in studies. */
  readonly scoreSeed?: number;
  /** Initialisations, of seeds scoreSeed, scoreSeed + 1, … Default 1. */
  readonly seeds?: number;
  /** Scoring batches for each initialisation, of seeds scoreSeed, scoreSeed + 1, … Default 1. */
  readonly batches?: number;
  /** Images in the scoring batch, default 128. */
  readonly scoreBatch?: number;
  /** Default: the space's own for scoring. */
  readonly scoreSkeleton?: SkeletonOptions;
  /** Share of the best by accuracy within which correlations are reported too. Default 0.1. */
  readonly top?: number;
  /** For each of these numbers, the best accuracy among so many of the highest scores. Default 1, 5, 10, 50, 100. */
  readonly bestOf?: readonly number[];
  /** Resamples of the 95 % intervals; 0: no intervals. Default 1000. */
  readonly bootstrap?: number;
  /** Default `onnxruntime`. */
  readonly engine?: string;
  /** The SQLite file that keeps scores: what is there is not computed again. Default `nascent.sqlite`. */
  readonly ledger?: string;
  /** Architectures scored at once; default one for each core. Changes no result. */
  readonly workers?: number;
  /** Where scores are computed, in place of worker threads: metrics that were added to the catalogue at run time need `inlinePool()`. */
  readonly pool?: WorkerPool;
  /** No new score is begun once it fires. */
  readonly signal?: AbortSignal;
}

export const CORRELATE_DEFAULTS = {
  split: 'test',
  metrics: 'all',
  fusions: [],
  population: 'all',
  seed: 1,
  scoreSeed: 1,
  seeds: 1,
  batches: 1,
  scoreBatch: 128,
  top: 0.1,
  bestOf: [1, 5, 10, 50, 100],
  bootstrap: 1000,
  engine: 'onnxruntime',
  ledger: 'nascent.sqlite',
} as const;

/** Architectures that are drawn unless told. */
export const DEFAULT_COUNT = 1000;

const KNOWN = [
  ...['space', 'spaceOptions', 'table', 'dataset', 'epochs', 'data', 'architectures', 'count', 'scoreSkeleton'],
  ...['workers', 'pool', 'signal'],
  ...Object.keys(CORRELATE_DEFAULTS),
];

const SPLITS: readonly TableColumn['split'][] = ['train', 'validation', 'test'];
const POPULATIONS = ['all', 'live'];

export type CheckedCorrelation = CorrelateOptions & Required<Pick<CorrelateOptions, keyof typeof CORRELATE_DEFAULTS>>;

/** What only catalogue, table and data can tell is checked where they are opened. @throws NascentError `usage` */
export function checkedCorrelation(options: CorrelateOptions): CheckedCorrelation {
  knownOptions('an option of correlate', options, KNOWN);
  const given: CheckedCorrelation = { ...CORRELATE_DEFAULTS, ...withoutUndefined(options) };
  for (const name of ['space', 'table', 'dataset', 'data'] as const) {
    if (typeof given[name] !== 'string' || given[name] === '') throw expected(`\`${name}\``, 'a name', given[name]);
  }
  if (!SPLITS.includes(given.split)) throw unknownName('`split`', String(given.split), SPLITS);
  if (!POPULATIONS.includes(given.population)) {
    throw unknownName('`population`', String(given.population), POPULATIONS);
  }
  if (!(given.top > 0 && given.top <= 1)) throw expected('`top`', 'a share above 0 and at most 1', given.top);
  return {
    ...given,
    ...(given.epochs !== undefined && { epochs: wholeNumber('`epochs`', given.epochs, 1) }),
    ...(given.workers !== undefined && { workers: wholeNumber('`workers`', given.workers, 1, 1024) }),
    ...(given.count !== undefined && { count: countOf(given.count) }),
    seed: wholeNumber('`seed`', given.seed, 0),
    scoreSeed: wholeNumber('`scoreSeed`', given.scoreSeed, 0),
    seeds: wholeNumber('`seeds`', given.seeds, 1, 1000),
    batches: wholeNumber('`batches`', given.batches, 1, 1000),
    scoreBatch: wholeNumber('`scoreBatch`', given.scoreBatch, 2, 4096),
    bootstrap: wholeNumber('`bootstrap`', given.bootstrap, 0, 1_000_000),
    bestOf: given.bestOf.map((k) => wholeNumber('`bestOf`', k, 1)),
  };
}

function countOf(count: number | 'all'): number | 'all' {
  return count === 'all' ? count : wholeNumber('`count`', count, 2);
}

function withoutUndefined(options: CorrelateOptions): CorrelateOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as CorrelateOptions;
}
