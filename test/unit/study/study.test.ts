/** Whole studies on small tables, with worker threads and a ledger. */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/hash.js';
import { random } from '../../../src/base/random.js';
import { packageVersion } from '../../../src/base/version.js';
import { catalog, resolve } from '../../../src/catalog.js';
import type { SamplerFactory } from '../../../src/contracts/sampler.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import type { StudyRunResult } from '../../../src/contracts/study.js';
import { labelsOf } from '../../../src/study/labels.js';
import type { StudyOptions } from '../../../src/study/options.js';
import { type StudyProgress, type StudyResult, study } from '../../../src/study/study.js';
import { importTable } from '../../../src/tables/import.js';
import { openTable } from '../../../src/tables/open.js';
import { inlinePool } from '../../../src/workers/inline-pool.js';
import { accuracy, CELLS, folder, space, tableFile } from './fixtures.js';

const cells = CELLS.filter((_, i) => i % 80 === 3);
const COLUMNS = {
  c10_val_12: (_: unknown, row: number) => 50 + row / 10,
  c10_val_200: accuracy,
  c10_test_200: (cell: (typeof cells)[number], row: number) => (row % 3 === 0 ? undefined : accuracy(cell) - 1),
};

function options(given: Partial<StudyOptions> = {}): StudyOptions & { readonly ledger: string } {
  const table = given.table ?? tableFile(cells, COLUMNS);
  const ledger = join(folder(), 'ledger.sqlite');
  return {
    ...{ space: 'nas-bench-201', dataset: 'cifar10', strategies: ['random', 'evolution'] },
    ...{ seeds: 3, samples: 30, workers: 2, ledger },
    ...given,
    table,
  };
}

async function heard(given: StudyOptions): Promise<{ result: StudyResult; progress: StudyProgress[] }> {
  const progress: StudyProgress[] = [];
  return { result: await study(given, (each) => progress.push(each)), progress };
}

async function refusalOf(given: StudyOptions): Promise<{ refusal: unknown; progress: StudyProgress[] }> {
  const progress: StudyProgress[] = [];
  const refusal = await study(given, (each) => progress.push(each)).catch((thrown: unknown) => thrown);
  return { refusal, progress };
}

/** Runs of a study that would be taken from the ledger. */
async function reusable(given: StudyOptions): Promise<number> {
  let reused = 0;
  const signal = AbortSignal.abort();
  const attempt = study({ ...given, signal }, (each) => {
    reused += Number(each.reused);
  });
  await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
  return reused;
}

/** What the ledger holds of runs, without the times. */
function keptOrders(ledger: string): Record<string, readonly number[]> {
  const database = new Database(ledger, { readonly: true });
  const rows = database.prepare<[], { key: string; result: string }>('SELECT key, result FROM study_runs').all();
  database.close();
  return Object.fromEntries(rows.map(({ key, result }) => [key, (JSON.parse(result) as StudyRunResult).order]));
}

function change(ledger: string, sql: string): unknown {
  const database = new Database(ledger);
  try {
    const statement = database.prepare(sql);
    return statement.reader ? statement.all() : statement.run().changes;
  } finally {
    database.close();
  }
}

/** Without what differs from one time to the next. */
const lasting = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value, (key, entry) => (/seconds/i.test(key) ? undefined : entry)));

