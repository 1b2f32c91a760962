/**
 * Gradient boosting of the squared error (Friedman, Annals of Statistics 2001, algorithms 1 and 2): each tree is fitted to what those
 * before it leave, and a fraction of it is added. Splits are found on histograms (Ke et al., LightGBM, NeurIPS 2017).
 */
import type { FittedPredictor, PredictorFactory } from '../src/contracts/predictor.js';
import { optionReader } from './options.js';
import { requireRows, requireSamples, standardisedLabels } from './samples.js';
import { binColumns } from './trees/bins.js';
import { Forest } from './trees/forest.js';
import { Grower, type GrowOptions } from './trees/grow.js';
import { addTrees } from './trees/predict.js';

/**
 * Options: `rounds`, trees, default 100; `learningRate`, default .1; `depth` of a tree at most, default 3; `leaves` at most, default
 * no bound; `leaf`, samples in a leaf at least, default 1; `penalty`, λ of a leaf's value Σr / (n + λ), default 0. These defaults are
 * scikit-learn's GradientBoostingRegressor; `leaves` 31, `leaf` 20 and no bound on `depth` are its HistGradientBoostingRegressor.
 *
 * There is no variance. Nothing is drawn: every seed gives the same.
 */
export const gradientBoosting: PredictorFactory = ({ options }) => {
  const known = ['rounds', 'learningRate', 'depth', 'leaves', 'leaf', 'penalty'];
  const read = optionReader('gradient-boosting', options, known);
  const rounds = read.whole('rounds', 100);
  const settings: Omit<GrowOptions, 'columns'> = {
    shrinkage: read.number('learningRate', 0.1, { above: 0, most: 1 }),
    depth: read.whole('depth', 3),
    leaves: read.whole('leaves', Number.POSITIVE_INFINITY, 2),
    leaf: read.whole('leaf', 1),
    penalty: read.number('penalty', 0, { least: 0 }),
  };
  return {
    name: 'gradient-boosting',
    async fit(features, labels): Promise<FittedPredictor> {
      requireSamples(features, labels);
      const { values, mean, deviation } = standardisedLabels(labels);
      const forest = boosted(
        values,
        rounds,
        new Grower(binColumns(features), { ...settings, columns: features.width }),
      );
      return {
        async predict(at) {
          requireRows(at, features.width);
          const sums = new Float64Array(at.count);
          addTrees(forest, at, sums);
          return { mean: sums.map((sum) => mean + deviation * sum) };
        },
      };
    },
  };
};

function boosted(labels: Float64Array, rounds: number, grower: Grower): Forest {
  const forest = new Forest();
  const weights = new Float64Array(labels.length).fill(1);
  const fitted = new Float64Array(labels.length);
  const left = labels.slice();
  for (let round = 0; round < rounds; round++) {
    grower.grow(forest, left, weights, fitted);
    for (let row = 0; row < left.length; row++) left[row] = labels[row] - fitted[row];
  }
  return forest;
}
