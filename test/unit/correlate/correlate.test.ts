/** Whole correlations on small tables, with a ledger: what is computed, kept, shared, and said. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { hash32 } from '../../../src/base/hash.js';
import { catalog, namesOf } from '../../../src/catalog.js';
import type { Job, JobResults, ScoreJob, WorkerPool } from '../../../src/contracts/job.js';
import type { Metric, ScoreResult } from '../../../src/contracts/metric.js';
import { type CorrelateProgress, correlate } from '../../../src/correlate/correlate.js';
import type { CorrelateOptions } from '../../../src/correlate/options.js';
import { study } from '../../../src/study/study.js';
import { inlinePool } from '../../../src/workers/inline-pool.js';
import { accuracy, CELLS, folder, space, tableFile } from '../study/fixtures.js';

const cells = CELLS.filter((_, i) => i % 150 === 11);
const COLUMNS = {
  c10_test_200: accuracy,
  c10_val_200: (cell: (typeof cells)[number]) => accuracy(cell) - 1,
  c10_test_12: () => 50,
};

/** A pool that makes numbers up, and tells what it was asked. */
function fakePool(scoreOf: (job: ScoreJob, metric: string) => ScoreResult = hashed): WorkerPool & { jobs: ScoreJob[] } {
  const jobs: ScoreJob[] = [];
  const run = async (job: Job): Promise<JobResults['score']> => {
    if (job.kind !== 'score') throw new Error('only scores');
    jobs.push(job);
    const scores = Object.fromEntries(job.metrics.map((metric) => [metric, scoreOf(job, metric)]));
    return { scores, cost: { parameters: 1, multiplyAdds: 1 }, seconds: 0.5 };
  };
  return { size: 2, jobs, run: run as WorkerPool['run'], close: async () => {} };
}

function hashed({ network, seed, data }: ScoreJob, metric: string): ScoreResult {
  return { value: hash32([network.architecture, seed, data.seed, metric].join()) % 1000 };
}

function options(given: Partial<CorrelateOptions> = {}): CorrelateOptions & { readonly ledger: string } {
  return {
    ...{ space: 'nas-bench-201', table: tableFile(cells, COLUMNS), dataset: 'cifar10' },
    ...{ data: 'synthetic:train=40,test=10', metrics: ['naswot', 'snip'] },
    ...{ scoreBatch: 8, scoreSkeleton: { channels: 4, cells: 1 }, bootstrap: 20, pool: fakePool() },
    ledger: join(folder(), 'ledger.sqlite'),
    ...given,
  };
}

async function heard(given: CorrelateOptions) {
  const progress: CorrelateProgress[] = [];
  return { result: await correlate(given, (each) => progress.push(each)), progress };
}

const formsOf = (view: 'function' | 'activations') =>
  new Set(cells.map((cell) => space.format(space.canonical(cell, view))));

afterEach(() => {
  delete catalog.metrics.mine;
});

