/** What every predictor keeps, as tests for any runner. */
import { NascentError } from '../base/errors.js';
import { type Random, random } from '../base/random.js';
import { mean, spearman } from '../base/rank-statistics.js';
import type { JsonObject } from '../contracts/json.js';
import type { KernelBackend } from '../contracts/kernel-backend.js';
import type {
  Features,
  FittedPredictor,
  PredictOptions,
  PredictorContext,
  PredictorFactory,
} from '../contracts/predictor.js';
import type { TestRunner } from './runner.js';

export interface PredictorSubject {
  /** For predictors that compute on the kernel backend. */
  readonly engine: () => Promise<KernelBackend>;
  /** For predictors that mix others: those by name. */
  readonly predictor: (name: string) => Promise<PredictorFactory>;
  /** Of the predictor under test. */
  readonly options?: JsonObject;
}

/** What a predictor is given, with the stream of a seed. */
export function predictorContext(seed: number | string, subject: PredictorSubject): PredictorContext {
  return { random: random(seed), ...subject };
}

/** How far predictions of one row may differ by what else is in the batch: engines add in another order. Labels are of scale 1. */
const ROUNDING = 1e-4;

/** Registers the suite for a predictor. */
export function predictorConformance(runner: TestRunner, factory: PredictorFactory, subject: PredictorSubject): void {
  const suite: Suite = {
    ...runner,
    fitTo: (features, labels, seed = 1) => factory(predictorContext(seed, subject)).fit(features, labels),
    async predict(features, labels, at, { seed, ...options } = {}) {
      const fitted = await suite.fitTo(features, labels, seed);
      const { mean, variance } = await fitted.predict(at, options);
      await fitted.release?.();
      return { mean: [...mean], variance: variance && [...variance] };
    },
  };
  runner.describe(`predictor ${factory(predictorContext(0, subject)).name}`, () => {
    learningCases(suite);
    repeatabilityCases(suite);
    varianceCases(suite);
    refusalCases(suite);
    runner.it('refuses an option that it does not know', () => {
      const misspelt = { ...subject, options: { ...subject.options, colour: 'red' } };
      runner.expect(thrownBy(() => factory(predictorContext(1, misspelt))) instanceof NascentError).toBe(true);
    });
  });
}

interface Suite extends TestRunner {
  fitTo(features: Features, labels: Float64Array, seed?: number): Promise<FittedPredictor>;
  predict(
    features: Features,
    labels: Float64Array,
    at: Features,
    options?: PredictOptions & { readonly seed?: number },
  ): Promise<{ readonly mean: number[]; readonly variance?: number[] }>;
}

function learningCases({ it, expect, predict }: Suite): void {
  it('learns a known function of one-hot features', async () => {
    const stream = random('known');
    const [seen, unseen] = [oneHot(stream, 120), oneHot(stream, 60)];
    const { mean: predicted } = await predict(seen, known(seen), unseen);
    expect(spearman(predicted, [...known(unseen)])).toBeGreaterThan(0.8);
  });
  it('predicts in the units of the labels, whatever their scale', async () => {
    const stream = random('scale');
    const [seen, unseen] = [oneHot(stream, 80), oneHot(stream, 20)];
    const labels = known(seen);
    const plain = (await predict(seen, labels, unseen)).mean;
    const scaled = (
      await predict(
        seen,
        labels.map((label) => 1000 + 50 * label),
        unseen,
      )
    ).mean;
    scaled.forEach((value, row) => {
      expect(Math.abs((value - 1000) / 50 - plain[row])).toBeLessThan(0.01);
    });
  });
  it('predicts a constant from constant labels', async () => {
    const rows = oneHot(random('constant'), 20);
    for (const value of (await predict(rows, new Float64Array(20).fill(3), rows)).mean) {
      expect(Math.abs(value - 3)).toBeLessThan(1e-6);
    }
  });
  it('takes a single sample', async () => {
    const { mean } = await predict(
      featuresOf([[1, 0, 0]]),
      Float64Array.of(0.7),
      featuresOf([
        [1, 0, 0],
        [0, 1, 0],
      ]),
    );
    for (const value of mean) expect(Math.abs(value - 0.7)).toBeLessThan(1e-6);
  });
  it('takes equal rows with different labels: their mean is as good as any', async () => {
    const row = [0, 1, 0, 0, 1];
    const { mean } = await predict(featuresOf([row, row, row]), Float64Array.of(1, 2, 3), featuresOf([row]));
    expect(mean[0] > 1 && mean[0] < 3).toBe(true);
  });
  it('takes more features than rows, constant ones among them', async () => {
    const stream = random('wide');
    const wide = featuresOf(Array.from({ length: 6 }, () => [1, ...Array.from({ length: 60 }, () => stream.normal())]));
    const { mean } = await predict(wide, Float64Array.of(1, 2, 3, 4, 5, 6), wide);
    expect(mean.every(Number.isFinite)).toBe(true);
  });
}

