/** What every predictor keeps, as tests for any runner. */
import { NascentError } from '../base/errors.js';
import { type Random, random } from '../base/random.js';
import { spearman } from '../base/rank-statistics.js';
import type { PredictorFactory } from '../contracts/predictor.js';
import type { TestRunner } from './runner.js';

/** Registers the suite for a predictor. */
export function predictorConformance({ describe, it, expect }: TestRunner, factory: PredictorFactory): void {
  const predict = async (rows: number[][], labels: number[], at: number[][], seed = 1) => [
    ...(await factory(random(seed)).fit(rows, labels)).predict(at).mean,
  ];
  const { name } = factory(random(0));

  describe(`predictor ${name}`, () => {
    it('learns a known function of one-hot features', async () => {
      const stream = random('known');
      const [rows, unseen] = [oneHotRows(stream, 120), oneHotRows(stream, 60)];
      const predicted = await predict(rows, rows.map(known), unseen);
      expect(spearman(predicted, unseen.map(known))).toBeGreaterThan(0.8);
    });
    it('predicts a constant from constant labels', async () => {
      const rows = oneHotRows(random('constant'), 20);
      for (const value of await predict(
        rows,
        rows.map(() => 3),
        rows,
      ))
        expect(Math.abs(value - 3)).toBeLessThan(1e-6);
    });
    it('takes a single sample', async () => {
      const [value] = await predict([[1, 0, 0]], [0.7], [[0, 1, 0]]);
      expect(Math.abs(value - 0.7)).toBeLessThan(1e-6);
    });
    it('takes equal rows with different labels, and more features than rows', async () => {
      const wide = Array.from({ length: 40 }, (_, i) => (i === 3 ? 1 : 0));
      for (const value of await predict([wide, wide, wide], [1, 2, 3], [wide]))
        expect(Number.isFinite(value)).toBe(true);
    });
    it('gives equal predictions for equal seeds', async () => {
      const rows = oneHotRows(random('seeds'), 30);
      expect(await predict(rows, rows.map(known), rows, 7)).toEqual(await predict(rows, rows.map(known), rows, 7));
    });
    it('refuses labels and features that are not numbers, and no samples at all', async () => {
      for (const [rows, labels] of [
        [[[1, 0]], [Number.NaN]],
        [[[Number.NaN, 0]], [1]],
        [[], []],
      ] as [number[][], number[]][]) {
        const thrown = await factory(random(1))
          .fit(rows, labels)
          .then(
            () => undefined,
            (error: unknown) => error,
          );
        expect(thrown instanceof NascentError).toBe(true);
      }
    });
  });
}

/** Six choices among five, as cells are encoded: [count] rows of 30 features. */
function oneHotRows(stream: Random, count: number): number[][] {
  return Array.from({ length: count }, () => {
    const row = new Array<number>(30).fill(0);
    for (let position = 0; position < 6; position++) row[5 * position + stream.integer(5)] = 1;
    return row;
  });
}

/** Each choice adds its own amount. */
function known(row: readonly number[]): number {
  return row.reduce((total, feature, i) => total + feature * Math.sin(3 * i + 1), 0);
}
