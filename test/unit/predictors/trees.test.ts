import { describe, expect, it } from 'vitest';
import { gradientBoosting } from '../../../predictors/gradient-boosting.js';
import { randomForest } from '../../../predictors/random-forest.js';
import { binColumns, MOST_BINS } from '../../../predictors/trees/bins.js';
import { Forest, leafOf } from '../../../predictors/trees/forest.js';
import { Grower, type GrowOptions } from '../../../predictors/trees/grow.js';
import { addTrees } from '../../../predictors/trees/predict.js';
import { random } from '../../../src/base/random.js';
import { mean } from '../../../src/base/rank-statistics.js';
import type { Features } from '../../../src/contracts/predictor.js';
import { contextOf, normalFeatures, smooth } from './samples.js';

const PLAIN: GrowOptions = {
  depth: Number.POSITIVE_INFINITY,
  leaves: Number.POSITIVE_INFINITY,
  leaf: 1,
  penalty: 0,
  columns: 100,
  shrinkage: 1,
};

/** The tree by trying every threshold between two values at every node: what it says of one row. */
function slowTree(
  features: Features,
  labels: Float64Array,
  rows: number[],
  at: Float32Array,
  depth: number,
  leaf: number,
): number {
  const value = mean(rows.map((row) => labels[row]));
  if (depth === 0) return value;
  const error = (part: number[]) => {
    const centre = mean(part.map((row) => labels[row]));
    return part.reduce((sum, row) => sum + (labels[row] - centre) ** 2, 0);
  };
  let best = { error: error(rows) * (1 - 1e-9), feature: -1, threshold: 0 };
  for (let feature = 0; feature < features.width; feature++) {
    const of = (row: number) => features.values[row * features.width + feature];
    const values = [...new Set(rows.map(of))].sort((a, b) => a - b);
    for (let i = 1; i < values.length; i++) {
      const threshold = (values[i - 1] + values[i]) / 2;
      const [left, right] = [rows.filter((row) => of(row) <= threshold), rows.filter((row) => of(row) > threshold)];
      if (Math.min(left.length, right.length) < leaf) continue;
      const total = error(left) + error(right);
      if (total < best.error * (1 - 1e-9)) best = { error: total, feature, threshold };
    }
  }
  if (best.feature < 0) return value;
  const goesLeft = (row: number) => features.values[row * features.width + best.feature] <= best.threshold;
  const side = at[best.feature] <= best.threshold;
  return slowTree(
    features,
    labels,
    rows.filter((row) => goesLeft(row) === side),
    at,
    depth - 1,
    leaf,
  );
}

/** Half of the columns are binary, and one has few values. */
function mixedFeatures(seed: string, count: number): Features {
  const features = normalFeatures(random(seed), count, 6);
  const values = features.values.map((value, i) =>
    i % 6 < 3 ? Number(value > 0) : i % 6 === 3 ? Math.round(value) : value,
  );
  return { ...features, values };
}

