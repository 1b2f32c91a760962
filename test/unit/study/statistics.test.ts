/** What the runs of a strategy come to, against values counted by hand. */
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { StudyRunResult } from '../../../src/contracts/study.js';
import type { Labels } from '../../../src/study/labels.js';
import { bootstrap, measured, summarise } from '../../../src/study/statistics.js';

const STRATEGY = { name: 'mine', sampler: 'random', options: {} };

function labelsOf(validation: readonly number[], test?: readonly number[]): Labels {
  const rows = validation.map((_, row) => row).filter((row) => !Number.isNaN(validation[row]));
  const best = rows.map((row) => validation[row]).sort((a, b) => b - a);
  return {
    ...{ rows, validation: Float64Array.from(validation), best, optimum: best[0] },
    ...(test && { test: Float64Array.from(test) }),
  };
}

/** Of runs that all searched the same labels. */
const summaryOf = (runs: readonly StudyRunResult[], labels: Labels, samples: number) =>
  summarise(
    STRATEGY,
    runs.map((each) => measured(each, labels)),
    samples,
  );

const run = (order: readonly number[], given: Partial<StudyRunResult> = {}): StudyRunResult => ({
  ...{ order, scored: 0, scoringSeconds: 0, seconds: 0, fits: 0 },
  ...given,
});

/** Twelve rows: row i has 0.50 + i / 100, row 3 none, and row 7 is the best. */
const VALIDATION = Array.from({ length: 12 }, (_, i) => (i === 3 ? Number.NaN : i === 7 ? 0.9 : 0.5 + i / 100));
const TEST = Array.from({ length: 12 }, (_, i) => i / 10);

describe('a summary', () => {
  const results = [
    run([0, 1, 7], { scored: 10, scoringSeconds: 1, seconds: 4, fits: 2 }),
    run([7], { scored: 20, scoringSeconds: 2, seconds: 2, fits: 0 }),
    // Did not find it within 10.
    run([11, 10, 9, 8, 6, 5, 4, 2, 1, 0], { scored: 0, scoringSeconds: 0, seconds: 6, fits: 4 }),
    run([2, 7], { scored: 30, scoringSeconds: 3, seconds: 8, fits: 2 }),
  ];
  const summary = summaryOf(results, labelsOf(VALIDATION, TEST), 10);

  test('counts successes, and failures as all samples', () => {
    expect(summary).toMatchObject({ ...STRATEGY, seeds: 4, samples: 10, successes: 3, successRate: 0.75 });
    expect(summary.meanSamples).toBe((3 + 1 + 10 + 2) / 4);
    expect(summary.medianSamples).toBe(2.5);
    expect(summary.meanSamplesOfSuccesses).toBe(2);
    const [low, high] = summary.meanSamplesInterval;
    expect(low).toBeGreaterThanOrEqual(1);
    expect(low).toBeLessThan(4);
    expect(high).toBeGreaterThan(4);
    expect(high).toBeLessThanOrEqual(10);
  });

  test('has samples to one of the k best, for each k that there are so many rows of', () => {
    expect(summary.top).toEqual([
      { k: 1, successRate: 0.75, meanSamples: 4, meanSamplesInterval: summary.meanSamplesInterval },
      // The ten best are all but row 0: samples 2, 1, 1, 1.
      { k: 10, successRate: 1, meanSamples: 1.25, meanSamplesInterval: [1, 1.75] },
    ]);
  });

  test('has the mean regret after as many samples; a run that ended keeps what it had', () => {
    const best = [
      [0.5, 0.51, 0.9],
      [0.9, 0.9, 0.9],
      [0.61, 0.61, 0.61],
      [0.52, 0.9, 0.9],
    ];
    const regret = (at: number) => best.reduce((sum, curve) => sum + 0.9 - curve[Math.min(at, 3) - 1], 0) / 4;
    expect(summary.regret.map(({ samples }) => samples)).toEqual([1, 2, 5, 10]);
    for (const { samples, mean, low, high } of summary.regret) {
      expect(mean).toBeCloseTo(regret(samples), 12);
      // The same runs are drawn again and again for all of them.
      const left = best.map((curve) => 0.9 - curve[Math.min(samples, 3) - 1]);
      const { low: lowest, high: highest } = bootstrap(left);
      expect([low, high]).toEqual([expect.closeTo(lowest, 12), expect.closeTo(highest, 12)]);
    }
  });

  test('has the interval of the median by the same bootstrap', () => {
    // Of 3, 1, 10 and 2: resamples have any of their middles, a twentieth of them beyond these.
    const [low, high] = summary.medianSamplesInterval;
    expect([low, high]).toEqual([1, 10]);
    const many = Array.from({ length: 101 }, (_, i) => run([...Array(i).keys()].map((j) => 200 + j).concat(7)));
    const labels = labelsOf(Array.from({ length: 400 }, (_, i) => (i === 7 ? 0.9 : i / 1000)));
    const { medianSamples, medianSamplesInterval } = summaryOf(many, labels, 500);
    expect(medianSamples).toBe(51);
    // Ranks of the 95 % interval of a median of 101: 51 ± 1.96 √101 / 2.
    expect(medianSamplesInterval[0]).toBeGreaterThan(37);
    expect(medianSamplesInterval[0]).toBeLessThan(45);
    expect(medianSamplesInterval[1]).toBeGreaterThan(57);
    expect(medianSamplesInterval[1]).toBeLessThan(65);
  });

  test('has the test accuracy of what validation chose, never the best test accuracy', () => {
    // Rows 7, 7, 11, 7. The third run also evaluated nothing with more than row 11's test accuracy.
    expect(summary.test!.mean).toBeCloseTo((0.7 + 0.7 + 1.1 + 0.7) / 4, 12);
    expect(summary.validation.mean).toBeCloseTo((0.9 + 0.9 + 0.61 + 0.9) / 4, 12);
    const opposed = labelsOf(VALIDATION, [...TEST].reverse());
    expect(summaryOf([run([0, 7])], opposed, 10).test!.mean).toBeCloseTo(0.4, 12);
  });

  test('has means of what it cost', () => {
    expect(summary).toMatchObject({ scored: 15, scoringSeconds: 1.5, seconds: 5, secondsAFit: 2.5 });
    expect(summaryOf([run([7])], labelsOf(VALIDATION), 10)).not.toHaveProperty('secondsAFit');
  });
});

