/**
 * Gaussian process regression (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1): a constant times a
 * stationary kernel, plus noise. Features are standardised; the hyperparameters maximise the marginal likelihood.
 */
import { inverseTransposed } from '../../src/base/linear-algebra.js';
import type { Features, FittedPredictor, PredictorFactory } from '../../src/contracts/predictor.js';
import { optionReader } from '../options.js';
import { requireRows, requireSamples, type StandardisedLabels, standardisedLabels } from '../samples.js';
import { inputScaling, scaledColumns } from './inputs.js';
import { CORRELATIONS, type Correlation } from './kernel.js';
import { factoring, likelihood, type TrainingInputs } from './likelihood.js';
import { maximise } from './maximise.js';
import { type Posterior, predictRows, sampleColumns } from './posterior.js';

/**
 * Options: `kernel`, `matern-5/2` (default) or `squared-exponential`; `relevance`, `isotropic` (default: one length for all features) or
 * `automatic` (a length for each, which few labels cannot tell); `steps`, of the maximisation at most, default 40.
 *
 * The variance is that of a label, noise included. Nothing is drawn: every seed gives the same.
 */
export const gaussianProcess: PredictorFactory = ({ options }) => {
  const read = optionReader('gaussian-process', options, ['kernel', 'relevance', 'steps']);
  const kernel = read.choice('kernel', 'matern-5/2', ['matern-5/2', 'squared-exponential']);
  const relevance = read.choice('relevance', 'isotropic', ['isotropic', 'automatic']);
  const steps = read.whole('steps', 40, 0);
  const correlation = CORRELATIONS[kernel];
  return {
    name: 'gaussian-process',
    async fit(features, labels) {
      requireSamples(features, labels);
      const standardised = standardisedLabels(labels);
      const posterior = fitPosterior(features, standardised, correlation, relevance === 'automatic', steps);
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

function fitPosterior(
  features: Features,
  { values }: StandardisedLabels,
  correlation: Correlation,
  automatic: boolean,
  steps: number,
): Posterior {
  const { count } = features;
  const scaling = inputScaling(features);
  const inputs = { columns: scaledColumns(features, scaling), count, dimensions: scaling.columns.length };
  const theta = mostLikely(inputs, values, correlation, automatic, steps);
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
const STARTS = { noises: [0.01, 0.1], lengths: [0.4, 1, 3] } as const;

/** θ of the greatest likelihood: the best of a small grid, and uphill from there. */
function mostLikely(
  inputs: TrainingInputs,
  labels: Float64Array,
  correlation: Correlation,
  automatic: boolean,
  steps: number,
): Float64Array {
  const unit = Math.sqrt(Math.max(1, inputs.dimensions));
  const starts = STARTS.noises.flatMap((noise) =>
    STARTS.lengths.map((length) => Float64Array.of(noise, length * unit).map(Math.log)),
  );
  // Labels without spread, or features that are all the same, tell nothing of the parameters.
  if (inputs.dimensions === 0 || labels.every((label) => label === 0)) return starts[1];
  const objective = likelihood(inputs, labels, correlation);
  const uphill = (start: Float64Array) => {
    const bound = (end: 0 | 1) =>
      start.map((_, i) => Math.log(i === 0 ? BOUNDS.noise[end] : BOUNDS.length[end] * unit));
    // A tenth of a nat is no difference worth a step.
    return maximise(objective, start, { low: bound(0), high: bound(1), steps, gain: 0.1 });
  };
  const likelihoods = starts.map((start) => objective(start)?.value ?? Number.NEGATIVE_INFINITY);
  const together = uphill(starts[likelihoods.indexOf(Math.max(...likelihoods))]);
  if (!automatic) return together;
  const [noise, length] = together;
  return uphill(Float64Array.of(noise, ...new Array<number>(inputs.dimensions).fill(length)));
}
