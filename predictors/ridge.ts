/**
 * Ridge regression (Hoerl & Kennard, Technometrics 1970): minimises ‖y − ȳ − Xw‖² + λ‖w‖² over centred features.
 */
import { expected } from '../src/base/errors.js';
import { dot, solvePositiveDefinite } from '../src/base/linear-algebra.js';
import type { Features, FittedPredictor, PredictorFactory } from '../src/contracts/predictor.js';
import { optionReader } from './options.js';
import { type ColumnScales, columnScales, requireRows, requireSamples, standardisedLabels } from './samples.js';

/** Option `penalty`: λ > 0, default 1. Features keep their scale; there is no variance. */
export const ridge: PredictorFactory = ({ options }) => {
  const penalty = optionReader('ridge', options, ['penalty']).number('penalty', 1, { above: 0 });
  return {
    name: 'ridge',
    async fit(features, labels): Promise<FittedPredictor> {
      requireSamples(features, labels);
      const { values, mean, deviation } = standardisedLabels(labels);
      const scales = columnScales(features);
      const weights = fitWeights(features, scales, values, penalty);
      if (!weights.every(Number.isFinite))
        throw expected('`penalty`', 'large enough for columns that depend on each other', penalty);
      const centre = dot(weights, 0, scales.mean, 0, features.width);
      return {
        async predict(at) {
          requireRows(at, features.width);
          const predicted = products(at, weights).map((product) => mean + deviation * (product - centre));
          return { mean: predicted };
        },
      };
    },
  };
};

/**
 * w = (XᵀX + λI)⁻¹Xᵀy, or the same in its dual form Xᵀ(XXᵀ + λI)⁻¹y where there are fewer samples than features.
 * @returns [width]
 */
function fitWeights(features: Features, scales: ColumnScales, labels: Float64Array, penalty: number): Float64Array {
  const { count, width } = features;
  const rows = centredRows(features, scales);
  const columns = transposed(rows, count, width);
  if (width <= count) {
    return solvePositiveDefinite(gram(columns, width, count, penalty), transform(columns, labels, width));
  }
  return transform(columns, solvePositiveDefinite(gram(rows, count, width, penalty), labels), width);
}

function centredRows({ width, values }: Features, { mean }: ColumnScales): Float64Array {
  return Float64Array.from(values, (value, i) => value - mean[i % width]);
}

function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = matrix[row * columns + column];
  }
  return result;
}

/** AAᵀ + λI of a row-major A [size, length]. */
function gram(matrix: Float64Array, size: number, length: number, penalty: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) result[i * size + j] = dot(matrix, i * length, matrix, j * length, length);
    result[i * size + i] += penalty;
  }
  return result;
}

/** A·v of a row-major A [size, length]. */
function transform(matrix: Float64Array, vector: Float64Array, size: number): Float64Array {
  const length = vector.length;
  return Float64Array.from({ length: size }, (_, row) => dot(matrix, row * length, vector, 0, length));
}

/** Every row times the weights. */
function products({ count, width, values }: Features, weights: Float64Array): Float64Array {
  const result = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = 0;
    for (let column = 0, i = row * width; column < width; column++, i++) sum += values[i] * weights[column];
    result[row] = sum;
  }
  return result;
}
