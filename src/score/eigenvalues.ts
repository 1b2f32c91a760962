/** Eigenvalues of symmetric matrices. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { NascentError } from '../base/errors.js';

/**
 * In ascending order.
 * @param matrix symmetric, row-major [size, size]
 * @throws NascentError `machine` where an entry is not finite: such a matrix has none
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): number[] {
  if (!matrix.every(Number.isFinite)) {
    throw new NascentError('machine', 'Expected a matrix of finite numbers to find eigenvalues of, got others.');
  }
  const { realEigenvalues } = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), {
    assumeSymmetric: true,
  });
  return realEigenvalues.sort((a, b) => a - b);
}
