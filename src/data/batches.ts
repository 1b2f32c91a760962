/** Batches: images as networks take them, float32 NCHW, normalised per channel to (pixel/255 − mean) / deviation. */
import { NascentError, wholeNumber } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { Batch, DataSplits, ImageSet, Normalization } from '../contracts/dataset.js';
import type { Augmentation } from '../contracts/training.js';
import { changeStream, type ImageChange, UNCHANGED, writePlane } from './augment.js';
import { imageSize } from './image-set.js';

/** A batch of full size whose first `valid` images count; those after them are repeats. */
export interface EvaluationBatch extends Batch {
  readonly valid: number;
}

/** The images on which every export is compared with the trained network. */
export interface CheckBatch extends Batch {
  /** `validation-first-{size}` */
  readonly name: string;
}

/** The images at `indices`, in that order, without augmentation: float32 [indices, channels, height, width]. */
export function normalizedBatch(set: ImageSet, normalization: Normalization, indices: ArrayLike<number>): Batch {
  return writeBatch(set, valueTables(normalization), indices, () => UNCHANGED);
}

/**
 * Different training images drawn from `random` itself, without augmentation: what untrained networks are scored on.
 * @throws NascentError `usage` where `size` is not from 1 to the number of training images.
 */
export function scoringBatch(splits: DataSplits, size: number, random: Random): Batch {
  const { train, normalization } = splits;
  if (size > train.count) {
    throw new NascentError(
      'usage',
      `Expected the scoring batch to be at most the ${train.count} training images of ${splits.spec}, got ${size}.`,
    );
  }
  wholeNumber('the scoring batch', size, 1);
  return normalizedBatch(train, normalization, random.sample(numbersBelow(train.count), size));
}

/** The first `size` images of the validation part, or all of them where there are fewer. */
export function checkBatch(splits: DataSplits, size = 64): CheckBatch {
  const count = Math.min(wholeNumber('the check batch', size, 1), splits.validation.count);
  const batch = normalizedBatch(splits.validation, splits.normalization, numbersBelow(count));
  return { name: `validation-first-${count}`, ...batch };
}

/**
 * One epoch of training batches, all of `batchSize`, in random order; the images of a last short batch are left out. Each
 * image is cropped, flipped and cut out anew (see `augment.ts`). Batches are made as they are asked for, each in memory of
 * its own.
 * @param random a stream for this epoch alone (such as `run.child('epoch', 3)`): everything is drawn from its named
 * children, so an equal stream gives an equal epoch.
 * @throws NascentError `usage` where the set is smaller than one batch; at the call, not at the first batch.
 */
export function epochBatches(
  set: ImageSet,
  normalization: Normalization,
  batchSize: number,
  augmentation: Augmentation,
  random: Random,
): Iterable<Batch> {
  wholeNumber('the batch size', batchSize, 1);
  if (batchSize > set.count) {
    const message = `Expected the batch size to be at most the ${set.count} training images, got ${batchSize}.`;
    throw new NascentError('usage', message);
  }
  return generateEpoch(set, normalization, batchSize, augmentation, random);
}

function* generateEpoch(
  set: ImageSet,
  normalization: Normalization,
  batchSize: number,
  augmentation: Augmentation,
  random: Random,
): Generator<Batch> {
  const order = random.child('order').shuffle(numbersBelow(set.count));
  const tables = valueTables(normalization);
  const nextChange = changeStream(augmentation, set.shape[1], set.shape[2], random);
  for (let start = 0; start + batchSize <= set.count; start += batchSize) {
    yield writeBatch(set, tables, order.slice(start, start + batchSize), nextChange);
  }
}

/**
 * Every image once, in order and without augmentation, in batches of exactly `batchSize`: a program is compiled for one
 * batch size. The last batch is filled up with images from the start of the set; only its first `valid` ones count.
 */
export function evaluationBatches(
  set: ImageSet,
  normalization: Normalization,
  batchSize: number,
): Iterable<EvaluationBatch> {
  wholeNumber('the batch size', batchSize, 1);
  return generateEvaluation(set, normalization, batchSize);
}

function* generateEvaluation(
  set: ImageSet,
  normalization: Normalization,
  batchSize: number,
): Generator<EvaluationBatch> {
  const tables = valueTables(normalization);
  for (let start = 0; start < set.count; start += batchSize) {
    const indices = Array.from({ length: batchSize }, (_, i) => (start + i) % set.count);
    const batch = writeBatch(set, tables, indices, () => UNCHANGED);
    yield { ...batch, valid: Math.min(batchSize, set.count - start) };
  }
}

function writeBatch(
  set: ImageSet,
  tables: readonly Float32Array[],
  indices: ArrayLike<number>,
  nextChange: () => ImageChange,
): Batch {
  const [channels, height, width] = set.shape;
  const plane = height * width;
  const size = imageSize(set);
  const images = new Float32Array(indices.length * size);
  const labels = new Int32Array(indices.length);
  for (let row = 0; row < indices.length; row++) {
    const change = nextChange();
    labels[row] = set.labels[indices[row]];
    for (let channel = 0; channel < channels; channel++) {
      const from = indices[row] * size + channel * plane;
      const to = row * size + channel * plane;
      writePlane(set.images, from, images, to, height, width, tables[channel], change);
    }
  }
  return { images, labels, size: indices.length };
}

/** Per channel the normalised value of each of the 256 pixel values: a look-up is quicker than the arithmetic. */
function valueTables(normalization: Normalization): Float32Array[] {
  return normalization.mean.map((mean, channel) =>
    Float32Array.from({ length: 256 }, (_, pixel) => (pixel / 255 - mean) / normalization.deviation[channel]),
  );
}

function numbersBelow(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
