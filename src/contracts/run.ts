/** A run: its configuration, and the events that tell its whole story. */
import type { Json, JsonObject } from './json.js';
import type { Measures } from './measures.js';
import type { FitReport } from './sampler.js';
import type { SkeletonOptions } from './search-space.js';
import type { SteeringRequest } from './steering.js';
import type { EpochRecord, TrainingRecipe } from './training.js';

/**
 * What a sampler is told of its proposals: their scores, of which the best are then trained; or what came of training each of them, its
 * validation accuracy.
 */
export type LearnsFrom = 'scores' | 'evaluations';

/** Bounds of what can be measured of an architecture without training it; what is not known of one keeps none. */
export interface Constraints {
  /** By measure: `parameters`, `multiplyAdds` (in the skeleton that is trained), or a column of a file of measures. Included. */
  readonly atMost?: Readonly<Record<string, number>>;
  readonly atLeast?: Readonly<Record<string, number>>;
  /** CSV files with a column `arch`, or `index` where another of them has both. Absolute paths. */
  readonly measures?: readonly string[];
}

/** Everything that decides a run's result, filled in with every default, as the ledger keeps it. */
export interface RunConfiguration {
  /** Name in the catalogue, or the absolute path of a space's own file. */
  readonly space: string;
  /** Options of the space itself. */
  readonly spaceOptions: JsonObject;
  /** What a sampler may propose; absent where that is the whole space. */
  readonly constraints?: Constraints;
  /** Skeleton that scores see. */
  readonly scoreSkeleton: SkeletonOptions;
  /** Skeleton that is trained and exported. */
  readonly trainSkeleton: SkeletonOptions;
  /** Data spec: `synthetic`, `cifar10:PATH`, `cifar100:PATH`, `mnist:DIRECTORY`. */
  readonly data: string;
  /** Data spec of test images, where they lie in a file of their own. */
  readonly testData?: string;
  readonly sampler: string;
  readonly samplerOptions: JsonObject;
  /** Absent in runs recorded before there was a choice, which learn from scores. */
  readonly learnsFrom?: LearnsFrom;
  readonly metric: string;
  /**
   * Candidates proposed and scored, where the sampler learns from scores. In either case the most that a sampler may have scored beside
   * its proposals.
   */
  readonly count: number;
  /** Top candidates trained; where the sampler learns from evaluations, proposals evaluated. */
  readonly train: number;
  readonly recipe: TrainingRecipe;
  /** Epochs for a final training of the winner; 0: none. */
  readonly retrainEpochs: number;
  /** Quantities tracked after every epoch, by their names in the catalogue; absent: none. */
  readonly track?: readonly string[];
  /** Images in the scoring batch. */
  readonly scoreBatch: number;
  readonly seed: number;
  /** Engine name as chosen; kept on resume. */
  readonly engine: string;
  /** Export formats of the winner. */
  readonly formats: readonly string[];
  /** Folder of exported files. */
  readonly output: string;
}

export type RunStatus = 'running' | 'finished' | 'interrupted' | 'failed';

export type Stage = 'score' | 'train' | 'retrain' | 'export';

/** How a score came about: enough to compute it again. */
export interface ScoreProvenance {
  readonly metric: string;
  readonly settings: JsonObject;
  readonly seed: number;
  readonly batch: string;
  readonly engine: string;
  readonly version: string;
}

/** The checked outcome of an export. */
export interface ExportCheck {
  /** Images of the check batch on which the loaded file agrees with the ledger, and their number. */
  readonly agreeing: number;
  readonly of: number;
  readonly largestLogitDifference: number;
}

/** The story of a run. Each event is in the ledger before anyone sees it. Candidates and evaluations are numbered within the run, from 1. */
export type RunEventBody =
  | {
      readonly type: 'run-started';
      readonly configuration: RunConfiguration;
      readonly versions: Readonly<Record<string, string>>;
      readonly resumed: boolean;
      /** In words how `auto` came to the engine, where it had a choice. */
      readonly engineChoice?: string;
    }
  | { readonly type: 'stage-started'; readonly stage: Stage; readonly total: number; readonly done: number }
  | {
      readonly type: 'candidate-scored';
      readonly candidate: number;
      readonly architecture: string;
      readonly metric: string;
      readonly value?: number;
      readonly failure?: string;
      /** The candidate whose score this is, where it was not computed anew. */
      readonly sharedWith?: number;
      /** Not proposed, only scored: the sampler asked for it. */
      readonly asked?: true;
      readonly seconds: number;
      readonly parameters: number;
      readonly multiplyAdds: number;
    }
  | {
      readonly type: 'training-started';
      readonly evaluation: number;
      readonly candidate: number;
      readonly architecture: string;
      readonly stage: Stage;
      readonly epochs: number;
      readonly fromEpoch: number;
    }
  | ({ readonly type: 'epoch'; readonly evaluation: number; readonly candidate: number } & EpochRecord)
  | {
      readonly type: 'evaluation-finished';
      readonly evaluation: number;
      readonly candidate: number;
      readonly measures?: Measures;
      readonly failure?: string;
      readonly seconds: number;
    }
  /** A proposal that computes the same as an earlier one: that one's evaluation, `sharedWith`, stands for both. */
  | {
      readonly type: 'evaluation-shared';
      readonly evaluation: number;
      readonly candidate: number;
      readonly sharedWith: number;
    }
  /**
   * What a learning sampler thought. `rankCorrelation` is Spearman's ρ between what earlier fits predicted for proposals and what was then
   * observed, over all such proposals; absent below three.
   */
  | ({ readonly type: 'predictor-fitted'; readonly rankCorrelation?: number } & FitReport)
  | {
      readonly type: 'exported';
      readonly candidate: number;
      readonly evaluation: number;
      readonly format: string;
      readonly path: string;
      readonly sha256: string;
      readonly check?: ExportCheck;
    }
  /** What a person asked of the run while it ran. */
  | ({ readonly type: 'steered' } & SteeringRequest)
  /** What the run takes of the machine: jobs at once, and bytes of memory of its process, worker threads included. */
  | { readonly type: 'resources'; readonly workers: number; readonly memory: number }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'run-interrupted'; readonly reason: string }
  | { readonly type: 'run-finished'; readonly best?: BestCandidate; readonly seconds: number };

export interface BestCandidate {
  readonly candidate: number;
  readonly evaluation: number;
  readonly architecture: string;
  readonly measures: Measures;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** An event with its place in the run. `sequence` counts from 1 without gaps; `time` is milliseconds since 1970. */
export type RunEvent = RunEventBody & { readonly run: string; readonly sequence: number; readonly time: number };

export type JsonEvent = { readonly [key: string]: Json | undefined };
