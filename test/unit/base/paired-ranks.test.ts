/** Rank correlations against their definitions, on values with and without ties, and of resamples. */
import { describe, expect, test } from 'vitest';
import { pairedRanks } from '../../../src/base/paired-ranks.js';
import { random } from '../../../src/base/random.js';
import { kendall, spearman } from '../../../src/base/rank-statistics.js';

/** τ-b pair by pair. */
function kendallByPairs(a: readonly number[], b: readonly number[]): number {
  let [agreement, untiedA, untiedB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const signA = Number(a[i] > a[j]) - Number(a[i] < a[j]);
      const signB = Number(b[i] > b[j]) - Number(b[i] < b[j]);
      agreement += signA * signB;
      untiedA += signA * signA;
      untiedB += signB * signB;
    }
  }
  return agreement / Math.sqrt(untiedA * untiedB);
}

const stream = random('paired ranks');
/** Of so many different values; infinite ones among them. */
const drawn = (length: number, values: number) =>
  Array.from({ length }, () => {
    const value = stream.integer(values);
    return value === 0 ? Number.NEGATIVE_INFINITY : value / 7;
  });

describe("Kendall's τ and Spearman's ρ", () => {
  test.each([
    [2, 1000],
    [3, 3],
    [50, 4],
    [200, 1_000_000],
    [300, 20],
  ])('of %i items with up to %i values are those of the definitions', (length, values) => {
    for (let repeat = 0; repeat < 5; repeat++) {
      const a = drawn(length, values);
      const b = a.map((value, i) => (i % 3 === 0 ? stream.integer(values) : value));
      expect(kendall(a, b)).toBeCloseTo(kendallByPairs(a, b), 12);
      const finite = a.map((value) => Math.max(-1, value));
      expect(pairedRanks(a, b).spearman()).toBeCloseTo(spearman(finite, b), 12);
    }
  });

  test('of a resample are those of the list with its copies', () => {
    const a = drawn(80, 30);
    const b = drawn(80, 50);
    const ranks = pairedRanks(a, b);
    for (let repeat = 0; repeat < 10; repeat++) {
      const weights = new Uint16Array(80);
      for (let i = 0; i < 80; i++) weights[stream.integer(80)]++;
      const copies = [...weights.keys()].flatMap((i) => Array<number>(weights[i]).fill(i));
      const [listA, listB] = [a, b].map((list) => copies.map((i) => list[i]));
      expect(ranks.kendall(weights)).toBeCloseTo(kendallByPairs(listA, listB), 12);
      expect(ranks.spearman(weights)).toBeCloseTo(pairedRanks(listA, listB).spearman(), 12);
    }
  });

  test('are 1 and −1 where orders agree and oppose each other', () => {
    const rising = Array.from({ length: 1000 }, (_, i) => i ** 3);
    for (const [other, value] of [
      [rising.map(Math.sqrt), 1],
      [rising.map((x) => -x), -1],
    ] as const) {
      expect(kendall(rising, other)).toBe(value);
      expect(pairedRanks(rising, other).spearman()).toBeCloseTo(value, 12);
    }
  });

  test('do not exist where one list is constant, empty, of one item, or holds NaN', () => {
    for (const [a, b] of [
      [
        [1, 2, 3],
        [4, 4, 4],
      ],
      [[], []],
      [[1], [2]],
      [
        [1, Number.NaN, 3],
        [1, 2, 3],
      ],
    ]) {
      expect(kendall(a, b)).toBeNaN();
      expect(pairedRanks(a, b).spearman()).toBeNaN();
    }
  });

  test('of as many items as NAS-Bench-201 has cells take far less than pair by pair', () => {
    const a = drawn(15_625, 1_000_000);
    const b = a.map((value) => value + stream.normal());
    const started = performance.now();
    expect(kendall(a, b)).toBeGreaterThan(0.5);
    // Pair by pair it takes seconds.
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