describe('a tree', () => {
  const features = mixedFeatures('grow', 60);
  const labels = smooth(features);
  const at = mixedFeatures('at', 40);

  it.each([
    [3, 1],
    [5, 4],
    [20, 1],
  ])('of depth %i and leaves of %i samples is that of trying every split', (depth, leaf) => {
    const forest = new Forest();
    new Grower(binColumns(features), { ...PLAIN, depth, leaf }).grow(forest, labels, new Float64Array(60).fill(1));
    const sums = new Float64Array(40);
    addTrees(forest, at, sums);
    const rows = Array.from({ length: 60 }, (_, row) => row);
    sums.forEach((value, row) => {
      const slow = slowTree(features, labels, rows, at.values.subarray(6 * row, 6 * row + 6), depth, leaf);
      expect(value).toBeCloseTo(slow, 10);
    });
  });
  it('counts a sample of weight 2 like two samples', () => {
    const rows = [...Array(60).keys()].flatMap((row) => (row % 3 === 0 ? [row, row] : row % 3 === 1 ? [row] : []));
    const repeated = {
      count: rows.length,
      width: 6,
      values: Float32Array.from(rows.flatMap((row) => [...features.values.subarray(6 * row, 6 * row + 6)])),
    };
    const [weighted, plain] = [new Forest(), new Forest()];
    const options = { ...PLAIN, leaf: 3 };
    const weights = Float64Array.from({ length: 60 }, (_, row) => 2 - (row % 3));
    new Grower(binColumns(features), options).grow(weighted, labels, weights);
    const ones = new Float64Array(rows.length).fill(1);
    new Grower(binColumns(repeated), options).grow(
      plain,
      Float64Array.from(rows, (row) => labels[row]),
      ones,
    );
    // Bins of samples that are left out move no threshold: those are between values that are there.
    expect([...weighted.threshold.slice(0, weighted.nodes)]).toEqual([...plain.threshold.slice(0, plain.nodes)]);
    expect([...weighted.left.slice(0, weighted.nodes)]).toEqual([...plain.left.slice(0, plain.nodes)]);
  });
  it('of few leaves splits first what gains most', () => {
    const step = { count: 8, width: 1, values: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]) };
    const forest = new Forest();
    const targets = Float64Array.from([0, 0, 1, 1, 10, 10, 30, 30]);
    new Grower(binColumns(step), { ...PLAIN, leaves: 3 }).grow(forest, targets, new Float64Array(8).fill(1));
    const sums = new Float64Array(8);
    addTrees(forest, step, sums);
    expect([...sums]).toEqual([0.5, 0.5, 0.5, 0.5, 10, 10, 30, 30]);
  });
  it('bins a column of many values into quantiles', () => {
    const many = normalFeatures(random('many'), 3000, 1);
    const { sizes, bins } = binColumns(many);
    expect(sizes[0]).toBe(MOST_BINS);
    const counts = new Int32Array(MOST_BINS);
    for (const bin of bins) counts[bin]++;
    expect(Math.max(...counts)).toBeLessThan((2 * 3000) / MOST_BINS);
  });
});

describe('many rows through many trees', () => {
  it('end where each ends that walks alone', () => {
    const features = mixedFeatures('forest', 50);
    const forest = new Forest();
    const grower = new Grower(binColumns(features), { ...PLAIN, columns: 2, random: random('splits') });
    for (let tree = 0; tree < 7; tree++) grower.grow(forest, smooth(features), new Float64Array(50).fill(1));
    const at = mixedFeatures('rows', 5000);
    const [sums, squares] = [new Float64Array(5000), new Float64Array(5000)];
    addTrees(forest, at, sums, squares);
    for (let row = 0; row < 5000; row++) {
      const values = forest.roots.map((root) => forest.value[leafOf(forest, root, at.values, row * 6)]);
      expect(Math.abs(sums[row] - values.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9);
      expect(Math.abs(squares[row] - values.reduce((sum, value) => sum + value ** 2, 0))).toBeLessThan(1e-9);
    }
  });
});

describe('a random forest', () => {
  it('has a variance that is right on average on held-out rows', async () => {
    const [train, held] = [normalFeatures(random('train'), 150, 3), normalFeatures(random('held'), 500, 3)];
    const fitted = await randomForest(contextOf(1)).fit(train, smooth(train));
    const { mean: predicted, variance } = await fitted.predict(held, { variance: true });
    const squared = [...smooth(held)].map((value, row) => (value - predicted[row]) ** 2);
    const ratio = mean([...variance!]) / mean(squared);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });
  it('without bootstrap has none, and repeats what it has seen', async () => {
    const train = normalFeatures(random('train'), 50, 3);
    const labels = smooth(train);
    const fitted = await randomForest(contextOf(1, { bootstrap: false, trees: 10 })).fit(train, labels);
    const { mean: predicted, variance } = await fitted.predict(train, { variance: true });
    expect(variance).toBe(undefined);
    predicted.forEach((value, row) => {
      expect(value).toBeCloseTo(labels[row], 9);
    });
  });
});

describe('gradient boosting', () => {
  it('lowers the error of what it is fitted to, round by round', async () => {
    const train = normalFeatures(random('train'), 80, 3);
    const labels = smooth(train);
    const errors: number[] = [];
    for (const rounds of [1, 10, 100]) {
      const fitted = await gradientBoosting(contextOf(1, { rounds, learningRate: 0.3 })).fit(train, labels);
      const { mean: predicted } = await fitted.predict(train);
      errors.push(mean([...labels].map((label, row) => (label - predicted[row]) ** 2)));
    }
    expect(errors[1]).toBeLessThan(errors[0] / 2);
    expect(errors[2]).toBeLessThan(errors[1] / 2);
  });
});
