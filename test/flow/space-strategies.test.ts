/** A strategy that trains what it proposes, on every space that ships: real scores, trainings and fits, as small as they can be. */
import { describe, expect, test } from 'vitest';
import { namesOf } from '../../src/catalog.js';
import { search } from '../../src/search/search.js';
import { inlinePool } from '../../src/workers/inline-pool.js';
import { folder, smallRun } from '../unit/search/fixtures.js';

/** Two trainings before the first fit, so that the third is proposed by what was learned. */
const STRATEGY = {
  sampler: 'nascent',
  samplerOptions: { initial: 2, draws: 2, batch: 1, pool: 20 },
  learnsFrom: 'evaluations',
} as const;

describe.each(namesOf('spaces'))('a strategy on %s', (space) => {
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
