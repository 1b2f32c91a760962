/** The stages with a pool that computes nothing: order, sharing, failures, the choice of the best. */
import { describe, expect, test } from 'vitest';
import { NascentError } from '../../../src/base/errors.js';
import { hash32 } from '../../../src/base/hash.js';
import type { Job } from '../../../src/contracts/job.js';
import type { RunEvent } from '../../../src/contracts/run.js';
import { openLedgerReader } from '../../../src/log/open.js';
import type { SearchOptions } from '../../../src/search/options.js';
import { search } from '../../../src/search/search.js';
import { eventsOf, type FakePoolOptions, fakePool, lastingEvents, options, story } from './fixtures.js';

describe('any number of workers', () => {
  test.each(['random', 'evolution'])('tells the same story: %s', async (sampler) => {
    const stories: unknown[] = [];
    for (const size of [1, 2, 7]) {
      const given = options({ sampler, count: 60, train: 5 });
      const pool = fakePool({
        size,
        failure: (job) => (hash32(job.network.architecture) % 3 === 0 ? 'diverged' : undefined),
      });
      stories.push(lastingEvents(await story(search({ ...given, pool }))));
      expect(pool.peak).toBe(Math.min(size, sampler === 'evolution' ? 5 : size));
    }
    expect(stories[1]).toEqual(stories[0]);
    expect(stories[2]).toEqual(stories[0]);
  });

  test('records candidates in the order of their proposals', async () => {
    const pool = fakePool({ size: 3, delay: ({ network }) => (hash32(network.architecture) % 5) * 20 });
    const events = await story(search({ ...options({ count: 30 }), pool }));
    const candidates = events.flatMap((event) => (event.type === 'candidate-scored' ? [event.candidate] : []));
    expect(candidates).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
  });
});

describe('the story', () => {
  test('is in the ledger before it is told, and told to every listener', async () => {
    const given = options();
    const run = search({ ...given, pool: fakePool() });
    const other = story(run);
    const reader: { open?: ReturnType<typeof openLedgerReader> } = {};
    const events: RunEvent[] = [];
    for await (const event of run) {
      reader.open ??= openLedgerReader(given.ledger);
      expect(reader.open.events(event.run, event.sequence - 1, 1)).toEqual([event]);
      events.push(event);
    }
    reader.open?.close();
    expect(await other).toEqual(events);
    // Who comes late hears all of it.
    expect(await story(run)).toEqual(events);
    expect(eventsOf(given.ledger, events[0].run)).toEqual(events);
    const result = await run.result;
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', best: result.best });
    expect(result).toMatchObject({ interrupted: false, run: events[0].run });
  });

  test('goes on when nobody listens, or a listener leaves', async () => {
    const run = search({ ...options(), pool: fakePool() });
    for await (const event of run) if (event.type === 'candidate-scored') break;
    expect((await run.result).best).toBeDefined();
  });
});

describe('candidates that the metric cannot tell apart', () => {
  test('share one score, which is that of their common form', async () => {
    const given = options({ count: 400, train: 1, metric: 'naswot-live' });
    const pool = fakePool({ size: 4, delay: () => 0 });
    const { run } = await search({ ...given, pool }).result;
    const scored = pool.jobs.filter(({ kind }) => kind === 'score').map(({ network }) => network.architecture);
    expect(new Set(scored).size).toBe(scored.length);
    const reader = openLedgerReader(given.ledger);
    const scores = reader.scores(run);
    const candidates = reader.candidates(run);
    reader.close();
    expect(scores).toHaveLength(400);
    const shared = scores.filter(({ sharedWith }) => sharedWith !== undefined);
    expect(shared).toHaveLength(400 - scored.length);
    expect(shared.length).toBeGreaterThan(10);
    for (const { candidate, sharedWith = 0, value, provenance, seconds } of shared) {
      expect(sharedWith).toBeLessThan(candidate);
      expect(scores[sharedWith - 1]).toMatchObject({ value, provenance });
      expect(scores[sharedWith - 1].sharedWith).toBeUndefined();
      expect(seconds).toBe(0);
    }
    // Each keeps its own cost: a branch that no output needs counts.
    const differing = shared.filter(
      ({ candidate, sharedWith = 0 }) => candidates[candidate - 1].parameters !== candidates[sharedWith - 1].parameters,
    );
    expect(differing.length).toBeGreaterThan(0);
  });

  test('are not trained twice', async () => {
    const pool = fakePool({ size: 2, delay: () => 0, score: () => ({ value: 1 }) });
    await search({ ...options({ count: 200, train: 8, space: 'nas-bench-201' }), pool }).result;
    expect(pool.jobs.filter(({ kind }) => kind === 'train')).toHaveLength(8);
  });
});