function repeatabilityCases({ it, expect, fitTo, predict }: Suite): void {
  const stream = random('repeated');
  const [seen, unseen] = [oneHot(stream, 40), oneHot(stream, 33)];
  const labels = known(seen);

  it('gives equal predictions for equal seeds', async () => {
    const variance = { seed: 7, variance: true };
    expect(await predict(seen, labels, unseen, variance)).toEqual(await predict(seen, labels, unseen, variance));
  });
  it('predicts a row alike whatever rows are beside it', async () => {
    const fitted = await fitTo(seen, labels);
    const together = await fitted.predict(unseen, { variance: true });
    for (const [start, end] of [
      [0, 1],
      [5, 12],
      [20, 33],
    ]) {
      const part = await fitted.predict(rowsOf(unseen, start, end), { variance: true });
      for (let row = start; row < end; row++) {
        expect(Math.abs(part.mean[row - start] - together.mean[row])).toBeLessThan(ROUNDING);
        if (!together.variance) continue;
        expect(Math.abs(part.variance![row - start] - together.variance[row])).toBeLessThan(ROUNDING);
      }
    }
    await fitted.release?.();
  });
  it('predicts no rows as nothing', async () => {
    expect((await predict(seen, labels, rowsOf(unseen, 0, 0))).mean).toEqual([]);
  });
  it('does not change what it is given', async () => {
    const copies = [seen.values.slice(), labels.slice(), unseen.values.slice()];
    await predict(seen, labels, unseen, { variance: true });
    expect([seen.values, labels, unseen.values]).toEqual(copies);
  });
}

/** A predictor without a variance passes: to have none is honest. */
function varianceCases({ it, expect, predict }: Suite): void {
  it('gives a variance only where it is asked for', async () => {
    const rows = oneHot(random('unasked'), 20);
    expect((await predict(rows, known(rows), rows)).variance).toBe(undefined);
  });
  it('gives variances above 0, larger away from what it has seen', async () => {
    const stream = random('variance');
    const [seen, unseen] = [oneHot(stream, 40), oneHot(stream, 200)];
    const near = (await predict(seen, known(seen), seen, { variance: true })).variance;
    const far = (await predict(seen, known(seen), unseen, { variance: true })).variance;
    if (near === undefined || far === undefined) return;
    expect([...near, ...far].every((value) => Number.isFinite(value) && value > 0)).toBe(true);
    expect(mean(far)).toBeGreaterThan(1.2 * mean(near));
  });
  it('gives finite variances above 0 for constant labels and a single sample', async () => {
    const rows = oneHot(random('few'), 12);
    for (const count of [12, 1]) {
      const labels = new Float64Array(count).fill(3);
      const { variance = [1] } = await predict(rowsOf(rows, 0, count), labels, rows, { variance: true });
      expect(variance.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
    }
  });
}

function refusalCases({ it, expect, fitTo }: Suite): void {
  const refused = async (act: () => Promise<unknown>) =>
    act().then(
      () => false,
      (error: unknown) => error instanceof NascentError && error.code === 'usage',
    );
  it('refuses numbers that are not finite, no samples at all, and counts that differ', async () => {
    for (const [rows, labels] of [
      [[[1, 0]], [Number.NaN]],
      [[[1, 0]], [1e300]],
      [[[1, 0]], [Number.POSITIVE_INFINITY]],
      [[[Number.NaN, 0]], [1]],
      [[[0, Number.NEGATIVE_INFINITY]], [1]],
      [[], []],
      [[[1, 0]], [1, 2]],
    ] as [number[][], number[]][]) {
      expect(await refused(() => fitTo(featuresOf(rows), Float64Array.from(labels)))).toBe(true);
    }
  });
  it('refuses to predict rows of another width, and numbers that are not finite', async () => {
    const fitted = await fitTo(
      featuresOf([
        [1, 0],
        [0, 1],
      ]),
      Float64Array.of(1, 2),
    );
    expect(await refused(() => fitted.predict(featuresOf([[1, 0, 0]])))).toBe(true);
    expect(await refused(() => fitted.predict(featuresOf([[1, Number.NaN]])))).toBe(true);
    await fitted.release?.();
  });
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

function featuresOf(rows: readonly (readonly number[])[]): Features {
  return { count: rows.length, width: rows[0]?.length ?? 0, values: Float32Array.from(rows.flat()) };
}

function rowsOf({ width, values }: Features, start: number, end: number): Features {
  return { count: end - start, width, values: values.slice(start * width, end * width) };
}

/** Six choices among five, as cells are encoded: [count, 30]. */
function oneHot(stream: Random, count: number): Features {
  const values = new Float32Array(count * 30);
  for (let position = 0; position < 6 * count; position++) values[5 * position + stream.integer(5)] = 1;
  return { count, width: 30, values };
}

/** Each choice adds its own amount. */
function known({ count, width, values }: Features): Float64Array {
  return Float64Array.from({ length: count }, (_, row) =>
    values.subarray(row * width, (row + 1) * width).reduce((sum, value, i) => sum + value * Math.sin(3 * i + 1), 0),
  );
}
