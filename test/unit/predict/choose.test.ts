/** Which of a ranked pool comes next: against numerical integration, sorting, and frequencies of many draws. */
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.js';
import {
  type ChoiceContext,
  expectedImprovement,
  expectedImprovements,
  greedy,
  largest,
  normalDistribution,
  thompson,
  uniformOfTop,
} from '../../../src/predict/choose.js';
import { density, distribution, integral } from './normal.js';

const all = (count: number) => Array.from({ length: count }, (_, i) => i);

function context(mean: readonly number[], given: Partial<ChoiceContext> & { variance?: readonly number[] } = {}) {
  const { variance, ...rest } = given;
  return {
    prediction: { mean: Float64Array.from(mean), ...(variance && { variance: Float64Array.from(variance) }) },
    open: all(mean.length),
    best: 0,
    count: 1,
    random: random('choice'),
    ...rest,
  };
}

test('the normal distribution is the integral of its density', () => {
  for (let z = -6; z <= 6; z += 0.37) expect(Math.abs(normalDistribution(z) - distribution(z))).toBeLessThan(1.5e-7);
});

describe('expected improvement', () => {
  const cases = [-4, -2.5, -1, -0.3, 0, 0.7, 2].flatMap((shift) => [0.01, 0.5, 3].map((s) => [0.9 + shift * s, s]));
  test.each(cases)('is the integral of what lies above the best: mean %d, deviation %d', (mean, deviation) => {
    const prediction = { mean: Float64Array.of(mean), variance: Float64Array.of(deviation ** 2) };
    const [improvement] = expectedImprovements(prediction, 0.9);
    const top = Math.max(0.9, mean) + 12 * deviation;
    const whole = integral((x) => (x - 0.9) * density(x, mean, deviation), 0.9, top);
    expect(Math.abs(improvement - whole)).toBeLessThan(5e-7 * deviation);
  });

  test('is what the mean says where there is no doubt', () => {
    const certain = expectedImprovements({ mean: Float64Array.of(0.5, 0.9, 1.2), variance: new Float64Array(3) }, 0.9);
    [0, 0, 0.3].forEach((value, i) => {
      expect(certain[i]).toBeCloseTo(value, 10);
    });
    // What is below the best is in the order of the means.
    const [open, variance] = [
      [3, 1, 0],
      [0, 0, 0, 0],
    ];
    expect(expectedImprovement(context([0.1, 0.7, 0.9, 0.3], { open, variance, best: 0.9, count: 2 }))).toEqual([1, 3]);
  });

  test('does not take a predictor that says no variance for one without doubt', () => {
    expect(() => expectedImprovement(context([0.1, 0.7]))).toThrow('one that says a variance');
    expect(() => thompson(context([0.1, 0.7]))).toThrow('one that says a variance');
  });

  test('prefers doubt to a slightly better mean, and a far better mean to doubt', () => {
    const given = { best: 1, count: 3, variance: [0.04, 0.0001, 0.01] };
    expect(expectedImprovement(context([0.9, 0.95, 2], given))).toEqual([2, 0, 1]);
  });

  test('keeps hopeless ones in the order of their means, whatever is known of their doubt', () => {
    const mean = [-9, -7, -8, -7.5];
    expect(expectedImprovement(context(mean, { best: 0, count: 4, variance: [1, 0.9, 0, 1] }))).toEqual([1, 3, 2, 0]);
  });
});

describe('greedy', () => {
  test('takes the best predicted of those that are open, of equals the one listed first', () => {
    expect(greedy(context([5, 1, 5, 4, 9], { open: [3, 2, 1, 0], count: 3 }))).toEqual([2, 0, 3]);
    expect(largest(Float64Array.of(1, 3, 2), [], 2)).toEqual([]);
    expect(largest(Float64Array.of(1, 3, 2), [0, 2], 9)).toEqual([2, 0]);
  });
});

describe('uniform among the best predicted, as WeakNAS publishes it', () => {
  const mean = [0.5, 0.9, 0.1, 0.8, 0.7, 0.6, 0.2, 0.3];

  test('draws from the top of the whole pool, whether evaluated or not', () => {
    // The top four are 1, 3, 4, 5; 1 has been evaluated, and 0, the next best, does not take its place.
    const open = [0, 2, 3, 4, 5, 6, 7];
    const stream = random('uniform');
    const drawn = new Map<number, number>();
    for (let i = 0; i < 3000; i++) {
      const [member] = uniformOfTop(4)(context(mean, { open, random: stream.child(i) }));
      drawn.set(member, (drawn.get(member) ?? 0) + 1);
    }
    expect([...drawn.keys()].sort()).toEqual([3, 4, 5]);
    for (const count of drawn.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
  });

  test('takes the next best predicted where fewer of the top are open', () => {
    const chosen = uniformOfTop(3)(context(mean, { open: [0, 2, 4, 5, 6, 7], count: 4 }));
    expect(chosen).toEqual([4, 5, 0, 7]);
    expect(uniformOfTop(2)(context(mean, { open: [6, 2], count: 5 }))).toEqual([6, 2]);
    expect(uniformOfTop(100)(context(mean, { open: [], count: 5 }))).toEqual([]);
  });

  test('takes a batch of different members', () => {
    const chosen = uniformOfTop(5)(context(mean, { count: 5 }));
    expect([...chosen].sort()).toEqual([0, 1, 3, 4, 5]);
  });
});

describe('Thompson sampling', () => {
  test('takes each as often as its draw is the best', () => {
    const stream = random('thompson');
    let second = 0;
    const rounds = 4000;
    for (let i = 0; i < rounds; i++) {
      const given = { variance: [0.09, 0.16], random: stream.child(i) };
      second += thompson(context([0.5, 0.3], given))[0];
    }
    // The difference of the two draws is normal, of mean −0.2 and deviation 0.5.
    const probability = distribution(-0.4);
    expect(Math.abs(second / rounds - probability)).toBeLessThan(
      4 * Math.sqrt((probability * (1 - probability)) / rounds),
    );
  });

  test('is greedy where there is no doubt, and keeps to what is open', () => {
    const variance = [0, 0, 0];
    expect(thompson(context([0.1, 0.9, 0.5], { open: [0, 2], variance, count: 2 }))).toEqual([2, 0]);
  });
});