describe('a correlation', () => {
  test('says what it compared, and has the baselines beside what was asked for', async () => {
    const given = options({ count: 30 });
    const { result } = await heard(given);
    expect(result).toMatchObject({
      accuracy: { dataset: 'cifar10', split: 'test', epochs: 200, trial: 'mean' },
      ...{ population: 'all', populationSize: cells.length, count: 30, seed: 1, scoreBatch: 8, engine: 'onnxruntime' },
      repeats: [{ seed: 1, batchSeed: 1 }],
      skeleton: { channels: 4, cells: 1, classes: 10 },
    });
    expect(result.metrics.map(({ metric }) => metric)).toEqual(['naswot', 'snip', 'parameters', 'multiply-adds']);
    expect(result.architectures).toHaveLength(30);
    for (const [i, text] of result.architectures.entries()) {
      expect(result.accuracies[i]).toBeCloseTo(accuracy(space.parse(text)) / 100, 9);
    }
    const validation = await correlate({ ...given, split: 'validation', epochs: 200 });
    expect(validation.accuracy).toMatchObject({ split: 'validation', epochs: 200 });
  });

  test('scores each form once by all metrics that see it so, in one job', async () => {
    const pool = fakePool();
    await correlate(options({ pool, metrics: ['naswot', 'snip', 'synflow', 'parameters', 'multiply-adds'] }));
    const byForm = new Map(pool.jobs.map(({ network, metrics }) => [network.architecture, metrics]));
    expect(byForm.size).toBe(pool.jobs.length);
    const seenBy = (metric: string) => [...byForm].filter(([, own]) => own.includes(metric)).map(([form]) => form);
    expect(new Set(seenBy('snip'))).toEqual(formsOf('function'));
    expect(new Set(seenBy('naswot'))).toEqual(formsOf('activations'));
    expect(new Set(seenBy('parameters'))).toEqual(new Set(cells.map((cell) => space.format(cell))));
    for (const form of formsOf('function'))
      expect(byForm.get(form)).toEqual(expect.arrayContaining(['snip', 'synflow']));
  });

  test('of all metrics has every entry of the catalogue', async () => {
    const { metrics } = await correlate(options({ metrics: 'all', count: 20 }));
    expect(metrics.map(({ metric }) => metric)).toEqual(namesOf('metrics'));
  });

  test('computes only what the ledger lacks, whatever else was asked for with it', async () => {
    const given = options({ metrics: ['snip', 'naswot'] });
    const first = await heard(given);
    expect(first.progress.every(({ reused }) => !reused)).toBe(true);
    expect(first.progress[first.progress.length - 1]).toMatchObject({
      done: first.progress.length,
      of: first.progress.length,
    });
    const pool = fakePool();
    const again = await heard({ ...given, pool, metrics: ['naswot'] });
    expect(pool.jobs).toEqual([]);
    expect(again.progress.every(({ reused }) => reused)).toBe(true);
    expect(again.result.metrics[0]).toEqual(first.result.metrics[1]);
    await correlate({ ...given, pool, metrics: ['naswot', 'snip', 'fisher'] });
    expect(pool.jobs.map(({ metrics }) => metrics)).toEqual(pool.jobs.map(() => ['fisher']));
  });

  test('goes on where it was stopped', async () => {
    const controller = new AbortController();
    const pool = fakePool();
    const given = options({ pool, signal: controller.signal });
    const stopped = correlate(given, ({ done }) => {
      if (done === 25) controller.abort();
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const begun = pool.jobs.length;
    expect(begun).toBeLessThan(40);
    const { progress, result } = await heard({ ...given, signal: undefined });
    expect(progress.filter(({ reused }) => reused)).toHaveLength(begun);
    expect(result.metrics).toEqual((await correlate(options({ table: given.table }))).metrics);
  });
});

describe('repeats', () => {
  test('are over weights and batches, batch by batch', async () => {
    const pool = fakePool();
    const given = options({ pool, metrics: ['snip'], seeds: 2, batches: 3, scoreSeed: 7, count: 20 });
    const { repeats, metrics } = await correlate(given);
    const expected = [7, 8, 9].flatMap((batchSeed) => [7, 8].map((seed) => ({ seed, batchSeed })));
    expect(repeats).toEqual(expected);
    expect([...new Set(pool.jobs.map(({ seed, data }) => `${seed} ${data.seed}`))]).toEqual(
      expected.map(({ seed, batchSeed }) => `${seed} ${batchSeed}`),
    );
    expect(metrics[0].scores).toHaveLength(6);
    expect(metrics[0].agreement).toBeDefined();
    // What one repeat alone has is there already.
    const one = fakePool();
    await correlate({ ...given, pool: one, seeds: 1, batches: 1, scoreSeed: 8 });
    expect(one.jobs).toEqual([]);
  });
});

describe('failures', () => {
  const unlucky = (text: string) => hash32(text) % 4 === 0;

  test('rank last and are told with the first reason', async () => {
    const scoreOf = (job: ScoreJob, metric: string): ScoreResult =>
      metric === 'snip' && unlucky(job.network.architecture) ? { failure: 'the score is NaN' } : hashed(job, metric);
    const { metrics, architectures } = await correlate(options({ pool: fakePool(scoreOf) }));
    const snip = metrics.find(({ metric }) => metric === 'snip')!;
    const failed = architectures.filter((text) =>
      unlucky(space.format(space.canonical(space.parse(text), 'function'))),
    );
    expect(snip).toMatchObject({ failures: failed.length, failure: 'the score is NaN' });
    expect(snip.scores[0].filter((score) => score === null)).toHaveLength(failed.length);
    expect(metrics[0]).toMatchObject({ metric: 'naswot', failures: 0 });
    expect(metrics[0]).not.toHaveProperty('failure');
  });

  test('of a whole program are those of the metric that cannot be computed alone either', async () => {
    const scoreOf = (job: ScoreJob, metric: string): ScoreResult => {
      if (job.metrics.includes('snip') && unlucky(job.network.architecture)) throw new Error('out of luck');
      return hashed(job, metric);
    };
    const { metrics } = await correlate(options({ pool: fakePool(scoreOf), metrics: ['synflow', 'snip'] }));
    expect(metrics[0].failures).toBe(0);
    expect(metrics[1].failures).toBeGreaterThan(0);
    expect(metrics[1].failure).toBe('out of luck');
  });

  test('that concern everything end it with their sentence', async () => {
    await expect(correlate(options({ scoreBatch: 400 }))).rejects.toThrow('Expected `scoreBatch` to be a whole number');
    const missing = options({ metrics: ['naswto'] });
    await expect(correlate(missing)).rejects.toThrow('Did you mean "naswot"?');
  });
});

describe('directions and fusions', () => {
  test('a score that is better when lower ranks so, alone and in a fusion', async () => {
    const byAccuracy = (sign: number): ((job: ScoreJob) => ScoreResult) => {
      return ({ network }) => ({ value: sign * accuracy(space.parse(network.architecture)) });
    };
    const table = tableFile(cells, { c10_test_200: (cell) => accuracy(space.canonical(cell, 'function')) });
    const naswot = await catalog.metrics.snip();
    const mine: Metric = { ...naswot, name: 'mine', higherIsBetter: false };
    catalog.metrics.mine = async () => mine;
    const scoreOf = (job: ScoreJob, metric: string) => byAccuracy(metric === 'mine' ? -1 : 1)(job);
    const fusions = [{ name: 'both', rule: 'log-rank', of: ['mine', 'snip'] }];
    const { metrics } = await correlate(options({ table, pool: fakePool(scoreOf), metrics: ['mine'], fusions }));
    const taus = Object.fromEntries(metrics.map(({ metric, kendall }) => [metric, kendall]));
    expect(taus).toMatchObject({ mine: 1, snip: 1, both: 1 });
    expect(metrics[metrics.length - 1]).toMatchObject({ metric: 'both', fusion: { rule: 'log-rank' }, failures: 0 });
  });

  test.each([
    [{ name: 'x', rule: 'log-rnk', of: ['snip', 'naswot'] }, 'Did you mean "log-rank"?'],
    [{ name: 'x', rule: 'vote', of: ['snip', 'snip'] }, 'two or more different ones'],
    [{ name: 'snip', rule: 'vote', of: ['snip', 'naswot'] }, 'one that no metric and no other fusion has'],
    [{ name: 'x', rule: 'vote', of: ['snp', 'naswot'] }, 'Did you mean "snip"?'],
  ])('%j is refused', async (fusion, sentence) => {
    await expect(correlate(options({ fusions: [fusion] }))).rejects.toThrow(sentence);
  });
});

describe('real scores', () => {
  test('are those of a study under equal settings, and found by it', async () => {
    const given = options({ pool: inlinePool(), metrics: ['naswot'], count: 12 });
    const { architectures, metrics } = await correlate(given);
    const naswot = new Map(architectures.map((text, i) => [text, metrics[0].scores[0][i]]));
    const database = new Database(given.ledger);
    database.prepare('UPDATE study_scores SET seconds = 1000').run();
    database.close();
    const { space: name, table, dataset, data, ledger, scoreBatch, scoreSkeleton } = given;
    const scored = tableFile(
      architectures.map((text) => space.parse(text)),
      { c10_val_200: accuracy },
    );
    const strategies = [{ name: 'top', sampler: 'top-scored', options: { draws: 12 } }];
    const shared = { ...{ space: name, dataset, data, ledger, scoreBatch, scoreSkeleton }, table: scored };
    const result = await study({ ...shared, strategies, seeds: 1, samples: 1, workers: 1, metric: 'naswot' });
    expect(table).not.toBe(scored);
    // Every score took the impossible time that was written over those of the correlation.
    const [{ scored: count, scoringSeconds }] = result.strategies;
    expect(count).toBeGreaterThan(1);
    expect(scoringSeconds).toBe(1000 * count);
    expect([...naswot.values()].every((value) => typeof value === 'number')).toBe(true);
  });

  test('of several metrics together are those of each alone', async () => {
    const together = await correlate(options({ pool: inlinePool(), metrics: ['naswot', 'snip', 'synflow'], count: 6 }));
    for (const [i, metric] of ['naswot', 'snip', 'synflow'].entries()) {
      const alone = await correlate(options({ pool: inlinePool(), metrics: [metric], count: 6 }));
      expect(together.metrics[i].metric).toBe(metric);
      for (const [j, score] of alone.metrics[0].scores[0].entries()) {
        expect(together.metrics[i].scores[0][j]).toBeCloseTo(score!, 3);
      }
    }
  });
});
