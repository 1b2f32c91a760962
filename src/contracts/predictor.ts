/** Predictors: regressors from an architecture's encoding to its expected value. Deterministic by seed. */
import type { Random } from '../base/random.js';
import type { JsonObject } from './json.js';

export interface Prediction {
  /** [n] */
  readonly mean: Float64Array;
  /** [n], where the predictor has an honest one. */
  readonly variance?: Float64Array;
}

export interface FittedPredictor {
  /** @param encodings n rows of d features. */
  predict(encodings: readonly ArrayLike<number>[]): Prediction;
}

export interface Predictor {
  readonly name: string;
  /** @param encodings n ≥ 1 rows of d features; @param labels [n], finite. Refuses NaN with a NascentError. */
  fit(encodings: readonly ArrayLike<number>[], labels: ArrayLike<number>): Promise<FittedPredictor>;
}

export type PredictorFactory = (random: Random, options?: JsonObject) => Predictor;
