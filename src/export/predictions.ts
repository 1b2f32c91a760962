/** What an exported file must say: the same as the trained network said of the check batch. */
import { expected, NascentError } from '../base/errors.js';
import type { ExportCheck } from '../contracts/run.js';
import type { CheckPredictions } from '../contracts/training.js';

/** Difference of logits that is still rounding, relative to the largest logit. */
const TOLERANCE = 1e-3;

/** Refuses a check batch that is empty or whose images, labels and logits do not belong together. */
export function requireCheckBatch(
  images: Float32Array,
  { labels, logits }: CheckPredictions,
  imageSize: number,
  classes: number,
): void {
  const count = labels.length;
  if (count === 0) throw expected('the check batch', 'at least one image', 0);
  if (images.length !== count * imageSize) {
    throw expected(`the check batch of ${count} images`, `${count * imageSize} numbers`, images.length);
  }
  if (logits.length !== count * classes) {
    throw expected(`the recorded logits of ${count} images`, `${count * classes} numbers`, logits.length);
  }
}

/**
 * The comparison of a file's logits with the recorded ones.
 * @throws NascentError of code 'engine' where a label differs, or a logit by more than rounding
 */
export function comparePredictions(logits: Float32Array, recorded: CheckPredictions, path: string): ExportCheck {
  const of = recorded.labels.length;
  const classes = recorded.logits.length / of;
  const check = {
    agreeing: recorded.labels.filter((label, i) => label === largest(logits, i * classes, classes)).length,
    of,
    largestLogitDifference: largestDifference(logits, recorded.logits),
  };
  const magnitude = recorded.logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  // Written so that NaN fails.
  if (check.agreeing === of && check.largestLogitDifference <= TOLERANCE * magnitude) return check;
  throw new NascentError(
    'engine',
    `Expected ${JSON.stringify(path)} to predict what was recorded of ${recorded.batch}, got ${check.agreeing} of ${of} ` +
      `labels and logits up to ${check.largestLogitDifference.toPrecision(3)} apart; no file was kept.`,
  );
}

/** Index of the largest of `count` numbers from `start`, the first of equals. */
function largest(numbers: Float32Array, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (numbers[start + i] > numbers[start + best]) best = i;
  return best;
}

/** NaN where a number is missing or not finite. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.NaN;
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}
