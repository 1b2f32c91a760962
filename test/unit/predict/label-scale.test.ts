/** The scale of labels, against its definition on quantiles found by integration. */
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.js';
import { labelScale } from '../../../src/predict/label-scale.js';
import { quantile } from './normal.js';

const scaleOf = (labels: readonly number[]) => labelScale(Float64Array.from(labels));

function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (variance > 0 ? (value - mean) / Math.sqrt(variance) : 0));
}

/** By definition: standardised values, drawn in below the median, plus normal scores of average ranks; standardised again. */
function defined(labels: readonly number[], median: number): number[] {
  const floor = median - 2 * (Math.max(...labels) - median);
  const raw = standardised(labels.map((label) => Math.max(label, floor)));
  const scores = labels.map((label) => {
    const below = labels.filter((other) => other < label).length;
    const equal = labels.filter((other) => other === label).length;
    // Ranks count from 1, so equal labels have the average rank below + (equal + 1) / 2.
    return quantile((below + (equal + 1) / 2 - 0.5) / labels.length);
  });
  return standardised(raw.map((value, i) => value + scores[i]));
}

describe('labels on the scale', () => {
  test.each([
    ['distinct', [0.9, 0.7, 0.93, 0.85, 0.91], 0.9],
    ['an even number', [0.5, 0.6, 0.7, 0.9], 0.65],
    ['with networks that learned nothing', [0.1, 0.92, 0.93, 0.1, 0.94, 0.91, 0.9], 0.91],
    ['with ties', [0.8, 0.9, 0.8, 0.7, 0.9, 0.95], 0.85],
    ['mostly the best', [0.9, 0.9, 0.9, 0.2, 0.4], 0.9],
  ])('are what their definition says: %s', (_, labels, median) => {
    const expected = defined(labels, median);
    scaleOf(labels).values.forEach((value, i) => {
      // The quantiles of the product are good to 5e-4.
      expect(Math.abs(value - expected[i])).toBeLessThan(2e-3);
    });
  });

  test('keep their order, and ties stay ties', () => {
    const stream = random('labels');
    for (let round = 0; round < 50; round++) {
      // Coarse values, so that there are ties; every fourth learned nothing.
      const labels = Array.from({ length: 2 + stream.integer(30) }, () =>
        stream.integer(4) === 0 ? 0.1 : 0.8 + stream.integer(15) / 100,
      );
      const { values } = scaleOf(labels);
      for (let i = 0; i < labels.length; i++) {
        for (let j = 0; j < i; j++) {
          expect(Math.sign(Math.round((values[i] - values[j]) * 1e12))).toBe(Math.sign(labels[i] - labels[j]));
        }
      }
    }
  });

  test('do not depend on their unit', () => {
    const labels = [0.71, 0.1, 0.93, 0.6, 0.9];
    const percent = scaleOf(labels.map((label) => 100 * label)).values;
    scaleOf(labels).values.forEach((value, i) => {
      expect(value).toBeCloseTo(percent[i], 9);
    });
  });

  test('draw in what is far below: how bad the bad are does not move the good', () => {
    const good = [0.9, 0.92, 0.93, 0.94];
    const [bad, worse] = [0.6, 0.01].map((label) => scaleOf([label, ...good]).values);
    good.forEach((_, i) => {
      expect(bad[i + 1]).toBeCloseTo(worse[i + 1], 9);
    });
  });

  test.each([
    ['one label', [0.7]],
    ['two equal labels', [0.3, 0.3]],
    ['equal labels whose mean is rounded', Array(7).fill(0.7)],
  ])('are 0 where nothing differs: %s', (_, labels) => {
    const { values, toUnits } = scaleOf(labels);
    expect([...values]).toEqual(labels.map(() => 0));
    for (const value of [-2, 0, 5]) expect(toUnits(value)).toBe(labels[0]);
  });
});

describe('back to the units of the labels', () => {
  const labels = [0.9, 0.1, 0.93, 0.93, 0.7, 0.88, 0.91];
  const { values, toUnits } = scaleOf(labels);
  const knots = labels
    .map((label, i) => ({ label, value: values[i] }))
    .sort((a, b) => a.value - b.value)
    .filter(({ label }, i, all) => i === 0 || label !== all[i - 1].label);

  test('is the inverse at the labels', () => {
    labels.forEach((label, i) => {
      expect(toUnits(values[i])).toBeCloseTo(label, 12);
    });
  });

  test('is linear between neighbours', () => {
    for (let i = 1; i < knots.length; i++) {
      const [low, high] = [knots[i - 1], knots[i]];
      expect(toUnits(0.25 * low.value + 0.75 * high.value)).toBeCloseTo(0.25 * low.label + 0.75 * high.label, 12);
    }
  });

  test('goes on in a straight line beyond them', () => {
    const last = knots.length - 1;
    for (const [at, next] of [
      [last, last - 1],
      [0, 1],
    ]) {
      const slope = (knots[at].label - knots[next].label) / (knots[at].value - knots[next].value);
      const beyond = knots[at].value + 3 * Math.sign(at - next);
      expect(toUnits(beyond)).toBeCloseTo(knots[at].label + 3 * Math.sign(at - next) * slope, 12);
    }
  });
});