describe('failures', () => {
  const run = (pool: FakePoolOptions, given: Partial<SearchOptions> = {}) =>
    search({ ...options(given), pool: fakePool({ size: 2, ...pool }) });

  test('of a score are recorded with their reason, and the search goes on', async () => {
    const failing = (architecture: string) => hash32(architecture) % 3 === 0;
    const events = await story(
      run(
        {
          score: ({ network }) => {
            if (!failing(network.architecture)) return { value: 1 };
            if (hash32(network.architecture) % 2) throw new NascentError('engine', 'The engine refused.');
            return { failure: 'no number' };
          },
        },
        { count: 40 },
      ),
    );
    const scores = events.filter((event) => event.type === 'candidate-scored');
    expect(scores).toHaveLength(40);
    const reasons = scores.flatMap(({ failure }) => failure ?? []);
    expect(new Set(reasons)).toEqual(new Set(['no number', 'The engine refused.']));
    for (const { failure, value } of scores) expect(failure === undefined).toBe(value !== undefined);
    expect(events.at(-1)?.type).toBe('run-finished');
  });

  test('of a training make room for the next best', async () => {
    const given = options({ count: 20, train: 3 });
    const isOfTheFirstTwo = (job: Job) => pool.jobs.filter(({ kind }) => kind === 'train').indexOf(job) < 2;
    const pool = fakePool({ size: 2, failure: (job) => (isOfTheFirstTwo(job) ? 'training diverged' : undefined) });
    const { trained, best } = await search({ ...given, pool }).result;
    expect(trained.map(({ status }) => status)).toEqual(['failed', 'failed', 'finished', 'finished', 'finished']);
    expect(trained[0].failure).toBe('training diverged');
    const scores = trained.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(best?.evaluation).toBeGreaterThan(2);
  });

  test('of everything end the run with the first reason', async () => {
    const given = options();
    const scored = search({ ...given, pool: fakePool({ score: () => ({ failure: 'no number' }) }) });
    await expect(scored.result).rejects.toThrow(
      'Expected at least one of 8 candidates to get a score, got none; the first: no number',
    );
    const trained = search({ ...given, pool: fakePool({ failure: () => 'training diverged' }) });
    await expect(story(trained)).rejects.toThrow('trainings to succeed, got none; the first: training diverged');
    const reader = openLedgerReader(given.ledger);
    expect(reader.runs().map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(reader.events(reader.runs()[0].id).at(-1)).toMatchObject({
      type: 'run-interrupted',
      reason: expect.stringContaining('no number'),
    });
    reader.close();
  });

  test('of the whole run stop it at once', async () => {
    const pool = fakePool({
      size: 2,
      score: () => {
        throw new NascentError('data', 'The file is gone.');
      },
    });
    await expect(search({ ...options({ count: 50 }), pool }).result).rejects.toThrow('The file is gone.');
    expect(pool.jobs.length).toBeLessThanOrEqual(2);
  });
});

describe('the best', () => {
  test('is chosen by validation, never by test', async () => {
    const { best, trained } = await search({ ...options({ count: 30, train: 6 }), pool: fakePool() }).result;
    const validation = trained.map(({ measures }) => measures!.validationAccuracy.value);
    expect(best?.measures.validationAccuracy.value).toBe(Math.max(...validation));
    expect(best?.measures.testAccuracy.value).toBeLessThan(
      Math.max(...trained.map(({ measures }) => measures!.testAccuracy.value)),
    );
  });

  test('is trained again at full length where that is asked for', async () => {
    const events = await story(search({ ...options({ retrainEpochs: 5 }), pool: fakePool({ size: 2 }) }));
    const again = events.filter((event) => event.type === 'training-started' && event.stage === 'retrain');
    expect(again).toMatchObject([{ evaluation: 3, epochs: 5, fromEpoch: 0 }]);
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', best: { evaluation: 3 } });
  });

  test('stays the short training where the long one fails', async () => {
    const pool = fakePool({ failure: (job) => (job.recipe.epochs === 5 ? 'training diverged' : undefined) });
    const events = await story(search({ ...options({ retrainEpochs: 5 }), pool }));
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({
      message: expect.stringContaining('it failed: training diverged'),
    });
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', best: { evaluation: expect.any(Number) } });
  });

  test('of too few different candidates is said', async () => {
    const given = options({ count: 8, train: 8 });
    const events = await story(
      search({
        ...given,
        pool: fakePool({
          score: ({ network }) =>
            network.architecture.includes('nor_conv_3x3') ? { value: 1 } : { failure: 'no number' },
        }),
      }),
    );
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({ message: expect.stringMatching(/^Only \d/) });
  });
});