describe('a study', () => {
  test('says what it searched, tells of every run, and comes to the same again with any number of workers', async () => {
    const given = options({ strategies: ['random', 'evolution', 'nascent'], seeds: 2 });
    const { result, progress } = await heard(given);
    const best = Math.max(...cells.map(accuracy)) / 100;
    const row = cells.findIndex((cell) => accuracy(cell) / 100 === best);
    expect(result).toMatchObject({
      ...{ space: 'nas-bench-201', dataset: 'cifar10', epochs: 200, architectures: cells.length },
      optimum: { validation: best, rows: [row], architectures: [space.format(cells[row])], count: 1 },
      spaceSize: 15_625,
    });
    expect(result.strategies.map(({ name, seeds, samples }) => [name, seeds, samples])).toEqual([
      ['random', 2, 30],
      ['evolution', 2, 30],
      ['nascent', 2, 30],
    ]);
    expect(progress.map(({ done, of, reused }) => [done, of, reused])).toEqual(
      [1, 2, 3, 4, 5, 6].map((done) => [done, 6, false]),
    );
    const found = progress.filter(({ samplesToOptimum }) => samplesToOptimum !== undefined);
    expect(found).toHaveLength(result.strategies.reduce((sum, { successes }) => sum + successes, 0));

    // What each run found, by strategy and seed; the listener heard the same as they ended.
    expect(result.runs.map(({ strategy, seed }) => [strategy, seed])).toEqual(
      ['random', 'evolution', 'nascent'].flatMap((name) => [1, 2].map((seed) => [name, seed])),
    );
    for (const { strategy, seed, architecture, validation, test, samplesToOptimum } of result.runs) {
      const told = progress.find((each) => each.strategy === strategy && each.seed === seed);
      expect(told).toMatchObject({ architecture, validation, ...(samplesToOptimum && { samplesToOptimum }) });
      const at = cells.findIndex((cell) => space.format(cell) === architecture);
      expect(validation).toBeCloseTo(accuracy(cells[at]) / 100, 12);
      // Of every third row there is none.
      expect(test).toEqual(at % 3 === 0 ? undefined : expect.closeTo((accuracy(cells[at]) - 1) / 100, 12));
      expect(samplesToOptimum !== undefined).toBe(validation === best);
    }

    const alone = { ...given, workers: 1, ledger: options().ledger };
    expect(lasting(await study(alone))).toEqual(lasting(result));
    // Keys too: neither the ledger's place nor the number of workers is in them.
    expect(keptOrders(alone.ledger)).toEqual(keptOrders(given.ledger));
    for (const order of Object.values(keptOrders(given.ledger))) expect(new Set(order).size).toBe(order.length);
  });

  test('takes what is there from the ledger, and computes only what is not', async () => {
    const given = options();
    const first = await heard(given);
    // What nobody could compute: if it is told again, it was read.
    change(given.ledger, `UPDATE study_runs SET result = json_set(result, '$.seconds', 12345)`);
    const again = await heard(given);
    expect(again.progress.map(({ reused }) => reused)).toEqual(Array(6).fill(true));
    expect(again.result.strategies.map(({ seconds }) => seconds)).toEqual([12_345, 12_345]);
    expect(lasting(again.result)).toEqual(lasting(first.result));
    const more = await heard({ ...given, seeds: 4 });
    expect(
      more.progress
        .filter(({ reused }) => !reused)
        .map(({ strategy, seed }) => [strategy, seed])
        .sort(),
    ).toEqual([
      ['evolution', 4],
      ['random', 4],
    ]);
    expect(more.result.strategies.map(({ seeds }) => seeds)).toEqual([4, 4]);
  });

  test('may be done in parts, at once and with one ledger', async () => {
    const given = options();
    const parts = [
      { first: 1, last: 2 },
      { first: 3, last: 4 },
    ].map((seeds) => study({ ...given, seeds, workers: 1 }));
    for (const [index, { runs }] of (await Promise.all(parts)).entries()) {
      const seeds = [2 * index + 1, 2 * index + 2];
      expect(runs.map(({ seed }) => seed)).toEqual([...seeds, ...seeds]);
    }
    const whole = await heard({ ...given, seeds: 4 });
    expect(whole.progress.map(({ reused }) => reused)).toEqual(Array(8).fill(true));
    const apart = await study(options({ seeds: { first: 4, last: 4 } }));
    expect(apart.runs).toEqual(whole.result.runs.filter(({ seed }) => seed === 4));
  });

  test('names the first of optima that are equal, and counts them', async () => {
    const table = tableFile(cells, { c10_val_200: (_, row) => (row % 2 === 0 ? 90 : 50) });
    const { optimum } = await study(options({ table, strategies: ['random'], seeds: 1, samples: 3 }));
    const rows = [0, 2, 4, 6, 8];
    const architectures = rows.map((row) => space.format(cells[row]));
    expect(optimum).toEqual({ validation: 0.9, rows, architectures, count: Math.ceil(cells.length / 2) });
  });

  test('has samplers of the program itself in its own process, and runs them again when they have changed', async () => {
    const given = options({ strategies: ['first', 'random'], seeds: 2, pool: inlinePool() });
    const listing = (from: number): SamplerFactory =>
      from === 0
        ? ({ pool }) => ({ name: 'first', needs: (index) => index, propose: (index) => pool![index] })
        : ({ pool }) => ({ name: 'last', needs: (index) => index, propose: (index) => pool!.at(-1 - index)! });
    try {
      catalog.samplers.first = async () => listing(0);
      const { runs } = await study({ ...given, toTheEnd: true, samples: 5 });
      const best = cells.slice(0, 5).toSorted((a, b) => accuracy(b) - accuracy(a))[0];
      expect(runs.slice(0, 2).map(({ architecture }) => architecture)).toEqual([best, best].map(space.format));
      const alone = { ...given, toTheEnd: true, samples: 5, strategies: ['random'] };
      // What ships has the key that it has in worker threads.
      expect(await reusable({ ...alone, pool: undefined })).toBe(2);
      expect(await reusable({ ...given, toTheEnd: true, samples: 5 })).toBe(4);
      catalog.samplers.first = async () => listing(1);
      expect(await reusable({ ...given, toTheEnd: true, samples: 5 })).toBe(2);
    } finally {
      delete catalog.samplers.first;
    }
  });

  test('goes on where it was stopped', async () => {
    const given = options({ seeds: 6, workers: 1 });
    const controller = new AbortController();
    const stopped = study({ ...given, signal: controller.signal }, ({ done }) => {
      if (done === 4) controller.abort();
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const kept = keptOrders(given.ledger);
    expect(Object.keys(kept)).toHaveLength(4);
    const { result, progress } = await heard(given);
    expect(progress.filter(({ reused }) => reused)).toHaveLength(4);
    expect(keptOrders(given.ledger)).toMatchObject(kept);
    expect(lasting(result)).toEqual(lasting(await study({ ...given, ledger: options().ledger })));
  });

  test('ends with the sentence of a run that fails, and keeps the others', async () => {
    const file = join(folder(), 'broken.mjs');
    const whole = join(import.meta.dirname, '../../../search-spaces/nas-bench-201/index.ts');
    const broken = '{ ...nasBench201(), mutate() { throw new Error("no mutants"); } }';
    writeFileSync(file, `import { nasBench201 } from ${JSON.stringify(whole)};\nexport default () => (${broken});\n`);
    const given = options({ space: file, seeds: 2, workers: 1 });
    await expect(study(given)).rejects.toThrow('no mutants');
    expect(Object.keys(keptOrders(given.ledger))).toHaveLength(2);
  });

  const refused: readonly (readonly [string, StudyOptions['strategies'], string])[] = [
    [
      'an option that it does not know',
      ['random', { name: 'mine', sampler: 'evolution', options: { populatoin: 3 } }],
      'Strategy mine: Expected an option of the sampler evolution to be one of population, tournament, lag, got "populatoin". Did you mean "population"?',
    ],
    [
      'an option out of range',
      ['random', { name: 'mine', sampler: 'weaknas', options: { batch: 0 } }],
      'Strategy mine: Expected `batch` to be a whole number of at least 1, got 0.',
    ],
    [
      'scores without data',
      ['random', 'area'],
      'Strategy area: Expected `data` for the scores to be given, since the sampler ranks draws by them, got nothing.',
    ],
  ];
  test.each(refused)('runs none of its strategies where one has %s', async (_, strategies, message) => {
    const given = options({ strategies, workers: 1 });
    const { progress, refusal } = await refusalOf(given);
    expect(refusal).toMatchObject({ code: 'usage', exitCode: 2, message });
    expect(progress).toEqual([]);
    expect(existsSync(given.ledger)).toBe(false);
  });
});

describe('what decides a run', () => {
  test('is all that changes its result, and nothing that does not', async () => {
    const strategies = [{ name: 'mine', sampler: 'evolution', options: { population: 4 } }];
    const given = options({ strategies, seeds: 2, samples: 8, workers: 1 });
    await study(given);
    const stop = { ...given, seeds: 3 };
    expect(await reusable(stop)).toBe(2);
    // Neither names nor paths.
    const [mine] = strategies;
    expect(await reusable({ ...stop, strategies: [{ ...mine, name: 'renamed' }] })).toBe(2);
    const moved = join(folder(), 'moved.csv');
    renameSync(given.table, moved);
    expect(await reusable({ ...stop, table: moved })).toBe(2);
    const store = join(folder(), 'imported');
    await importTable(moved, store, { spaceOf: async () => space as never });
    expect(await reusable({ ...stop, table: store })).toBe(2);
    // But the strategy, its options, the samples, the data set's epochs, and what the table holds.
    const table = moved;
    const changed = tableFile(cells, { ...COLUMNS, c10_test_200: (cell) => accuracy(cell) - 2 });
    for (const other of [
      { strategies: [{ ...mine, sampler: 'random', options: {} }] },
      { strategies: [{ ...mine, options: { population: 5 } }] },
      { samples: 9 },
      { toTheEnd: true },
      { epochs: 12 },
      { scoreBudget: 7 },
      { table: changed },
    ]) {
      expect(await reusable({ ...stop, table, ...other })).toBe(0);
    }
  });
});

describe('labels of single trials', () => {
  /** Every fourth has one training only, which is not among the best. */
  const noisy = (trial: number) => (cell: (typeof cells)[number], row: number) => {
    if (row % 4 === 0) return trial === 777 ? accuracy(cell) / 2 : undefined;
    return accuracy(cell) / 2 + 50 * random('noise').child(trial, row).uniform();
  };
  const TRIALS = { ...COLUMNS, c10_val_200_s777: noisy(777), c10_val_200_s888: noisy(888) };
  const strategies = ['random', 'local-search'];

  /** The rows with which runs ended: their optima. */
  const lastRows = (ledger: string) => Object.values(keptOrders(ledger)).map((order) => order[order.length - 1]);

  test('that a run draws decide what it searches for, the same for all strategies of a seed', async () => {
    const table = tableFile(cells, TRIALS);
    const given = options({ table, strategies, seeds: 6, samples: cells.length, trial: 'random' });
    const { result, progress } = await heard(given);
    expect(result).toMatchObject({ trial: 'random', architectures: cells.length });
    expect(result).not.toHaveProperty('optimum');
    expect(result.strategies.map(({ successRate }) => successRate)).toEqual([1, 1]);
    const labels = labelsOf(await openTable(table, space as SearchSpace), { dataset: 'cifar10', trial: 'random' });
    const optima = [1, 2, 3, 4, 5, 6].map((seed) => {
      const { validation, optimum } = labels.of(seed);
      return validation.indexOf(optimum);
    });
    expect(new Set(optima).size).toBeGreaterThan(1);
    expect(lastRows(given.ledger).sort()).toEqual([...optima, ...optima].sort());
    const means = strategies.map((name) => {
      const counts = progress.filter(({ strategy }) => strategy === name).map((each) => each.samplesToOptimum!);
      return counts.reduce((sum, count) => sum + count, 0) / 6;
    });
    expect(result.strategies.map(({ meanSamples }) => meanSamples)).toEqual(
      means.map((mean) => expect.closeTo(mean, 9)),
    );
  });

  test('are of the rows that have the trial', async () => {
    const result = await study(options({ table: tableFile(cells, TRIALS), strategies: ['random'], trial: 888 }));
    expect(result).toMatchObject({ trial: 888, architectures: cells.filter((_, row) => row % 4 !== 0).length });
    const values = cells.map((cell, row) => noisy(888)(cell, row) ?? 0);
    const best = Math.max(...values);
    expect(result.optimum).toMatchObject({ rows: [values.indexOf(best)] });
    expect(result.optimum!.validation).toBeCloseTo(best / 100, 12);
  });

  test('are never mixed with others: each has keys of its own, and what the table gives unasked has those of old', async () => {
    const given = options({ table: tableFile(cells, TRIALS), strategies: ['random'], seeds: 1, workers: 1 });
    const { checksum } = await study(given);
    const more = { ...given, seeds: 2 };
    expect(await reusable(more)).toBe(1);
    expect(await reusable({ ...more, trial: 'mean' })).toBe(1);
    for (const trial of ['random', 777, 888] as const) expect(await reusable({ ...more, trial })).toBe(0);
    // As they were before trials could be chosen.
    const run = {
      ...{ table: '', checksum, space: 'nas-bench-201', spaceOptions: {}, dataset: 'cifar10', epochs: 200 },
      ...{ strategy: { name: '', sampler: 'random', options: {} }, seed: 1, samples: 30, toTheEnd: false },
      ...{ scoreBudget: 500, engine: 'onnxruntime' },
    };
    const { version } = await (await resolve('engines', 'onnxruntime'))();
    const decisive = JSON.stringify([run, { nascent: packageVersion(), onnxruntime: version }]);
    expect(Object.keys(keptOrders(given.ledger))).toEqual([sha256(Buffer.from(decisive))]);
  });
});

describe('scores', () => {
  const SCORED = {
    data: 'synthetic:train=40,test=10',
    ...{ scoreBatch: 8, scoreSkeleton: { channels: 4, cells: 1 } },
  };

  test('are computed once for all runs, and not again by another study', async () => {
    const strategies = [{ name: 'area', sampler: 'area', options: { population: 3, draws: 9 } }];
    const given = options({ ...SCORED, strategies, seeds: 2, samples: 5, scoreBudget: 5 });
    const result = await study(given);
    const [{ scored, scoringSeconds }] = result.strategies;
    // Nine draws, but five may be scored.
    expect(scored).toBe(5);
    expect(scoringSeconds).toBeGreaterThan(0);
    const rows = () => change(given.ledger, 'SELECT key, architecture, value, failure FROM study_scores') as object[];
    const before = rows();
    expect(before.length).toBeGreaterThanOrEqual(5);
    expect(before.length).toBeLessThanOrEqual(10);
    // No run is left of them, and no score may be computed anew: they are marked by an impossible time.
    change(given.ledger, 'DELETE FROM study_runs');
    change(given.ledger, 'UPDATE study_scores SET seconds = 1000');
    const again = await study(given);
    expect(again.strategies[0].scoringSeconds).toBe(5000);
    expect(rows()).toEqual(before);
    expect(lasting(again)).toEqual(lasting(result));
  });
});
