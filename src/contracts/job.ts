/** Jobs: plain JSON that names what to do; a worker resolves the names by the catalogue and runs no code from the wire. */
import type { JsonObject } from './json.js';
import type { ScoreResult } from './metric.js';
import type { Cost } from './network.js';
import type { SkeletonOptions } from './search-space.js';
import type { Checkpoint, EpochRecord, TrainingRecipe, TrainingResult } from './training.js';

export interface NetworkReference {
  readonly space: string;
  readonly spaceOptions: JsonObject;
  readonly skeleton: SkeletonOptions;
  readonly architecture: string;
}

export interface DataReference {
  readonly data: string;
  readonly testData?: string;
  /** The split and the scoring batch are drawn from it; in a run, the run's. */
  readonly seed: number;
}

export interface ScoreJob {
  readonly kind: 'score';
  readonly network: NetworkReference;
  readonly data: DataReference;
  /** Names of metrics; they share one program. */
  readonly metrics: readonly string[];
  readonly batch: number;
  /** Of the weights and of the metrics' own draws. */
  readonly seed: number;
  readonly engine: string;
  readonly threads: number;
}

export interface TrainJob {
  readonly kind: 'train';
  readonly network: NetworkReference;
  readonly data: DataReference;
  readonly recipe: TrainingRecipe;
  readonly seed: number;
  readonly engine: string;
  readonly threads: number;
  /** Quantities to track, by their names in the catalogue. */
  readonly track?: readonly string[];
  /** To go on from. */
  readonly checkpoint?: Checkpoint;
}

export type Job = ScoreJob | TrainJob;

export interface ScoreJobResult {
  /** By name of the metric. */
  readonly scores: Readonly<Record<string, ScoreResult>>;
  /** Of all of them together. */
  readonly cost: Cost;
  readonly seconds: number;
}

/** What a training tells while it runs. */
export interface TrainProgress {
  readonly epoch: EpochRecord;
  readonly checkpoint: Checkpoint;
}

export interface JobResults {
  readonly score: ScoreJobResult;
  readonly train: TrainingResult;
}

/** Where jobs run. */
export interface WorkerPool {
  /** How many jobs run at once. */
  readonly size: number;
  /**
   * Rejects with an AbortError as soon as `signal` fires: the job is dropped, and no more progress is told. Each progress is handed on
   * before the training goes on; what `onProgress` throws ends the training and is what `run` rejects with.
   */
  run<K extends Job['kind']>(
    job: Extract<Job, { readonly kind: K }>,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (progress: TrainProgress) => void },
  ): Promise<JobResults[K]>;
  /** Waits for the jobs that run, dropped ones too. */
  close(): Promise<void>;
}
