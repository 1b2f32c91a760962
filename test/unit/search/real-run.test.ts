/** Small runs with everything real: threads, engine, training, export, SQLite. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/hash.js';
import { openLedgerReader } from '../../../src/log/open.js';
import { search } from '../../../src/search/search.js';
import { inlinePool } from '../../../src/workers/inline-pool.js';
import { folder, lasting, lastingEvents, smallRun, story } from './fixtures.js';

describe('a search', () => {
  test('tells the same with one job in this process and with two threads', async () => {
    const alone = search({ ...smallRun(folder()), sampler: 'evolution', pool: inlinePool() });
    const together = search({ ...smallRun(folder()), sampler: 'evolution', workers: 2 });
    expect(lastingEvents(await story(together))).toEqual(lastingEvents(await story(alone)));
    expect(lasting(await together.result)).toEqual(lasting(await alone.result));
  });

  test('ends with checked files of the best, and keeps its weights and predictions', async () => {
    const given = smallRun(folder());
    const { best, artifacts, run, trained } = await search({ ...given, pool: inlinePool() }).result;
    expect(artifacts.map(({ format }) => format)).toEqual(['onnx', 'json']);
    for (const { path, sha256: hash, evaluation } of artifacts) {
      expect(dirname(path)).toBe(given.output);
      expect(sha256(readFileSync(path))).toBe(hash);
      expect(evaluation).toBe(best?.evaluation);
    }
    const { check } = artifacts[0];
    expect(check?.agreeing).toBe(check?.of);
    const reader = openLedgerReader(given.ledger);
    for (const { evaluation, measures, seconds } of trained) {
      expect(measures?.testAccuracy.value).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeGreaterThan(0);
      expect(Object.keys(reader.weights(run, evaluation) ?? {}).length).toBeGreaterThan(10);
      expect(reader.predictions(run, evaluation)?.labels.length).toBeGreaterThan(0);
      expect(reader.checkpoint(run, evaluation)).toBeUndefined();
      expect(reader.epochs(run, evaluation)).toHaveLength(2);
    }
    const [score] = reader.scores(run);
    expect(score.provenance).toMatchObject({ metric: 'naswot', seed: 5, engine: 'onnxruntime' });
    reader.close();
  });

  test('stopped in the middle of training and resumed ends as one that was not', async () => {
    const given = { ...smallRun(folder()), recipe: { epochs: 4, batchSize: 32, warmupEpochs: 0 }, count: 4 };
    const whole = await search({ ...given, pool: inlinePool() }).result;
    const pieces = { ...given, ...smallRun(folder()), recipe: given.recipe, count: 4 };
    const controller = new AbortController();
    const first = search({ ...pieces, workers: 2, signal: controller.signal });
    for await (const event of first) if (event.type === 'epoch' && event.epoch === 2) controller.abort();
    const { interrupted, run, artifacts } = await first.result;
    expect({ interrupted, artifacts }).toEqual({ interrupted: true, artifacts: [] });
    const rest = search({ ledger: pieces.ledger, resume: run, workers: 2 });
    const started = (await story(rest)).filter((event) => event.type === 'training-started');
    expect(started.map(({ fromEpoch }) => fromEpoch)).toContain(2);
    expect(lasting(await rest.result)).toEqual(lasting(whole));
  });

  test('goes on where a training diverges', async () => {
    const recipe = { epochs: 2, batchSize: 32, warmupEpochs: 0, learningRate: 1e30, nesterov: false, momentum: 0 };
    const run = search({ ...smallRun(folder()), recipe, count: 3, train: 1, formats: [], pool: inlinePool() });
    await expect(run.result).rejects.toThrow(/trainings to succeed, got none; the first: .*diverged/);
  });

  test('says that a network is too large for memory', async () => {
    const scoreSkeleton = { channels: 2_000_000, cells: 1 };
    const run = search({ ...smallRun(folder()), scoreSkeleton, count: 2, train: 1, pool: inlinePool() });
    await expect(run.result).rejects.toMatchObject({
      code: 'machine',
      exitCode: 1,
      message: expect.stringMatching(/got none; the first: Expected scoring .* to fit in .* of memory, got .* GiB/),
    });
  });
});
