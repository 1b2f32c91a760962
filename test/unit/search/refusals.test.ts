/** Bad input: one sentence that says what was expected and what came, before anything is written. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalog } from '../../../src/catalog.js';
import { sqlite } from '../../../src/log/binding.js';
import { openLedger, openLedgerReader } from '../../../src/log/open.js';
import type { SearchOptions } from '../../../src/search/options.js';
import { search } from '../../../src/search/search.js';
import { eventsOf, fakePool, options, story } from './fixtures.js';

async function refusal(given: object): Promise<{ message: string; code: string; exitCode: number; ledger: string }> {
  const complete: SearchOptions = { ...options(), pool: fakePool(), ...given };
  const error = await search(complete).result.then(
    () => expect.unreachable('was not refused'),
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'NascentError', message: expect.stringMatching(/^\S[^\n]*[.?]$/) });
  return {
    ...(error as { code: string; exitCode: number }),
    message: (error as Error).message,
    ledger: complete.ledger!,
  };
}

const refused: readonly (readonly [object, string])[] = [
  [{ count: 0 }, 'Expected `count` to be a whole number from 1 to 10000000, got 0.'],
  [{ count: 5, train: 6 }, 'Expected `train`, which is at most `count`, to be a whole number from 1 to 5, got 6.'],
  [
    { scoreBatch: 33 },
    'Expected `scoreBatch` to be at most the 32 training images of synthetic:train=40,test=10, got 33.',
  ],
  [{ recipe: { batchSize: 64 } }, 'Expected `recipe.batchSize` to be at most the 32 training images'],
  [{ space: 'nasbench201' }, 'got "nasbench201". Did you mean "nas-bench-201"?'],
  [{ metric: 'naswott' }, 'Did you mean "naswot"?'],
  [{ sampler: 'evolve' }, 'Expected the sampler to be one of random, given, evolution, '],
  [{ learnsFrom: 'scoers' }, 'Did you mean "scores"?'],
  [{ samplerOptions: { population: 3 } }, 'Expected no options for the sampler random, got "population".'],
  [{ sampler: 'evolution', samplerOptions: { populatoin: 3 } }, 'Did you mean "population"?'],
  [{ engine: 'onnx' }, 'Expected the engine to be one of onnxruntime'],
  [{ formats: ['onxx'] }, 'Expected the export format to be one of onnx, json, got "onxx". Did you mean "onnx"?'],
  [{ spaceOptions: { nodes: 5 } }, 'Expected no options for nas-bench-201, got "nodes".'],
  [{ trainSkeleton: { chanels: 5 } }, 'Did you mean "channels"?'],
  [{ trainSkeleton: { classes: 3 } }, 'Expected `trainSkeleton.classes` to be 10 as the data, got 3.'],
  [{ scoreSkeleton: { inputShape: [1, 32, 32] } }, 'Expected `scoreSkeleton.inputShape` to be [3,32,32] as the data'],
  [{ data: 'sinthetic' }, 'Did you mean "synthetic"?'],
  [{ data: 'cifar10:/not/there.bin' }, '/not/there.bin'],
  [{ workers: 0 }, 'Expected `workers` to be a whole number from 1 to 1024, got 0.'],
  [{ ledger: '' }, 'Expected `ledger` to be a text that is not empty, got "".'],
  [{ signal: 'stop' }, 'Expected `signal` to be an AbortSignal, got "stop".'],
  [{ worker: 3 }, 'Did you mean "workers"?'],
];

describe('a search', () => {
  test.each(refused)('refuses %j and writes nothing', async (given, sentence) => {
    const { message, code, exitCode, ledger } = await refusal(given);
    expect(message).toContain(sentence);
    expect(['usage', 'data']).toContain(code);
    expect(exitCode).toBe(2);
    expect(ledger !== '' && existsSync(ledger)).toBe(false);
  });

  test('tells a refusal to those who listen, too', async () => {
    await expect(story(search({ count: 0 }))).rejects.toThrow('Expected `count`');
  });

  test('refuses an engine that this machine does not have', async () => {
    catalog.engines.imaginary = async () => async () => {
      const { NascentError } = await import('../../../src/base/errors.js');
      throw new NascentError('engine', 'Expected imaginary kernels to load, got nothing.');
    };
    try {
      expect(await refusal({ engine: 'imaginary' })).toMatchObject({ code: 'engine', exitCode: 1 });
    } finally {
      delete catalog.engines.imaginary;
    }
  });

  test('says where its ledger cannot be used', async () => {
    const { ledger } = options();
    writeFileSync(ledger, 'This is a text of more than one hundred bytes, and no database at all. '.repeat(20));
    expect(await refusal({ ledger })).toMatchObject({
      code: 'ledger',
      message: expect.stringContaining('not a SQLite file'),
    });
    mkdirSync(`${ledger}.d`);
    expect(await refusal({ ledger: `${ledger}.d` })).toMatchObject({ message: expect.stringContaining('a directory') });
  });

  test('says where its ledger is locked', async () => {
    const { ledger } = options();
    openLedger(ledger).close();
    const holder = new (sqlite())(ledger);
    holder.exec('BEGIN EXCLUSIVE');
    try {
      const { code, exitCode, message } = await refusal({ ledger });
      expect({ code, exitCode }).toEqual({ code: 'ledger', exitCode: 1 });
      expect(message).toContain('is locked by another process');
    } finally {
      holder.close();
    }
  });
});

describe('resuming', () => {
  async function interrupted(): Promise<{ ledger: string; run: string }> {
    const given = options();
    const controller = new AbortController();
    const started = search({ ...given, pool: fakePool(), signal: controller.signal });
    for await (const event of started) if (event.type === 'candidate-scored') controller.abort();
    return { ledger: given.ledger, run: (await started.result).run };
  }

  const resuming = (given: SearchOptions) => search({ pool: fakePool(), ...given }).result;

  test('refuses settings, for the run goes on as it was configured', async () => {
    await expect(resuming({ resume: 'abc', count: 5 })).rejects.toThrow(
      'Expected a resumed run to be given no settings, for it goes on as it was configured, got "count".',
    );
  });

  test('makes no ledger where there is none', async () => {
    const { ledger } = options();
    await expect(resuming({ ledger, resume: 'abc' })).rejects.toThrow('There is no ledger at');
    expect(existsSync(ledger)).toBe(false);
  });

  test('names the runs there are where the id is unknown', async () => {
    const { ledger, run } = await interrupted();
    await expect(resuming({ ledger, resume: 'zzz' })).rejects.toThrow(`it holds ${run}`);
    expect((await resuming({ ledger, resume: run.slice(0, 4) })).run).toBe(run);
  });

  test('refuses a run that is being written', async () => {
    const { ledger, run } = await interrupted();
    const holder = openLedger(ledger);
    holder.claimRun(run);
    await expect(resuming({ ledger, resume: run })).rejects.toMatchObject({
      code: 'ledger',
      message: expect.stringContaining(`Run ${run} is being written`),
    });
    holder.close();
    expect((await resuming({ ledger, resume: run })).interrupted).toBe(false);
  });

  test('refuses data that changed, and tells of other versions', async () => {
    const { ledger, run } = await interrupted();
    change(ledger, run, (versions) => ({ ...versions, onnxruntime: '0.9.0' }));
    const controller = new AbortController();
    const resumed = search({ ledger, resume: run, pool: fakePool(), signal: controller.signal });
    for await (const event of resumed) {
      if (event.type !== 'warning') continue;
      expect(event.message).toContain('Versions have changed since the run began');
      expect(event.message).toContain('onnxruntime from 0.9.0 to ');
      controller.abort();
    }
    expect((await resumed.result).interrupted).toBe(true);
    change(ledger, run, (versions) => ({ ...versions, data: 'f'.repeat(64) }));
    const before = eventsOf(ledger, run).length;
    await expect(resuming({ ledger, resume: run })).rejects.toMatchObject({
      code: 'data',
      message: expect.stringMatching(/^Expected the data of run .* fingerprint ffffffffffff, got .*start a new run\.$/),
    });
    expect(eventsOf(ledger, run)).toHaveLength(before);
  });
});

/** Rewrites what the ledger holds of a run's versions. */
function change(
  ledger: string,
  run: string,
  to: (versions: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): void {
  const reader = openLedgerReader(ledger);
  const { versions } = reader.run(run);
  reader.close();
  const database = new (sqlite())(ledger);
  database.prepare('UPDATE runs SET versions = ? WHERE id = ?').run(JSON.stringify(to(versions)), run);
  database.close();
}
