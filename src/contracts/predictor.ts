/** Predictors: regressors from an architecture's features to its expected value. Deterministic by seed. */
import type { Random } from '../base/random.js';
import type { JsonObject } from './json.js';
import type { KernelBackend } from './kernel-backend.js';

/** Features of `count` architectures, [count, width], row after row. */
export interface Features {
  readonly count: number;
  readonly width: number;
  readonly values: Float32Array;
}

export interface Prediction {
  /** [count] */
  readonly mean: Float64Array;
  /** [count], of the label that an evaluation would give; only where it was asked for and the predictor has an honest one. */
  readonly variance?: Float64Array;
}

export interface PredictOptions {
  /** Whether a variance is wanted, which may cost far more than the mean. Default false. */
  readonly variance?: boolean;
}

export interface FittedPredictor {
  /** @param features of the width that it was fitted to */
  predict(features: Features, options?: PredictOptions): Promise<Prediction>;
  /** Gives back what an engine holds; it must not be used afterwards. */
  release?(): Promise<void>;
}

export interface Predictor {
  readonly name: string;
  /**
   * @param features of count ≥ 1
   * @param labels [count], higher is better, on any scale: a predictor standardises them by what it is given
   * @throws NascentError `usage` for a number that is not finite, no samples, or counts that differ
   */
  fit(features: Features, labels: Float64Array): Promise<FittedPredictor>;
}

export interface PredictorContext {
  /** Its own stream: the same for the same seed, whatever else is drawn. */
  readonly random: Random;
  readonly options?: JsonObject;
  /** The run's engine, for predictors that compute on the kernel backend. */
  readonly engine: () => Promise<KernelBackend>;
  /** Cores that its predictions may use; default all. They change no result. */
  readonly threads?: number;
  /** Other predictors by name, for those that mix several. @throws NascentError `usage` for an unknown name. */
  readonly predictor: (name: string) => Promise<PredictorFactory>;
}

/** @throws NascentError `usage` for an unknown option or a value out of range */
export type PredictorFactory = (context: PredictorContext) => Predictor;
