/** One run of a study in this process: what its order follows from, and what several runs share. */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.js';
import { catalog } from '../../../src/catalog.js';
import type { SamplerContext } from '../../../src/contracts/sampler.js';
import type { StudyRun, StudyStore } from '../../../src/contracts/study.js';
import { openStudies } from '../../../src/log/studies.js';
import { labelsOf } from '../../../src/study/labels.js';
import { performRun, studyResources } from '../../../src/study/run.js';
import { openTable } from '../../../src/tables/open.js';
import { inlinePool } from '../../../src/workers/inline-pool.js';
import { accuracy, CELLS, folder, runOf, space, tableFile } from './fixtures.js';

const cells = CELLS.filter((_, i) => i % 90 === 8);
const noisy = (trial: number) => (_: unknown, row: number) => 50 + 40 * random('noise').child(trial, row).uniform();
const COLUMNS = { c10_val_12: noisy(1), c10_val_200: accuracy, c10_val_200_s777: noisy(2), c10_val_200_s888: noisy(3) };

const stores: StudyStore[] = [];

afterEach(() => {
  delete catalog.samplers.listening;
  for (const store of stores.splice(0)) store.close();
});

function resources(threads = 1) {
  const store = openStudies(join(folder(), 'ledger.sqlite'));
  stores.push(store);
  return studyResources(store, inlinePool(), threads);
}

/** A sampler of the test's own that is not told what it proposes, but keeps what it was told. */
function listening(told: SamplerContext<never>[]): string {
  catalog.samplers.listening = async () => (context) => {
    told.push(context as never);
    const { pool, random } = context;
    return { name: 'listening', needs: () => 0, propose: (index) => random.child(index).pick(pool!) };
  };
  return 'listening';
}

describe('a run', () => {
  test('follows from its seed, and from nothing that ran before it', async () => {
    const table = tableFile(cells, COLUMNS);
    const run = (seed: number): StudyRun => runOf({ table, seed, toTheEnd: true });
    const alone = await performRun(run(2), resources());
    expect(alone.order).toHaveLength(20);
    expect(alone).toMatchObject({ scored: 0, scoringSeconds: 0, fits: 0 });
    const shared = resources();
    const first = await performRun(run(1), shared);
    expect(first.order).not.toEqual(alone.order);
    expect((await performRun(run(2), shared)).order).toEqual(alone.order);
  });

  test('tells its strategy the rows as a pool, costs, predictors and its own stream', async () => {
    const told: SamplerContext<never>[] = [];
    const strategy = { name: 'mine', sampler: listening(told), options: { depth: 3 } };
    const table = tableFile(cells, COLUMNS);
    await performRun(runOf({ table, strategy, seed: 5 }), resources());
    // Its own, so that a sampler may hand it on with changes.
    expect(Object.keys(told[0])).toEqual(expect.arrayContaining(['space', 'pool', 'knowledge', 'predictor', 'report']));
    const [{ pool, options, knowledge, predictor, random: stream }] = told;
    expect(pool!.map(space.format)).toEqual(cells.map(space.format));
    expect(options).toEqual({ depth: 3 });
    expect(knowledge!.cost(cells[3] as never)).toEqual(space.cost!(cells[3]));
    expect(knowledge!.score).toBeUndefined();
    expect(stream.uniform()).toBe(random(5).child('sampling').uniform());
    const ridge = await predictor!('ridge', random(1));
    expect(ridge.name).toBe('ridge');
  });

  test('counts the fits of its strategy', async () => {
    const table = tableFile(cells, COLUMNS);
    const strategy = {
      ...{ name: 'weak', sampler: 'weaknas' },
      options: { predictor: 'ridge', initial: 5, batch: 5 },
    };
    // After 5, 10 and 15 of 20.
    expect(await performRun(runOf({ table, strategy, toTheEnd: true }), resources())).toMatchObject({ fits: 3 });
  });
});

describe('what runs share', () => {
  test('is the last table, whatever the seed; labels of random trials are those of the run', async () => {
    const table = tableFile(cells, COLUMNS);
    const { table: searched } = resources();
    const mean = await searched(runOf({ table }));
    expect((await searched(runOf({ table, seed: 2, samples: 3 }))).labels).toBe(mean.labels);
    const [one, two] = [
      await searched(runOf({ table, trial: 'random', seed: 1 })),
      await searched(runOf({ table, trial: 'random', seed: 2 })),
    ];
    expect(two.pool).toBe(one.pool);
    expect(one.pool).not.toBe(mean.pool);
    const expected = labelsOf(await openTable(table, space as never), { dataset: 'cifar10', trial: 'random' });
    expect(one.labels).toEqual(expected.of(1));
    expect(two.labels).toEqual(expected.of(2));
    expect(two.labels).not.toEqual(expected.of(1));
    expect((await searched(runOf({ table, trial: 888 }))).labels.validation[4]).toBeCloseTo(noisy(3)(0, 4) / 100, 12);
    expect((await searched(runOf({ table, epochs: 12 }))).labels.validation[4]).toBeCloseTo(noisy(1)(0, 4) / 100, 12);
  });

  test('are engines', async () => {
    const { engine } = resources();
    expect(await engine('reference')).toBe(await engine('reference'));
    expect((await engine('reference')).name).toBe('reference');
  });
});
