/** A strategy that trains what it proposes, on spaces of each kind that no other test searches: real scores, trainings and fits. */
import { describe, expect, test } from 'vitest';
import { search } from '../../src/search/search.js';
import { inlinePool } from '../../src/workers/inline-pool.js';
import { folder, smallRun } from '../unit/search/fixtures.js';

/** Two trainings before the first fit, so that the third is proposed by what was learned. */
const STRATEGY = {
  sampler: 'nascent',
  samplerOptions: { initial: 2, draws: 2, batch: 1, pool: 20 },
  learnsFrom: 'evaluations',
} as const;

const SPACES = ['resnext', 'mobilenet-v3', 'transnas-bench-101-micro', 'transnas-bench-101-macro'];

describe.each(SPACES)('a strategy on %s', (space) => {
  test('proposes, trains, fits and ends with the best', { timeout: 120_000 }, async () => {
    const small = { ...smallRun(folder()), data: 'synthetic:train=40,test=10', scoreBatch: 8, formats: [] };
    const recipe = { epochs: 1, batchSize: 8, warmupEpochs: 0, learningRate: 0.05 };
    const run = search({ ...small, ...STRATEGY, space, recipe, count: 20, train: 3, pool: inlinePool() });
    let fits = 0;
    for await (const { type } of run) if (type === 'predictor-fitted') fits++;
    const { trained, best } = await run.result;
    expect(trained).toHaveLength(3);
    expect(fits).toBeGreaterThan(0);
    for (const { failure } of trained) expect(failure).toBeUndefined();
    expect(trained.map(({ evaluation }) => evaluation)).toContain(best?.evaluation);
  });
});
