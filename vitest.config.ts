import sortBy from 'lodash/sortBy.js';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Conformance suites are long, and their files short: begun last, as files by size are, one would run alone at the end. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return sortBy(await super.sort(files), ({ moduleId }) => !moduleId.includes('/conformance/'));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: native engines use threads of their own.
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
  },
});
