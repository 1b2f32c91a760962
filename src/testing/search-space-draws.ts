/** That a space's draws are uniform, as tests for any runner. */
import { type Random, random } from '../base/random.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { TestRunner } from './runner.js';

/** Spaces up to this size are looked at one architecture at a time, those up to the other one feature at a time. */
const COUNTED = 40_000;
const LISTED = 500_000;

/** Walks, and steps of each. */
const WALKS = 500;
const WALK = 30;

/** Deviations from what is expected, beyond which a fair draw is one in millions. */
const MOST_DEVIATIONS = 5;

export function uniformityTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>): void {
  const { enumerate, size = Number.POSITIVE_INFINITY } = space;
  if (enumerate && size <= COUNTED) {
    it('draws every architecture equally often', () => {
      expect(deviationOfCounts(space, enumerate())).toBeLessThan(MOST_DEVIATIONS);
    });
  } else if (enumerate && size <= LISTED) {
    it('draws architectures whose features are on average those of all', () => {
      const all = momentsOf(mapped(enumerate(), space.encode), space.encodingLength);
      expect(worstDifference(drawnMoments(space, 20_000, 'drawn'), all)).toBeLessThan(MOST_DEVIATIONS);
    });
  } else {
    it('draws architectures whose features a walk that keeps uniformity keeps', () => {
      const walked = (architecture: A, stream: Random) => walk(space, architecture, WALK, stream);
      // Drawing is cheap beside walking, and the more is drawn, the less is left to chance.
      const before = drawnMoments(space, 10 * WALKS, 'still');
      const after = drawnMoments(space, WALKS, 'walked', walked);
      expect(worstDifference(before, after)).toBeLessThan(MOST_DEVIATIONS);
    });
  }
}

/** χ² of how often each architecture is drawn, ten times on average, in deviations √(2 · freedom) from its mean, the freedom. */
function deviationOfCounts<A>(space: SearchSpace<A>, all: Iterable<A>): number {
  const stream = random('uniform');
  const mean = 10;
  const counts = new Map([...all].map((architecture) => [space.format(architecture), 0]));
  const freedom = counts.size - 1;
  for (let draw = 0; draw < mean * (freedom + 1); draw++) {
    const text = space.format(space.sample(stream));
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  // What is drawn and not listed is one more count.
  if (counts.size > freedom + 1) return Number.POSITIVE_INFINITY;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  return Math.abs(chiSquare - freedom) / Math.sqrt(2 * freedom);
}

/** Of each feature. */
interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

function momentsOf(rows: Iterable<Float32Array>, width: number): Moments {
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  let count = 0;
  for (const row of rows) {
    count++;
    row.forEach((value, i) => {
      sum[i] += value;
      squares[i] += value * value;
    });
  }
  const mean = sum.map((total) => total / count);
  return { count, mean, variance: squares.map((total, i) => Math.max(0, total / count - mean[i] ** 2)) };
}

function drawnMoments<A>(
  space: SearchSpace<A>,
  count: number,
  name: string,
  change: (architecture: A, stream: Random) => A = (architecture) => architecture,
): Moments {
  const rows = Array.from({ length: count }, (_, i) => {
    const stream = random(name).child(i);
    return space.encode(change(space.sample(stream), stream));
  });
  return momentsOf(rows, space.encodingLength);
}

/** The largest difference of means, in its own deviation. */
function worstDifference(a: Moments, b: Moments): number {
  const differences = Array.from(a.mean, (mean, i) => {
    const difference = Math.abs(mean - b.mean[i]);
    return difference === 0 ? 0 : difference / Math.sqrt(a.variance[i] / a.count + b.variance[i] / b.count);
  });
  return Math.max(...differences);
}

/**
 * Steps to random neighbours, each taken with probability min(1, neighbours here / neighbours there): the walk of Metropolis et al. (1953)
 * for the uniform distribution, under which it changes none that is uniform and brings every other one nearer to it.
 */
function walk<A>(space: SearchSpace<A>, start: A, steps: number, stream: Random): A {
  let here = start;
  let around = space.neighbours(here);
  for (let step = 0; step < steps; step++) {
    const there = stream.pick(around);
    const beyond = space.neighbours(there);
    if (stream.uniform() * beyond.length >= around.length) continue;
    here = there;
    around = beyond;
  }
  return here;
}

function* mapped<T, R>(items: Iterable<T>, map: (item: T) => R): Generator<R> {
  for (const item of items) yield map(item);
}
