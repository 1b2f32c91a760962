/**
 * The log marginal likelihood and its gradient (Rasmussen & Williams 2006, equations 5.8 and 5.9), for K = s²(R + ηI) = s²·A. The
 * amplitude s² of the greatest likelihood follows from the rest, s² = yᵀA⁻¹y / n, which leaves (A = LLᵀ, α = A⁻¹y)
 *   log p(y) = −n/2·log s² − Σ log L_ii − n/2·(1 + log 2π),  ∂/∂θ = ½ tr((ααᵀ / s² − A⁻¹)·∂A/∂θ)
 */
import { choleskyFactor, dot, inverseTransposed, solveFactored } from '../../src/base/linear-algebra.js';
import type { Correlation } from './kernel.js';
import type { Point } from './maximise.js';

export interface Hyperparameters {
  /** η: the noise's variance over s². */
  readonly noise: number;
  /** ℓ of each dimension. */
  readonly lengths: Float64Array;
}

/** θ = [log η, log ℓ…]: positive numbers whose scale is what matters. @param lengthOf of each dimension, which ℓ is its own */
function fromLogarithms(theta: Float64Array, lengthOf: Int32Array): Hyperparameters {
  return { noise: Math.exp(theta[0]), lengths: Float64Array.from(lengthOf, (length) => Math.exp(theta[1 + length])) };
}

export interface TrainingInputs {
  /** Standardised columns, [dimensions, count]. */
  readonly columns: Float64Array;
  readonly count: number;
  readonly dimensions: number;
  /** Which length each dimension has, [dimensions]: all the same one, one each, or one for every group. */
  readonly lengthOf: Int32Array;
}

/** What is known of the labels under given hyperparameters. */
export interface Factored {
  readonly parameters: Hyperparameters;
  /** r² of each pair, lower half. */
  readonly squared: Float64Array;
  /** L, row-major. */
  readonly lower: Float64Array;
  /** A⁻¹y */
  readonly alpha: Float64Array;
  /** s² */
  readonly amplitude: number;
}

/** @returns a function of θ, undefined where A is not positive definite in floating point */
export function factoring(inputs: TrainingInputs, labels: Float64Array, correlation: Correlation) {
  const { count, dimensions, lengthOf } = inputs;
  // With one length for all, distances are made once and scaled.
  const unit = isShared(lengthOf) && squaredDistances(inputs, new Float64Array(dimensions).fill(1));
  return (theta: Float64Array): Factored | undefined => {
    const parameters = fromLogarithms(theta, lengthOf);
    const { lengths } = parameters;
    const squared = unit ? unit.map((value) => value / lengths[0] ** 2) : squaredDistances(inputs, lengths);
    const lower = choleskyFactor(covariance(squared, count, correlation, parameters), count);
    if (lower === undefined) return undefined;
    const alpha = solveFactored(lower, labels);
    return { parameters, squared, lower, alpha, amplitude: dot(labels, 0, alpha, 0, count) / count };
  };
}

/** log p(labels) as a function of θ; undefined where it cannot be computed. */
export function likelihood(inputs: TrainingInputs, labels: Float64Array, correlation: Correlation) {
  const factored = factoring(inputs, labels, correlation);
  return (theta: Float64Array): Point | undefined => {
    const state = factored(theta);
    if (state === undefined) return undefined;
    const { count } = inputs;
    let value = (-count / 2) * (Math.log(state.amplitude) + 1 + Math.log(2 * Math.PI));
    for (let i = 0; i < count; i++) value -= Math.log(state.lower[i * count + i]);
    return { value, gradient: () => gradientOf(inputs, correlation, state) };
  };
}

/** Whether one length is for all; where there are no dimensions, there is none. */
function isShared(lengthOf: Int32Array): boolean {
  return lengthOf.length > 0 && lengthOf.every((length) => length === 0);
}

/** A, lower half and diagonal. @param squared r², lower half */
function covariance(squared: Float64Array, count: number, { of }: Correlation, { noise }: Hyperparameters) {
  const matrix = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) matrix[i * count + j] = of(squared[i * count + j]);
    matrix[i * count + i] = 1 + noise;
  }
  return matrix;
}

/** Σ (Δ_f / ℓ_f)² of every pair, lower half. */
function squaredDistances({ columns, count, dimensions }: TrainingInputs, lengths: Float64Array): Float64Array {
  const squared = new Float64Array(count * count);
  for (let f = 0; f < dimensions; f++) {
    const weight = 1 / lengths[f] ** 2;
    for (let i = 0; i < count; i++) {
      const value = columns[f * count + i];
      for (let j = 0; j < i; j++) squared[i * count + j] += weight * (value - columns[f * count + j]) ** 2;
    }
  }
  return squared;
}

/** ααᵀ / s² − A⁻¹, lower half. */
function traceWeights({ lower, alpha, amplitude }: Factored): Float64Array {
  const count = alpha.length;
  const upper = inverseTransposed(lower, count);
  const weights = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const inverse = dot(upper, i * count + i, upper, j * count + i, count - i);
      weights[i * count + j] = (alpha[i] * alpha[j]) / amplitude - inverse;
    }
  }
  return weights;
}

function gradientOf(inputs: TrainingInputs, { slope }: Correlation, state: Factored): Float64Array {
  const { count, lengthOf } = inputs;
  const { parameters, squared } = state;
  const { noise, lengths } = parameters;
  const shared = isShared(lengthOf);
  const weights = traceWeights(state);
  const gradient = new Float64Array(2 + Math.max(0, ...lengthOf));
  for (let i = 0; i < count; i++) {
    gradient[0] += (weights[i * count + i] * noise) / 2;
    for (let j = 0; j < i; j++) {
      const pair = i * count + j;
      // Off the diagonal each pair counts twice, which takes the ½ away.
      weights[pair] *= slope(squared[pair]);
      // d(r²)/d(log ℓ) = −2r²
      if (shared) gradient[1] -= 2 * weights[pair] * squared[pair];
    }
  }
  if (shared) return gradient;
  for (const [f, length] of lengthOf.entries()) gradient[1 + length] += lengthGradient(inputs, f, lengths[f], weights);
  return gradient;
}

/** Σ over pairs of weight·(−2)·(Δ_f / ℓ_f)² */
function lengthGradient({ columns, count }: TrainingInputs, f: number, length: number, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const value = columns[f * count + i];
    for (let j = 0; j < i; j++) sum += weights[i * count + j] * (value - columns[f * count + j]) ** 2;
  }
  return (-2 * sum) / length ** 2;
}
