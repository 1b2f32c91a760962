/** Small dense linear algebra in float64, row-major. */

/**
 * log |det A| of a square matrix by Gaussian elimination with partial pivoting; −∞ where A is singular.
 * @param matrix row-major [size, size]; not changed.
 */
export function logAbsoluteDeterminant(matrix: ArrayLike<number>, size: number): number {
  const a = Float64Array.from(matrix);
  let logDeterminant = 0;
  for (let k = 0; k < size; k++) {
    const pivot = pivotRow(a, size, k);
    const value = a[pivot * size + k];
    if (value === 0) return Number.NEGATIVE_INFINITY;
    if (pivot !== k) swapRows(a, size, pivot, k);
    logDeterminant += Math.log(Math.abs(value));
    eliminateBelow(a, size, k);
  }
  return logDeterminant;
}

function pivotRow(a: Float64Array, size: number, column: number): number {
  let best = column;
  for (let row = column + 1; row < size; row++) {
    if (Math.abs(a[row * size + column]) > Math.abs(a[best * size + column])) best = row;
  }
  return best;
}

function swapRows(a: Float64Array, size: number, first: number, second: number): void {
  for (let column = 0; column < size; column++) {
    const held = a[first * size + column];
    a[first * size + column] = a[second * size + column];
    a[second * size + column] = held;
  }
}

function eliminateBelow(a: Float64Array, size: number, k: number): void {
  const pivot = a[k * size + k];
  for (let row = k + 1; row < size; row++) {
    const factor = a[row * size + k] / pivot;
    if (factor === 0) continue;
    for (let column = k; column < size; column++) a[row * size + column] -= factor * a[k * size + column];
  }
}

/**
 * x of A x = b for a symmetric positive definite A, by Cholesky's decomposition A = L Lᵀ.
 * @param matrix row-major [n, n]; not changed. @param right [n]
 */
export function solvePositiveDefinite(matrix: ArrayLike<number>, right: ArrayLike<number>): Float64Array {
  const size = right.length;
  const lower = Float64Array.from(matrix);
  const x = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let value = lower[row * size + column];
      for (let k = 0; k < column; k++) value -= lower[row * size + k] * lower[column * size + k];
      lower[row * size + column] = row === column ? Math.sqrt(value) : value / lower[column * size + column];
    }
    for (let k = 0; k < row; k++) x[row] -= lower[row * size + k] * x[k];
    x[row] /= lower[row * size + row];
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) x[row] -= lower[k * size + row] * x[k];
    x[row] /= lower[row * size + row];
  }
  return x;
}
