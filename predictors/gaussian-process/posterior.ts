/** Predictions of a Gaussian process of known hyperparameters, blocks of rows at a time. */
import type { Features } from '../../src/contracts/predictor.js';
import { type InputScaling, scaledColumns } from './inputs.js';
import type { Correlation } from './kernel.js';
import type { Hyperparameters } from './likelihood.js';

export interface Posterior {
  readonly scaling: InputScaling;
  readonly correlation: Correlation;
  readonly parameters: Hyperparameters;
  /** s² */
  readonly amplitude: number;
  /** A⁻¹y, [samples] */
  readonly alpha: Float64Array;
  /** L⁻¹, row-major [samples, samples] */
  readonly inverse: Float64Array;
  /** Standardised columns of the samples, each over its length, [dimensions, samples]. */
  readonly columns: Float64Array;
  /** Squared length of each sample's row of them. */
  readonly norms: Float64Array;
}

/** Rows whose correlations are kept at a time: each number of L⁻¹ is read once for all of them. */
const LANES = 4;

/**
 * Mean ρ(x)ᵀα and, where `variance` is given, s²(1 + η − |L⁻¹ρ(x)|²) of every row, both of standardised labels.
 * @param mean [count], written @param variance [count], written
 */
export function predictRows(
  posterior: Posterior,
  features: Features,
  mean: Float64Array,
  variance?: Float64Array,
): void {
  const { alpha, amplitude, parameters } = posterior;
  const samples = alpha.length;
  const differences = new Float64Array(samples);
  const lanes = new Float64Array(LANES * samples);
  const explained = new Float64Array(LANES);
  const row = rowReader(posterior, features);
  for (let start = 0; start < features.count; start += LANES) {
    const used = Math.min(LANES, features.count - start);
    for (let lane = 0; lane < used; lane++) {
      mean[start + lane] = correlations(posterior, row.read(start + lane), differences, lanes, lane);
    }
    if (variance === undefined) continue;
    explainedVariance(posterior.inverse, samples, lanes, explained);
    for (let lane = 0; lane < used; lane++) {
      // The noise remains where a row is one of the samples, whatever rounding says of the rest.
      variance[start + lane] = amplitude * (Math.max(0, 1 - explained[lane]) + parameters.noise);
    }
  }
}

/** A row's scaled features that are not 0. */
interface ScaledRow {
  used: number;
  readonly dimension: Int32Array;
  readonly value: Float64Array;
  norm: number;
}

function rowReader({ scaling, parameters }: Posterior, { width, values }: Features) {
  const { columns, origin, deviation } = scaling;
  const { lengths } = parameters;
  const unit = deviation.map((value, f) => 1 / (value * lengths[f]));
  const row: ScaledRow = {
    used: 0,
    dimension: new Int32Array(columns.length),
    value: new Float64Array(columns.length),
    norm: 0,
  };
  const read = (index: number): ScaledRow => {
    row.used = 0;
    row.norm = 0;
    for (let f = 0; f < columns.length; f++) {
      const value = (values[index * width + columns[f]] - origin[f]) * unit[f];
      if (value === 0) continue;
      row.dimension[row.used] = f;
      row.value[row.used++] = value;
      row.norm += value * value;
    }
    return row;
  };
  return { read };
}

/** Writes ρ(r²) with every sample into one lane. @returns ρ(x)ᵀα */
function correlations(
  { correlation, alpha, columns, norms }: Posterior,
  row: ScaledRow,
  squared: Float64Array,
  lanes: Float64Array,
  lane: number,
): number {
  const samples = alpha.length;
  // r² = |x|² + |z|² − 2·x·z
  for (let j = 0; j < samples; j++) squared[j] = row.norm + norms[j];
  let i = 0;
  for (; i + 2 < row.used; i += 3) addThree(squared, columns, row, i);
  for (; i < row.used; i++) addOne(squared, columns, row, i);
  let mean = 0;
  for (let j = 0; j < samples; j++) {
    const value = correlation.of(Math.max(0, squared[j]));
    lanes[j * LANES + lane] = value;
    mean += value * alpha[j];
  }
  return mean;
}

function addOne(squared: Float64Array, columns: Float64Array, { dimension, value }: ScaledRow, i: number): void {
  const from = dimension[i] * squared.length;
  const factor = 2 * value[i];
  for (let j = 0; j < squared.length; j++) squared[j] -= factor * columns[from + j];
}

function addThree(squared: Float64Array, columns: Float64Array, { dimension, value }: ScaledRow, i: number): void {
  const samples = squared.length;
  const [first, second, third] = [dimension[i] * samples, dimension[i + 1] * samples, dimension[i + 2] * samples];
  const [a, b, c] = [2 * value[i], 2 * value[i + 1], 2 * value[i + 2]];
  for (let j = 0; j < samples; j++) {
    squared[j] -= a * columns[first + j] + b * columns[second + j] + c * columns[third + j];
  }
}

/** |L⁻¹ρ|² of each lane. */
function explainedVariance(inverse: Float64Array, samples: number, lanes: Float64Array, explained: Float64Array): void {
  explained.fill(0);
  for (let i = 0; i < samples; i++) {
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let j = 0, k = i * samples, lane = 0; j <= i; j++, k++, lane += LANES) {
      const factor = inverse[k];
      first += factor * lanes[lane];
      second += factor * lanes[lane + 1];
      third += factor * lanes[lane + 2];
      fourth += factor * lanes[lane + 3];
    }
    explained[0] += first * first;
    explained[1] += second * second;
    explained[2] += third * third;
    explained[3] += fourth * fourth;
  }
}

/** The samples' own columns over their lengths, and the squared length of their rows. */
export function sampleColumns(features: Features, scaling: InputScaling, { lengths }: Hyperparameters) {
  const columns = scaledColumns(features, scaling, lengths);
  const norms = new Float64Array(features.count);
  for (let i = 0; i < columns.length; i++) norms[i % features.count] += columns[i] ** 2;
  return { columns, norms };
}
