/**
 * Gaussian process regression (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1): a constant times a
 * stationary kernel, plus noise. Features are standardised; the hyperparameters maximise the marginal likelihood.
 */
import { expected } from '../../src/base/errors.js';
import { inverseTransposed } from '../../src/base/linear-algebra.js';
import type { Features, FittedPredictor, PredictorFactory } from '../../src/contracts/predictor.js';
import { optionReader } from '../options.js';
import { requireRows, requireSamples, type StandardisedLabels, standardisedLabels } from '../samples.js';
import { type InputScaling, inputScaling, scaledColumns } from './inputs.js';
import { CORRELATIONS, type Correlation } from './kernel.js';
import { factoring, likelihood, type TrainingInputs } from './likelihood.js';
import { maximise } from './maximise.js';
import { type Posterior, predictRows, sampleColumns } from './posterior.js';

/**
 * Options: `kernel`, `matern-5/2` (default) or `squared-exponential`; `relevance`, `isotropic` (default: one length for all features),
 * `automatic` (a length for each, which few labels cannot tell) or `groups` (a length for each group of columns); `groups`, the groups'
 * widths, left to right; `standardise`, false where the features' units are wanted as they are, default true; `steps`, of the maximisation at
 * most, default 40.
 *
 * The variance is that of a label, noise included. Nothing is drawn: every seed gives the same.
 */
export const gaussianProcess: PredictorFactory = ({ options }) => {
  const read = optionReader('gaussian-process', options, ['kernel', 'relevance', 'groups', 'standardise', 'steps']);
  const kernel = read.choice('kernel', 'matern-5/2', ['matern-5/2', 'squared-exponential']);
  const relevance = read.choice('relevance', 'isotropic', ['isotropic', 'automatic', 'groups']);
  const standardise = read.flag('standardise', true);
  const groups = relevance === 'groups' ? groupsOf(options?.groups) : undefined;
  const steps = read.whole('steps', 40, 0);
  const correlation = CORRELATIONS[kernel];
  return {
    name: 'gaussian-process',
    async fit(features, labels) {
      requireSamples(features, labels);
      const standardised = standardisedLabels(labels);
      const scaling = inputScaling(features, standardise);
      const lengthOf = lengthsOf(scaling, relevance, groups, features.width);
      const posterior = fitPosterior(features, standardised, { correlation, scaling, lengthOf, steps });
      return fitted(posterior, features.width, standardised);
    },
  };
};

function fitted(posterior: Posterior, width: number, { mean, deviation }: StandardisedLabels): FittedPredictor {
  return {
    async predict(features, options) {
      requireRows(features, width);
      const means = new Float64Array(features.count);
      const variance = options?.variance ? new Float64Array(features.count) : undefined;
      predictRows(posterior, features, means, variance);
      return {
        mean: means.map((value) => mean + deviation * value),
        ...(variance && { variance: variance.map((value) => value * deviation ** 2) }),
      };
    },
  };
}

/** The group of each column, from the widths of the groups. */
function groupsOf(widths: unknown): Int32Array {
  const isWidth = (width: unknown) => Number.isInteger(width) && Number(width) > 0;
  if (!Array.isArray(widths) || widths.length === 0 || !widths.every(isWidth)) {
    throw expected('`groups`', 'a list of widths, whole numbers of at least 1', widths);
  }
  return Int32Array.from(widths.flatMap((width: number, group) => new Array<number>(width).fill(group)));
}

/** Which length each dimension has. */
function lengthsOf(
  { columns }: InputScaling,
  relevance: string,
  groups: Int32Array | undefined,
  width: number,
): Int32Array {
  if (relevance === 'isotropic') return new Int32Array(columns.length);
  if (!groups) return Int32Array.from(columns.keys());
  if (groups.length !== width) throw expected('`groups`', `widths of ${width} columns together`, groups.length);
  return Int32Array.from(columns, (column) => groups[column]);
}

interface FitSettings {
  readonly correlation: Correlation;
  readonly scaling: InputScaling;
  readonly lengthOf: Int32Array;
  readonly steps: number;
}

function fitPosterior(features: Features, { values }: StandardisedLabels, settings: FitSettings): Posterior {
  const { correlation, scaling } = settings;
  const { count } = features;
  const columns = scaledColumns(features, scaling);
  const inputs = { columns, count, dimensions: scaling.columns.length, lengthOf: settings.lengthOf };
  const theta = mostLikely(inputs, values, settings);
  // The bounds keep A well conditioned: it has a factor.
  const { parameters, lower, alpha, amplitude } = factoring(inputs, values, correlation)(theta)!;
  return {
    scaling,
    correlation,
    parameters,
    // Labels that are all equal say nothing of the spread of others.
    amplitude: amplitude > 0 ? amplitude : 1,
    alpha,
    inverse: transposed(inverseTransposed(lower, count), count),
    ...sampleColumns(features, scaling, parameters),
  };
}

function transposed(matrix: Float64Array, size: number): Float64Array {
  return matrix.map((_, k) => matrix[(k % size) * size + Math.floor(k / size)]);
}

/** Of the noise over s², and of lengths in units of the distance between typical rows, √dimensions. */
const BOUNDS = { noise: [1e-8, 100], length: [0.03, 100] } as const;
const STARTS = { noises: [0.01, 0.1, 1], lengths: [0.5, 1, 2] } as const;

/** θ of the greatest likelihood: the best of a small grid, and uphill from there. */
function mostLikely(inputs: TrainingInputs, labels: Float64Array, { correlation, steps }: FitSettings): Float64Array {
  const { dimensions, lengthOf } = inputs;
  const unit = Math.sqrt(Math.max(1, dimensions));
  const starts = STARTS.noises.flatMap((noise) =>
    STARTS.lengths.map((length) => Float64Array.of(noise, length * unit).map(Math.log)),
  );
  const lengths = 1 + Math.max(0, ...lengthOf);
  const alike = ([noise, length]: Float64Array) => Float64Array.of(noise, ...new Array<number>(lengths).fill(length));
  // Labels without spread, or features that are all the same, tell nothing of the parameters.
  if (dimensions === 0 || labels.every((label) => label === 0)) return alike(starts[1]);
  const uphill = (objective: ReturnType<typeof likelihood>, start: Float64Array) => {
    const bound = (end: 0 | 1) =>
      start.map((_, i) => Math.log(i === 0 ? BOUNDS.noise[end] : BOUNDS.length[end] * unit));
    // A smaller difference in nats is not worth a step.
    return maximise(objective, start, { low: bound(0), high: bound(1), steps, gain: 0.02 });
  };
  const shared = likelihood({ ...inputs, lengthOf: new Int32Array(dimensions) }, labels, correlation);
  const likelihoods = starts.map((start) => shared(start)?.value ?? Number.NEGATIVE_INFINITY);
  const together = uphill(shared, starts[likelihoods.indexOf(Math.max(...likelihoods))]);
  return lengths === 1 ? together : uphill(likelihood(inputs, labels, correlation), alike(together));
}
