/**
 * Random forest (Breiman, Machine Learning 2001): the mean of regression trees, each grown on samples drawn with replacement, each split
 * the best of the features it may look at.
 */
import type { Random } from '../src/base/random.js';
import type { Features, FittedPredictor, PredictorFactory } from '../src/contracts/predictor.js';
import { optionReader } from './options.js';
import { requireRows, requireSamples, type StandardisedLabels, standardisedLabels } from './samples.js';
import { binColumns } from './trees/bins.js';
import { Forest, leafOf } from './trees/forest.js';
import { Grower } from './trees/grow.js';
import { addTrees } from './trees/predict.js';

/**
 * Options: `trees`, default 300; `depth`, at most, default no bound; `leaf`, samples in a leaf at least, default 1; `features`, the
 * fraction that a split may choose from, default 1/3 (Breiman's advice for regression); `bootstrap`, default true.
 *
 * The variance is the spread between the trees, times the factor that makes it right on average for the samples that a tree was not
 * grown on. Without bootstrap there are no such samples, and no variance.
 */
export const randomForest: PredictorFactory = ({ random, options }) => {
  const read = optionReader('random-forest', options, ['trees', 'depth', 'leaf', 'features', 'bootstrap']);
  const settings: ForestSettings = {
    trees: read.whole('trees', 300),
    depth: read.whole('depth', Number.MAX_SAFE_INTEGER),
    leaf: read.whole('leaf', 1),
    features: read.number('features', 1 / 3, { above: 0, most: 1 }),
    bootstrap: read.flag('bootstrap', true),
  };
  return {
    name: 'random-forest',
    async fit(features, labels) {
      requireSamples(features, labels);
      return fitForest(features, labels, settings, random);
    },
  };
};

interface ForestSettings {
  readonly trees: number;
  readonly depth: number;
  readonly leaf: number;
  /** Fraction. */
  readonly features: number;
  readonly bootstrap: boolean;
}

function fitForest(
  features: Features,
  labels: Float64Array,
  settings: ForestSettings,
  random: Random,
): FittedPredictor {
  const standardised = standardisedLabels(labels);
  const data = binColumns(features);
  const grower = new Grower(data, {
    depth: settings.depth,
    leaves: Number.POSITIVE_INFINITY,
    leaf: settings.leaf,
    penalty: 0,
    columns: Math.max(1, Math.round(settings.features * data.features.length)),
    random: random.child('splits'),
    shrinkage: 1,
  });
  const forest = new Forest();
  const outOfBag = new OutOfBag(features, standardised.values);
  const draws = random.child('bootstrap');
  const weights = new Float64Array(features.count).fill(1);
  for (let tree = 0; tree < settings.trees; tree++) {
    if (settings.bootstrap) drawWithReplacement(weights, draws);
    grower.grow(forest, standardised.values, weights);
    if (settings.bootstrap) outOfBag.add(forest, weights);
  }
  return fitted(forest, features.width, standardised, settings.bootstrap ? outOfBag.variance() : undefined);
}

/** Weights: how often each of as many draws as samples fell on it. */
function drawWithReplacement(weights: Float64Array, random: Random): void {
  weights.fill(0);
  for (let draw = 0; draw < weights.length; draw++) weights[random.integer(weights.length)]++;
}

/** Variance as a function of the spread between trees. */
type VarianceOfSpread = (spread: number) => number;

function fitted(
  forest: Forest,
  width: number,
  { mean, deviation }: StandardisedLabels,
  varianceOf: VarianceOfSpread | undefined,
): FittedPredictor {
  const trees = forest.roots.length;
  return {
    async predict(features, options) {
      requireRows(features, width);
      const sums = new Float64Array(features.count);
      const squares = options?.variance && varianceOf ? new Float64Array(features.count) : undefined;
      addTrees(forest, features, sums, squares);
      return {
        mean: sums.map((sum) => mean + (deviation * sum) / trees),
        ...(squares && {
          variance: squares.map((square, row) => deviation ** 2 * varianceOf!(spreadOf(sums[row], square, trees))),
        }),
      };
    },
  };
}

/** Variance of `count` numbers of this sum and sum of squares. */
function spreadOf(sum: number, squares: number, count: number): number {
  return Math.max(0, squares / count - (sum / count) ** 2);
}

/** Trees that agree are not certain: of the labels' variance, this much always remains. */
const LEAST_VARIANCE = 1e-6;

/** What trees say of the samples that they were not grown on. */
class OutOfBag {
  private readonly trees: Int32Array;
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;

  constructor(
    private readonly features: Features,
    private readonly labels: Float64Array,
  ) {
    this.trees = new Int32Array(features.count);
    this.sums = new Float64Array(features.count);
    this.squares = new Float64Array(features.count);
  }

  /** The newest tree's. */
  add(forest: Forest, weights: Float64Array): void {
    const { width, values } = this.features;
    const root = forest.roots[forest.roots.length - 1];
    for (let row = 0; row < weights.length; row++) {
      if (weights[row] > 0) continue;
      const value = forest.value[leafOf(forest, root, values, row * width)];
      this.trees[row]++;
      this.sums[row] += value;
      this.squares[row] += value * value;
    }
  }

  /** Proportional to the spread, so that both are equal on average; where there is no spread to learn from, that of the labels. */
  variance(): VarianceOfSpread {
    let error = 0;
    let spread = 0;
    for (let row = 0; row < this.labels.length; row++) {
      const trees = this.trees[row];
      if (trees < 2) continue;
      error += (this.sums[row] / trees - this.labels[row]) ** 2;
      spread += spreadOf(this.sums[row], this.squares[row], trees);
    }
    if (!(spread > 0)) return () => 1;
    const factor = error / spread;
    return (between) => factor * between + LEAST_VARIANCE;
  }
}
