/** Fusions against their definitions, with ties and failures. */
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.js';
import { spearman } from '../../../src/base/rank-statistics.js';
import { logRank, vote } from '../../../src/score/fusion.js';

const scores = (...lists: number[][]) => lists.map((list) => Float64Array.from(list));

describe('log-rank', () => {
  test('adds the logarithms of ranks by size, the best having rank n', () => {
    const fused = logRank(scores([10, 30, 20, 40], [0.4, 0.1, 0.3, 0.2]));
    const expected = [
      Math.log((1 / 4) * (4 / 4)),
      Math.log((3 / 4) * (1 / 4)),
      Math.log((2 / 4) * (3 / 4)),
      Math.log(2 / 4),
    ];
    for (const [i, value] of expected.entries()) expect(fused[i]).toBeCloseTo(value, 12);
  });

  test('prefers what is good by all to what is best by one and worst by another', () => {
    const [extreme, middling] = logRank(scores([5, 4, 1, 2, 3], [1, 4, 5, 2, 3]));
    expect(middling).toBeGreaterThan(extreme);
  });

  test('gives ties their average rank, and failures that of the last places', () => {
    const fused = logRank(scores([7, Number.NaN, 7, Number.NaN]));
    for (const [i, rank] of [3.5, 1.5, 3.5, 1.5].entries()) expect(fused[i]).toBeCloseTo(Math.log(rank / 4), 12);
  });

  test('of one metric keeps its order', () => {
    const stream = random('log-rank');
    const one = Array.from({ length: 50 }, () => stream.normal());
    expect(spearman([...logRank([one])], one)).toBeCloseTo(1, 12);
  });
});

describe('vote', () => {
  test('counts the others that more metrics place below', () => {
    // Two of three prefer 0 to 1, all prefer both to 2.
    expect([...vote(scores([3, 2, 1], [2, 3, 1], [3, 2, 1]))]).toEqual([2, 1, 0]);
  });

  test('gives half for a tie, also where preferences run in a circle', () => {
    expect([...vote(scores([1, 2], [2, 1]))]).toEqual([0.5, 0.5]);
    expect([...vote(scores([1, 1, 1]))]).toEqual([1, 1, 1]);
    expect([...vote(scores([3, 2, 1], [1, 3, 2], [2, 1, 3]))]).toEqual([1, 1, 1]);
  });

  test('places failures below every score', () => {
    expect([...vote(scores([-1e9, Number.NaN, Number.NaN]))]).toEqual([2, 0.5, 0.5]);
  });
});

test.each([logRank, vote])('no architectures have no ranking', (rule) => {
  expect(rule([new Float64Array(0)])).toHaveLength(0);
});
