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
 * x of A x = b for a symmetric positive definite A, by Cholesky's decomposition A = L Lᵀ; NaN where A is not positive definite.
 * @param matrix row-major [n, n]; not changed. @param right [n]
 */
export function solvePositiveDefinite(matrix: ArrayLike<number>, right: ArrayLike<number>): Float64Array {
  const size = right.length;
  const lower = choleskyFactor(matrix, size);
  return lower === undefined ? new Float64Array(size).fill(Number.NaN) : solveFactored(lower, right);
}

/**
 * The lower triangular L of A = L Lᵀ, row-major [size, size], zeros above the diagonal; undefined where A is not positive definite.
 * @param matrix symmetric, row-major [size, size]; only its lower half is read, and it is not changed
 */
export function choleskyFactor(matrix: ArrayLike<number>, size: number): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const start = row * size;
    for (let column = 0; column < row; column++) {
      const above = column * size;
      lower[start + column] =
        (matrix[start + column] - dot(lower, start, lower, above, column)) / lower[above + column];
    }
    const square = matrix[start + row] - dot(lower, start, lower, start, row);
    if (!(square > 0)) return undefined;
    lower[start + row] = Math.sqrt(square);
  }
  return lower;
}

/** x of L Lᵀ x = b. @param lower row-major [n, n] @param right [n]; not changed */
export function solveFactored(lower: Float64Array, right: ArrayLike<number>): Float64Array {
  const size = right.length;
  const x = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    x[row] = (x[row] - dot(lower, row * size, x, 0, row)) / lower[row * size + row];
  }
  for (let row = size - 1; row >= 0; row--) {
    const value = x[row] / lower[row * size + row];
    x[row] = value;
    for (let column = 0; column < row; column++) x[column] -= lower[row * size + column] * value;
  }
  return x;
}

/** (L⁻¹)ᵀ of a lower triangular L, both row-major [size, size]: the transpose, because its rows are what comes next is made of. */
export function inverseTransposed(lower: Float64Array, size: number): Float64Array {
  const upper = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const diagonal = lower[row * size + row];
    for (let column = 0; column < row; column++) {
      const sum = dot(lower, row * size + column, upper, column * size + column, row - column);
      upper[column * size + row] = -sum / diagonal;
    }
    upper[row * size + row] = 1 / diagonal;
  }
  return upper;
}

/** Σ a[startA + i]·b[startB + i] over `length` elements; four running sums, which a processor adds side by side. */
export function dot(a: Float64Array, startA: number, b: Float64Array, startB: number, length: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let i = startA;
  let j = startB;
  for (const end = startA + length - 3; i < end; i += 4, j += 4) {
    first += a[i] * b[j];
    second += a[i + 1] * b[j + 1];
    third += a[i + 2] * b[j + 2];
    fourth += a[i + 3] * b[j + 3];
  }
  for (const end = startA + length; i < end; i++, j++) first += a[i] * b[j];
  return first + second + (third + fourth);
}
