/** The test runner that the suite is given, and how results are compared with it. */
import type { Tensor } from '../contracts/kernel-backend.js';
import { worstError } from './kernel-backend-programs.js';

/** What the suite needs of a test runner (Vitest, Jest and node:test with an `expect` have it). */
export interface TestRunner {
  describe(name: string, define: () => void): void;
  it(name: string, test: () => Promise<void>): void;
  expect(actual: unknown, message?: string): Expectation;
}

export interface Expectation {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toBeLessThanOrEqual(expected: number): void;
}

/** Expects the same outputs: dtypes, shapes and whole numbers equal, floats within `tolerance`. */
export function expectTensors(
  expect: TestRunner['expect'],
  actual: Readonly<Record<string, Tensor>>,
  expected: Readonly<Record<string, Tensor>>,
  tolerance: number,
): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, { dtype, shape, data }] of Object.entries(expected)) {
    expect(actual[name].dtype, `dtype of ${name}`).toBe(dtype);
    expect([...actual[name].shape], `shape of ${name}`).toEqual([...shape]);
    const limit = dtype === 'int32' ? 0 : tolerance;
    expect(worstError(data, actual[name].data), `error of ${name}`).toBeLessThanOrEqual(limit);
  }
}