describe('special cases', () => {
  test('ties at the optimum: any of the rows is a success', () => {
    const tied = labelsOf([0.5, 0.9, 0.7, 0.9]);
    const { successRate, meanSamples, top } = summaryOf([run([2, 3]), run([1]), run([0, 2])], tied, 4);
    expect(successRate).toBeCloseTo(2 / 3, 12);
    expect(meanSamples).toBeCloseTo((2 + 1 + 4) / 3, 12);
    expect(top).toEqual([{ k: 1, successRate, meanSamples, meanSamplesInterval: [1, 4] }]);
  });

  test('no success at all', () => {
    const summary = summaryOf([run([0]), run([1, 2])], labelsOf(VALIDATION), 50);
    expect(summary).toMatchObject({ successes: 0, successRate: 0, meanSamples: 50, medianSamples: 50 });
    expect(summary.meanSamplesInterval).toEqual([50, 50]);
    expect(summary).not.toHaveProperty('meanSamplesOfSuccesses');
    expect(summary).not.toHaveProperty('test');
  });

  test('test accuracies that the table does not have are left out', () => {
    const labels = labelsOf([0.5, 0.9, 0.7], [0.4, Number.NaN, 0.6]);
    expect(summaryOf([run([0, 1]), run([0, 2])], labels, 3).test).toEqual({ mean: 0.6, low: 0.6, high: 0.6 });
    expect(summaryOf([run([0, 1])], labels, 3)).not.toHaveProperty('test');
  });

  test('a long run has regrets at every mark up to its samples', () => {
    const marks = summaryOf([run([7])], labelsOf(VALIDATION), 500).regret.map(({ samples }) => samples);
    expect(marks).toEqual([1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500]);
  });

  test.each([
    [1, [1]],
    [3, [1, 2, 3]],
    [30, [1, 2, 5, 10, 20, 30]],
  ])('regret is known after the last of %d samples too', (samples, marks) => {
    const { regret } = summaryOf([run([0, 1, 7])], labelsOf(VALIDATION), samples);
    expect(regret.map((each) => each.samples)).toEqual(marks);
  });

  test('a strategy without regret from the first sample on', () => {
    const { regret } = summaryOf([run([7])], labelsOf(VALIDATION), 2);
    expect(regret).toEqual([1, 2].map((samples) => ({ samples, mean: 0, low: 0, high: 0 })));
  });
});

describe('the bootstrap interval', () => {
  test('covers the true mean as often as it says', () => {
    const stream = random('coverage');
    let covered = 0;
    for (let i = 0; i < 200; i++) {
      const draws = stream.child(i);
      const { low, high } = bootstrap(Array.from({ length: 60 }, () => 5 + 2 * draws.normal()));
      covered += Number(low <= 5 && 5 <= high);
    }
    // 95 % of 200 are 190, with a deviation of 3; of 60 values a percentile interval covers a little less.
    expect(covered).toBeGreaterThan(178);
    expect(covered).toBeLessThan(200);
  });

  test('is as wide as the normal interval of the mean', () => {
    const stream = random('width');
    const values = Array.from({ length: 400 }, () => stream.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / 400;
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 400 / 400);
    const { low, high, mean: reported } = bootstrap(values);
    expect(reported).toBeCloseTo(mean, 12);
    expect((high - low) / (2 * 1.96 * error)).toBeGreaterThan(0.93);
    expect((high - low) / (2 * 1.96 * error)).toBeLessThan(1.07);
  });

  test('is the same again, and a point where there is one value', () => {
    expect(bootstrap([1, 5, 2])).toEqual(bootstrap([1, 5, 2]));
    expect(bootstrap([7])).toEqual({ mean: 7, low: 7, high: 7 });
  });
});
