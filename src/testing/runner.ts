/** The parts of a test runner that conformance suites use: Vitest's, Jest's and node:test's with an `expect` fit. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown;
  it(name: string, test: () => void | Promise<void>): unknown;
  expect(actual: unknown, message?: string): Expectation;
}

export interface Expectation {
  toBe(expected: unknown): unknown;
  toEqual(expected: unknown): unknown;
  toBeLessThan(expected: number): unknown;
  toBeLessThanOrEqual(expected: number): unknown;
  toBeGreaterThan(expected: number): unknown;
}
