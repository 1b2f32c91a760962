/** Studies: strategies compared over seeds on a tabular benchmark, and what is kept of them. */
import type { JsonObject } from './json.js';
import type { TableColumn } from './table.js';

/** One strategy with everything that decides what it does. */
export interface StrategyReference {
  /** How reports call it. */
  readonly name: string;
  /** Name in the catalogue. */
  readonly sampler: string;
  readonly options: JsonObject;
}

/**
 * Which training of an architecture is its label: the mean over all that the table has, the one of a number or seed, or `random`: each
 * run draws for every architecture one of the trainings that it has, by the run's seed and nothing else, and searches for the best of its draw.
 */
export type StudyTrial = TableColumn['trial'] | 'random';

/** Where the scores of a study come from, or those that are correlated with a table. */
export interface StudyScores {
  readonly metric: string;
  /** Data spec. */
  readonly data: string;
  /** Images in the scoring batch. */
  readonly batch: number;
  /** Of weights and batch: one for the whole study, so that runs share scores. */
  readonly seed: number;
  /** Of the batch, where it is drawn from another seed than the weights. */
  readonly batchSeed?: number;
  /** Skeleton that is scored. */
  readonly skeleton: JsonObject;
  readonly engine: string;
  /** Of the data, of nascent and of the engine: scores of other versions are computed anew. */
  readonly versions: Readonly<Record<string, string>>;
}

/** One search on a table: plain JSON, so that it runs in any worker. */
export interface StudyRun {
  /** Path of the table; not part of what decides the result: its checksum is. */
  readonly table: string;
  readonly checksum: string;
  readonly space: string;
  readonly spaceOptions: JsonObject;
  readonly dataset: string;
  /** Of the validation accuracy that is searched for. */
  readonly epochs: number;
  /** Absent where it is what the table gives unasked, so that runs of studies that left it out keep their keys. */
  readonly trial?: StudyTrial;
  readonly strategy: StrategyReference;
  readonly seed: number;
  /** Most architectures evaluated. */
  readonly samples: number;
  /** Go on after the optimum was found: for what is chosen from a fixed number of samples. */
  readonly toTheEnd: boolean;
  readonly scores?: StudyScores;
  /** Most architectures scored in one run. */
  readonly scoreBudget: number;
  readonly engine: string;
}

export interface StudyRunResult {
  /** Table rows in the order in which they were evaluated, each once. */
  readonly order: readonly number[];
  /** Architectures that the strategy had scored, and what computing them took when they were computed. */
  readonly scored: number;
  readonly scoringSeconds: number;
  /** Of the strategy itself: fits, rankings and look-ups, without scoring. */
  readonly seconds: number;
  /** Fits of a predictor. */
  readonly fits: number;
}

/** A score that was computed for a study, or why there is none. */
export interface StudyScore {
  readonly value?: number;
  readonly failure?: string;
  /** Of its computation; where several metrics shared one program, its equal part of that. */
  readonly seconds: number;
}

/**
 * What studies have computed so far, in the ledger's file: a run or a score that is there is not computed again. Any number of
 * processes may write.
 */
export interface StudyStore {
  /** @param key says everything that decides the result */
  run(key: string): StudyRunResult | undefined;
  keepRun(key: string, result: StudyRunResult): void;
  score(key: string, architecture: string): StudyScore | undefined;
  keepScore(key: string, architecture: string, score: StudyScore): void;
  close(): void;
}
