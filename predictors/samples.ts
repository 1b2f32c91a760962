/** What every predictor does with what it is given: refuse what is no sample, and standardise. */
import { expected } from '../src/base/errors.js';
import type { Features } from '../src/contracts/predictor.js';

/** The squares of larger ones, and so their deviation, are no finite numbers. */
const LARGEST_LABEL = 1e150;

/** @throws NascentError `usage` for no samples, counts that differ, or a number that is not finite */
export function requireSamples(features: Features, labels: Float64Array): void {
  if (features.count < 1 || features.count !== labels.length) {
    throw expected(
      'samples',
      'at least one row of features, each with a label',
      `${features.count} and ${labels.length}`,
    );
  }
  requireRows(features, features.width);
  const wrong = labels.findIndex((label) => !(Math.abs(label) <= LARGEST_LABEL));
  if (wrong !== -1) throw expected('labels', `finite numbers of at most ${LARGEST_LABEL}`, labels[wrong]);
}

/** @throws NascentError `usage` for features of another width than those fitted to, or a number that is not finite */
export function requireRows({ count, width, values }: Features, fitted: number): void {
  if (width !== fitted) throw expected('features', `of width ${fitted}, as those fitted to`, width);
  if (values.length !== count * width) throw expected('features', `${count} × ${width} numbers`, values.length);
  // 0·x is 0 for finite x alone: one sum tells whether any is not, far faster than a look at each.
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += 0 * values[i];
  if (zero !== 0)
    throw expected(
      'features',
      'finite numbers',
      values.find((value) => !Number.isFinite(value)),
    );
}

/** Labels of mean 0 and deviation 1; where all are equal they have no scale of their own, and the deviation is taken as 1. */
export interface StandardisedLabels {
  /** [count] */
  readonly values: Float64Array;
  readonly mean: number;
  readonly deviation: number;
}

export function standardisedLabels(labels: Float64Array): StandardisedLabels {
  const { mean, deviation } = meanAndDeviation(labels.length, (row) => labels[row]);
  return { values: labels.map((label) => (label - mean) / deviation), mean, deviation };
}

/** Where columns lie: features to be centred and scaled. A column that is constant, but for rounding, has deviation 1. */
export interface ColumnScales {
  /** [width] */
  readonly mean: Float64Array;
  /** [width] */
  readonly deviation: Float64Array;
}

export function columnScales({ count, width, values }: Features): ColumnScales {
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (let column = 0; column < width; column++) {
    const scale = meanAndDeviation(count, (row) => values[row * width + column]);
    mean[column] = scale.mean;
    deviation[column] = scale.deviation;
  }
  return { mean, deviation };
}

function meanAndDeviation(count: number, at: (row: number) => number): { mean: number; deviation: number } {
  // Around the first value, so that equal values have exactly no deviation.
  const first = at(0);
  let sum = 0;
  for (let row = 0; row < count; row++) sum += at(row) - first;
  const shift = sum / count;
  let squares = 0;
  for (let row = 0; row < count; row++) squares += (at(row) - first - shift) ** 2;
  const deviation = Math.sqrt(squares / count);
  return { mean: first + shift, deviation: deviation > 0 && Number.isFinite(deviation) ? deviation : 1 };
}
