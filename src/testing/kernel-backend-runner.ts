/** How results are compared with the runner's `expect`. */
import type { Tensor } from '../contracts/kernel-backend.js';
import { worstError } from './kernel-backend-programs.js';
import type { TestRunner } from './runner.js';

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
