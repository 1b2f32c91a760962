/** Ranking qualities of made-up scores, against what they must be. */
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.js';
import { kendall, spearman } from '../../../src/base/rank-statistics.js';
import { rankingQualities } from '../../../src/correlate/statistics.js';

const OPTIONS = { top: 0.1, bestOf: [1, 5], bootstrap: 200, seed: 1 };
const stream = random('ranking');
const accuracies = Float64Array.from({ length: 300 }, () => 0.5 + 0.4 * stream.uniform());
const noisy = (deviation: number) => accuracies.map((value) => value + deviation * stream.normal());

const qualityOf = (merits: readonly Float64Array[], given: Partial<typeof OPTIONS> = {}) =>
  rankingQualities([merits], accuracies, { ...OPTIONS, ...given })[0];

describe('a ranking', () => {
  test('has the correlations of its scores, in all and within the best by accuracy', () => {
    const merit = noisy(0.1);
    const quality = qualityOf([merit]);
    expect(quality.kendall).toBeCloseTo(kendall([...merit], [...accuracies]), 12);
    expect(quality.spearman).toBeCloseTo(spearman([...merit], [...accuracies]), 12);
    const best = [...accuracies.keys()].sort((i, j) => accuracies[j] - accuracies[i]).slice(0, 30);
    const [scores, values] = [merit, accuracies].map((list) => best.map((i) => list[i]));
    expect(quality.top).toMatchObject({ share: 0.1, architectures: 30 });
    expect(quality.top.kendall).toBeCloseTo(kendall(scores, values), 12);
    expect(quality.top.spearman).toBeCloseTo(spearman(scores, values), 12);
  });

  test('finds among its first k what it finds', () => {
    const perfect = qualityOf([accuracies]);
    const most = Math.max(...accuracies);
    expect(perfect.bestOf).toEqual([1, 5].map((k) => ({ k, accuracy: most, regret: 0 })));
    const merit = noisy(0.2);
    const order = [...merit.keys()].sort((i, j) => merit[j] - merit[i]);
    const found = Math.max(...order.slice(0, 5).map((i) => accuracies[i]));
    expect(qualityOf([merit]).bestOf[1]).toEqual({ k: 5, accuracy: found, regret: most - found });
    expect(qualityOf([merit], { bestOf: [300, 301] }).bestOf.map(({ k }) => k)).toEqual([300]);
  });

  test('ranks failures last, all alike', () => {
    const merit = noisy(0.1).map((value, i) => (i % 7 === 0 ? Number.NaN : value));
    const lowest = Math.min(...merit.filter((value) => !Number.isNaN(value)));
    const replaced = merit.map((value) => (Number.isNaN(value) ? lowest - 1 : value));
    expect(qualityOf([merit])).toEqual(qualityOf([replaced]));
  });

  test('without any order has none', () => {
    const quality = qualityOf([new Float64Array(300).fill(3)]);
    expect(quality.kendall).toBeNaN();
    expect(quality.spearman).toBeNaN();
    expect(quality).not.toHaveProperty('kendallInterval');
    // Of equal scores those that were drawn first.
    expect(quality.bestOf[0].accuracy).toBe(accuracies[0]);
  });

  test('takes those that tie with the last of the best along', () => {
    const coarse = accuracies.map((value) => Math.round(10 * value) / 10);
    const [quality] = rankingQualities([[accuracies]], coarse, OPTIONS);
    const best = coarse.filter((value) => value === Math.max(...coarse)).length;
    expect(best).toBeGreaterThan(30 / 10);
    expect(quality.top.architectures).toBeGreaterThanOrEqual(30);
    const limits = coarse.toSorted((a, b) => b - a);
    expect(quality.top.architectures).toBe(coarse.filter((value) => value >= limits[29]).length);
  });
});

describe('intervals', () => {
  test('hold the value, are narrower for more architectures, and come again with the same seed', () => {
    const merit = noisy(0.1);
    const whole = qualityOf([merit]);
    const [low, high] = whole.kendallInterval!;
    expect(low).toBeLessThan(whole.kendall);
    expect(high).toBeGreaterThan(whole.kendall);
    expect(qualityOf([merit])).toEqual(whole);
    expect(qualityOf([merit], { seed: 2 }).kendallInterval).not.toEqual(whole.kendallInterval);
    const [part] = rankingQualities([[merit.slice(0, 50)]], accuracies.slice(0, 50), OPTIONS);
    expect(part.kendallInterval![1] - part.kendallInterval![0]).toBeGreaterThan(1.5 * (high - low));
  });

  test('cover a known correlation in about 95 of 100 draws', () => {
    // Of two normal variables with correlation r, τ = 2/π · asin(r).
    const [r, tau] = [0.6, (2 / Math.PI) * Math.asin(0.6)];
    let covered = 0;
    for (let draw = 0; draw < 200; draw++) {
      const a = Float64Array.from({ length: 100 }, () => stream.normal());
      const b = a.map((value) => r * value + Math.sqrt(1 - r * r) * stream.normal());
      const [{ kendallInterval: interval }] = rankingQualities([[a]], b, { ...OPTIONS, seed: draw });
      covered += Number(interval![0] <= tau && tau <= interval![1]);
    }
    expect(covered).toBeGreaterThan(180);
    expect(covered).toBeLessThan(200);
  });

  test('are left out where none are asked for', () => {
    const quality = qualityOf([noisy(0.1)], { bootstrap: 0 });
    expect(quality).not.toHaveProperty('kendallInterval');
    expect(quality.top).not.toHaveProperty('spearmanInterval');
  });
});

describe('repeats', () => {
  test('are told by mean and deviation, and by how far they agree', () => {
    const repeats = [noisy(0.1), noisy(0.1), noisy(0.1)];
    const quality = qualityOf(repeats);
    const single = repeats.map((merit) => qualityOf([merit], { bootstrap: 0 }));
    const taus = single.map((each) => each.kendall);
    const middle = taus.reduce((sum, tau) => sum + tau, 0) / 3;
    expect(quality.kendall).toBeCloseTo(middle, 12);
    const variance = taus.reduce((sum, tau) => sum + (tau - middle) ** 2, 0) / 2;
    expect(quality.kendallDeviation).toBeCloseTo(Math.sqrt(variance), 12);
    const pairs = [
      [0, 1],
      [0, 2],
      [1, 2],
    ].map(([i, j]) => spearman([...repeats[i]], [...repeats[j]]));
    expect(quality.agreement).toBeCloseTo(pairs.reduce((sum, rho) => sum + rho, 0) / 3, 12);
    expect(single[0]).not.toHaveProperty('agreement');
    expect(single[0]).not.toHaveProperty('kendallDeviation');
  });
});
