/** The gradient of the sum of the logits by the images, which scores of input Jacobians read. */
import { dot } from '../base/linear-algebra.js';
import type { ScoreProgram } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import { differentiate } from '../kernels/gradients.js';

/** ∂ Σ logits / ∂ images, [batch, ...inputShape]; the batch's statistics depend on all images, as in the authors' code. */
export function inputJacobian(program: ScoreProgram): Value {
  const { builder: b, images } = program;
  const { logits } = program.pass();
  const ones = b.op('broadcast', [b.scalar(1)], { shape: b.shape(logits) });
  return differentiate(b, logits, [images], ones)[0];
}

/**
 * Pearson's correlations between rows, row-major [rows, rows]; NaN where a row is constant.
 * @param matrix row-major [rows, columns]
 */
export function rowCorrelations(matrix: ArrayLike<number>, rows: number): Float64Array {
  const columns = matrix.length / rows;
  const standardized = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row++) standardizeRow(matrix, standardized, row * columns, columns);
  const correlations = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      correlations[i * rows + j] = dot(standardized, i * columns, standardized, j * columns, columns);
      correlations[j * rows + i] = correlations[i * rows + j];
    }
  }
  return correlations;
}

/** To mean 0 and length 1. */
function standardizeRow(from: ArrayLike<number>, to: Float64Array, start: number, length: number): void {
  let mean = 0;
  for (let i = start; i < start + length; i++) mean += from[i] / length;
  let squares = 0;
  for (let i = start; i < start + length; i++) squares += (from[i] - mean) ** 2;
  for (let i = start; i < start + length; i++) to[i] = (from[i] - mean) / Math.sqrt(squares);
}
