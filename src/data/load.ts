/** Loading: a data spec becomes disjoint training, validation and test parts. */
import { show } from '../base/errors.js';
import { random } from '../base/random.js';
import type { DataSplits, ImageSet } from '../contracts/dataset.js';
import { readCifar } from './cifar.js';
import { dataError } from './files.js';
import { type DataSource, fingerprintOf, normalizationOf, selectImages } from './image-set.js';
import { readMnist } from './mnist.js';
import { type DataSpec, parseDataSpec } from './spec.js';
import { drawSynthetic } from './synthetic.js';

export interface LoadReference {
  /** Data spec, see `parseDataSpec`. */
  readonly data: string;
  /** Data spec of the test images, where they lie apart; takes the place of the source's own test part. */
  readonly testData?: string;
  /** The cut is drawn from it. */
  readonly seed: number;
  /**
   * Share of the images of `data` (less its own test part) that become the validation part, above 0 and at most 0.5.
   * Default: 0.1; 0.2 where the test part is given and fewer than 10,000 images are left to cut.
   */
  readonly validationFraction?: number;
}

/** Share of a lone file that becomes the test part. */
const LONE_TEST_FRACTION = 0.1;
const SMALL_SET = 10_000;
const LEAST_IMAGES = 10;

/**
 * Loads a data set and cuts it. The test part is, in this order: the images of `testData` (its own test part where it has
 * one, else all of it); the source's own test part (a directory, `synthetic`); 10 % of the one file, drawn by the seed.
 * The validation part is always drawn by the seed from what is left; the rest is for training. Drawn parts keep their random
 * order, so that their first images are a fair sample. Normalisation comes from the training part only.
 * Equal files, seed and fraction give equal parts on every machine. Nothing is cached.
 * @throws NascentError `usage` for a bad spec, `data` for bad files or a bad fraction.
 */
export async function loadData(reference: LoadReference): Promise<DataSplits> {
  const fraction = reference.validationFraction;
  if (fraction !== undefined && !(fraction > 0 && fraction <= 0.5)) {
    throw dataError('`validationFraction`', 'be above 0 and at most 0.5', show(fraction));
  }
  const spec = parseDataSpec(reference.data);
  const testSpec = reference.testData === undefined ? undefined : parseDataSpec(reference.testData);
  const source = await readSource(spec);
  const givenTest = testSpec ? await readTestPart(reference, testSpec, source.train) : source.test;
  const { train, validation, test } = cut(reference, source.train, givenTest);
  return {
    spec: reference.data,
    train,
    validation,
    test,
    normalization: normalizationOf(train),
    fingerprint: fingerprintOf([train, validation, test]),
  };
}

async function readSource(spec: DataSpec): Promise<DataSource> {
  switch (spec.kind) {
    case 'synthetic':
      return { train: drawSynthetic('train', spec.train), test: drawSynthetic('test', spec.test) };
    case 'cifar10':
    case 'cifar100':
      return readCifar(spec.kind, spec.path);
    case 'mnist':
      return readMnist(spec.path);
  }
}

async function readTestPart(reference: LoadReference, spec: DataSpec, train: ImageSet): Promise<ImageSet> {
  const source = await readSource(spec);
  const test = source.test ?? source.train;
  const form = (set: ImageSet) => `${set.shape.join('×')} with ${set.classes} classes`;
  if (form(test) !== form(train)) {
    throw dataError(
      `the images of ${show(reference.testData)}`,
      `be ${form(train)} as the training images`,
      form(test),
    );
  }
  if (fingerprintOf([test]) === fingerprintOf([train])) {
    throw dataError(show(reference.testData), 'hold other images than `data`', 'the same ones');
  }
  return test;
}

function cut(
  reference: LoadReference,
  source: ImageSet,
  givenTest: ImageSet | undefined,
): { readonly train: ImageSet; readonly validation: ImageSet; readonly test: ImageSet } {
  if (source.count < LEAST_IMAGES) {
    throw dataError(show(reference.data), `hold at least ${LEAST_IMAGES} training images`, String(source.count));
  }
  const small = givenTest !== undefined && source.count < SMALL_SET;
  const fraction = reference.validationFraction ?? (small ? 0.2 : 0.1);
  const testCount = givenTest ? 0 : portion(source.count, LONE_TEST_FRACTION);
  const validationCount = portion(source.count, fraction);
  const order = random(reference.seed)
    .child('data', 'cut')
    .shuffle(Array.from({ length: source.count }, (_, i) => i));
  return {
    test: givenTest ?? selectImages(source, order.slice(0, testCount)),
    validation: selectImages(source, order.slice(testCount, testCount + validationCount)),
    train: selectImages(source, order.slice(testCount + validationCount)),
  };
}

/** At least one image: a part is never empty. */
function portion(count: number, fraction: number): number {
  return Math.max(1, Math.round(count * fraction));
}
