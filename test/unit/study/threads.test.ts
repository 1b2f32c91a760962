/** Runs of a study in worker threads of its own: results, refusals and deaths all come back. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import type { StudyRun } from '../../../src/contracts/study.js';
import { openStudies } from '../../../src/log/studies.js';
import { performRun, studyResources } from '../../../src/study/run.js';
import { type StudyThreads, studyThreads } from '../../../src/study/threads.js';
import { inlinePool } from '../../../src/workers/inline-pool.js';
import { accuracy, CELLS, folder, runOf, tableFile } from './fixtures.js';

const cells = CELLS.filter((_, i) => i % 200 === 9);
const opened: StudyThreads[] = [];

afterEach(async () => {
  for (const threads of opened.splice(0)) await threads.close();
});

async function threadsOf(size: number, ledger = join(folder(), 'ledger.sqlite'), signal?: AbortSignal) {
  const threads = await studyThreads(size, ledger, signal);
  opened.push(threads);
  return { threads, ledger };
}

const lasting = ({ order, scored, fits }: { order: readonly number[]; scored: number; fits: number }) => ({
  ...{ order, scored, fits },
});

const evolution = { name: 'evolution', sampler: 'evolution', options: { lag: 1, population: 4 } };

describe('worker threads of a study', () => {
  test('perform the same runs as this process, in whatever order', async () => {
    const table = tableFile(cells, { c10_val_200: accuracy });
    const runs = [1, 2, 3, 4].map((seed): StudyRun => runOf({ table, seed, strategy: evolution, toTheEnd: true }));
    const { threads } = await threadsOf(2);
    const far = await Promise.all(runs.toReversed().map((run) => threads.perform(run)));
    const store = openStudies(join(folder(), 'near.sqlite'));
    const near = studyResources(store, inlinePool(), 1);
    for (const [i, run] of runs.entries()) {
      expect(lasting(far[runs.length - 1 - i])).toEqual(lasting(await performRun(run, near)));
    }
    store.close();
  });

  test('keep scores in the ledger that they are told, and compute none that is there', async () => {
    const table = tableFile(cells, { c10_val_200: accuracy });
    const scores = {
      ...{ metric: 'naswot', data: 'synthetic:train=40,test=10', batch: 8, seed: 1, engine: 'onnxruntime' },
      ...{ skeleton: { channels: 4, cells: 1 }, versions: {} },
    };
    const strategy = { name: 'top', sampler: 'top-scored', options: { draws: 3 } };
    const run = runOf({ table, strategy, scores, samples: 1 });
    const { threads, ledger } = await threadsOf(1);
    const first = await threads.perform(run);
    expect(first.scored).toBeGreaterThan(0);
    const again = await (await threadsOf(1, ledger)).threads.perform(run);
    // What a score cost is what it cost when it was computed, to the last digit.
    expect(again).toMatchObject({ order: first.order, scored: first.scored, scoringSeconds: first.scoringSeconds });
  });

  test('stop where they are told to: after a score, which is kept', async () => {
    const table = tableFile(cells, { c10_val_200: accuracy });
    const scores = {
      ...{ metric: 'naswot', data: 'synthetic:train=200,test=10', batch: 64, seed: 1, engine: 'onnxruntime' },
      ...{ skeleton: { channels: 8, cells: 2 }, versions: {} },
    };
    const strategy = { name: 'top', sampler: 'top-scored', options: { draws: 1000 } };
    const controller = new AbortController();
    const { threads, ledger } = await threadsOf(1, undefined, controller.signal);
    const running = threads.perform(runOf({ table, strategy, scores, samples: 1 }));
    const settled = expect(running).rejects.toMatchObject({ name: 'AbortError' });
    const kept = () => {
      if (!existsSync(ledger)) return 0;
      const database = new Database(ledger, { readonly: true });
      try {
        return database.prepare<[], { count: number }>('SELECT COUNT(*) AS count FROM study_scores').get()!.count;
      } catch {
        return 0; // The tables are still being made.
      } finally {
        database.close();
      }
    };
    while (kept() < 2) await setTimeout(5);
    controller.abort();
    const before = kept();
    await settled;
    // The one in flight, and one more that may have begun before the order.
    expect(kept()).toBeLessThanOrEqual(before + 2);
    expect(kept()).toBeLessThan(cells.length / 2);
    // Nothing begins once it has been told.
    await expect(threads.perform(runOf({ table }))).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('stop between proposals too', async () => {
    const table = tableFile(cells, { c10_val_200: accuracy });
    const { threads } = await threadsOf(1, undefined, AbortSignal.abort());
    await expect(threads.perform(runOf({ table, toTheEnd: true }))).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('bring a refusal back with its code, and go on', async () => {
    const table = tableFile(cells, { c10_val_200: accuracy });
    const { threads } = await threadsOf(1);
    const wrong = { ...evolution, options: { populatoin: 4 } };
    await expect(threads.perform(runOf({ table, strategy: wrong }))).rejects.toMatchObject({
      ...{ name: 'NascentError', code: 'usage', exitCode: 2 },
      message: expect.stringContaining('Did you mean "population"?'),
    });
    await expect(
      threads.perform(runOf({ table: join(folder(), 'nowhere.csv'), checksum: 'another' })),
    ).rejects.toMatchObject({
      ...{ code: 'data', message: expect.stringMatching(/nowhere\.csv" to exist, got nothing there\.$/) },
    });
    expect((await threads.perform(runOf({ table }))).order.length).toBeGreaterThan(0);
  });

  test('that cannot open the ledger say so', async () => {
    const table = tableFile(cells, { c10_val_200: accuracy });
    const text = join(folder(), 'notes.txt');
    writeFileSync(text, 'not a database, but long enough to look at: '.repeat(20));
    const { threads } = await threadsOf(1, text);
    await expect(threads.perform(runOf({ table }))).rejects.toMatchObject({ code: 'ledger' });
  });

  test('that die are reported as a failure of the machine', async () => {
    const deadly = join(folder(), 'deadly.mjs');
    writeFileSync(deadly, 'process.exit(3);');
    const { threads } = await threadsOf(1);
    await expect(threads.perform(runOf({ space: deadly }))).rejects.toMatchObject({
      ...{ code: 'machine', exitCode: 1 },
      message: expect.stringMatching(
        /^Expected a study's worker thread to live until the end of its run, but it died: /,
      ),
    });
  });
});
