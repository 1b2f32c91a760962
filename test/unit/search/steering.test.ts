/** Steering a run: what is asked while it runs is recorded, takes effect, and is honoured by a resumed run. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/contracts/run.js';
import type { SearchOptions } from '../../../src/search/options.js';
import { type SearchRun, search } from '../../../src/search/search.js';
import { eventsOf, fakePool, lasting, options, smallRun, folder as temporary } from './fixtures.js';

const GIVEN = { count: 20, train: 3, recipe: { epochs: 4, batchSize: 8, warmupEpochs: 0 } } as const;

/** Follows a run; `see` may steer it. */
async function followed(run: SearchRun, see: (event: RunEvent, run: SearchRun) => void): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) {
    events.push(event);
    see(event, run);
  }
  return events;
}

/** Does something at the first event of a kind. */
function once(type: RunEvent['type'], act: (run: SearchRun, event: RunEvent) => void, after = 1) {
  let seen = 0;
  return (event: RunEvent, run: SearchRun) => {
    if (event.type === type && ++seen === after) act(run, event);
  };
}

function started(events: readonly RunEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'training-started' ? [event.candidate] : []));
}

/** Candidates from the best score to the worst. */
function ranking(events: readonly RunEvent[]): number[] {
  const scored = events.flatMap((event) => (event.type === 'candidate-scored' ? [event] : []));
  const distinct = scored.filter(({ sharedWith, value }) => sharedWith === undefined && value !== undefined);
  return distinct.sort((a, b) => b.value! - a.value! || a.candidate - b.candidate).map(({ candidate }) => candidate);
}

const steered = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'steered' ? [event.action] : []));

describe('steering', () => {
  test.each([
    ['candidate-scored', 5],
    ['epoch', 2],
  ] as const)(
    'a pause at %s lets what is in flight end, begins nothing, and changes no result',
    async (type, after) => {
      const calm = await search({ ...options(GIVEN), pool: fakePool({ size: 2 }) }).result;
      const pool = fakePool({ size: 2 });
      const given = options(GIVEN);
      let begun = 0;
      const act = once(
        type,
        async (run) => {
          run.steering.pause();
          expect(() => run.steering.pause()).toThrow('The run is paused already.');
          await wait(150);
          begun = pool.jobs.length;
          await wait(150);
          expect(pool.jobs.length).toBe(begun);
          run.steering.continue();
          expect(() => run.steering.continue()).toThrow('The run is not paused.');
        },
        after,
      );
      const run = search({ ...given, pool });
      const events = await followed(run, act);
      expect(begun).toBeGreaterThan(0);
      expect(begun).toBeLessThan(pool.jobs.length);
      expect(steered(events)).toEqual(['pause', 'continue']);
      expect(lasting(await run.result)).toEqual(lasting(calm));
    },
  );

  test('a candidate of low rank is trained when it is asked for, besides the best', async () => {
    const calm = await followed(search({ ...options(GIVEN), pool: fakePool({ size: 2 }) }), () => {});
    const worst = ranking(calm).at(-1)!;
    const ask = once('training-started', ({ steering }) => {
      steering.train(worst);
      expect(() => steering.train(worst)).toThrow(`Candidate ${worst} is not trained again: it is in training.`);
      expect(() => steering.train(1000)).toThrow(
        'Expected the candidate to be the number of one that is scored, got 1000.',
      );
    });
    const run = search({ ...options(GIVEN), pool: fakePool({ size: 2 }) });
    const events = await followed(run, ask);
    expect(started(events).toSorted()).toEqual([...ranking(calm).slice(0, 3), worst].toSorted());
    const numbers = (await run.result).trained.map(({ evaluation }) => evaluation);
    expect(numbers).toEqual([1, 2, 3, 4]);
  });

  test('one of the best, asked for while others are scored, is trained once', async () => {
    const calm = await followed(search({ ...options(GIVEN), pool: fakePool() }), () => {});
    const [best] = ranking(calm);
    const ask = (event: RunEvent, { steering }: SearchRun) => {
      if (event.type === 'candidate-scored' && event.candidate === best) steering.train(best);
    };
    const events = await followed(search({ ...options(GIVEN), pool: fakePool({ size: 2 }) }), ask);
    expect(started(events).toSorted()).toEqual(ranking(calm).slice(0, 3).toSorted());
    const place = (type: RunEvent['type']) => events.findIndex((event) => event.type === type);
    expect(place('training-started')).toBeLessThan(events.findLastIndex(({ type }) => type === 'candidate-scored'));
  });

  test('one that fails leaves its place to the next in rank', async () => {
    const calm = await followed(search({ ...options(GIVEN), pool: fakePool() }), () => {});
    const [best, second, third, fourth] = ranking(calm);
    const ask = once('training-started', ({ steering }) => steering.train(third));
    const textOf = (number: number) =>
      calm.flatMap((event) =>
        event.type === 'candidate-scored' && event.candidate === number ? [event.architecture] : [],
      )[0];
    const failure = ({ network }: { network: { architecture: string } }) =>
      network.architecture === textOf(third) ? 'It diverged.' : undefined;
    const events = await followed(search({ ...options({ ...GIVEN, train: 3 }), pool: fakePool({ failure }) }), ask);
    expect(started(events).toSorted()).toEqual([best, second, third, fourth].toSorted());
  });

  test('more or fewer can be trained than was said at first', async () => {
    const given = { ...GIVEN, train: 2 };
    const more = once('epoch', ({ steering }) => steering.trainCount(5));
    const events = await followed(search({ ...options(given), pool: fakePool({ size: 2 }) }), more);
    expect(started(events)).toHaveLength(5);
    const fewer = once('training-started', ({ steering }) => steering.trainCount(1));
    const few = await followed(search({ ...options({ ...given, train: 9 }), pool: fakePool({ size: 1 }) }), fewer);
    expect(started(few)).toHaveLength(1);
    expect(few.at(-1)).toMatchObject({ type: 'run-finished' });
  });

  test('a run that learns from evaluations takes another number of them, and trains in its own order', async () => {
    const given = { ...GIVEN, train: 3, learnsFrom: 'evaluations' as const };
    const more = once('evaluation-finished', ({ steering }) => {
      expect(() => steering.train(1)).toThrow('Every proposal of this run is trained in its turn');
      steering.trainCount(6);
    });
    const run = search({ ...options(given), pool: fakePool() });
    const events = await followed(run, more);
    expect(events.filter(({ type }) => type === 'candidate-scored')).toHaveLength(6);
    expect((await run.result).interrupted).toBe(false);
  });

  test('finishing lets trainings in flight end, and the run can be resumed to the result of one go', async () => {
    const calm = await search({ ...options(GIVEN), pool: fakePool({ size: 2 }) }).result;
    const given = options(GIVEN);
    const finish = once('epoch', ({ steering }) => {
      steering.finish();
      expect(() => steering.pause()).toThrow('The run is about to stop.');
    });
    const run = search({ ...given, pool: fakePool({ size: 2 }) });
    const events = await followed(run, finish);
    const { interrupted, run: id } = await run.result;
    expect(interrupted).toBe(true);
    expect(events.at(-1)).toMatchObject({ reason: 'asked to stop after what was in flight' });
    expect(started(events)).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'evaluation-finished')).toHaveLength(2);
    const resumed = await search({ ledger: given.ledger, resume: id, pool: fakePool({ size: 2 }) }).result;
    expect(lasting(resumed)).toEqual(lasting(calm));
  });

  test('a resumed run takes up a training that was asked for, and the number to train', async () => {
    const calm = await followed(search({ ...options(GIVEN), pool: fakePool() }), () => {});
    const worst = ranking(calm).at(-1)!;
    const given = options(GIVEN);
    const controller = new AbortController();
    const stop = once('epoch', ({ steering }) => {
      steering.train(worst);
      steering.trainCount(4);
      controller.abort();
    });
    const run = search({ ...given, pool: fakePool(), signal: controller.signal });
    await followed(run, stop);
    const { run: id } = await run.result;
    await search({ ledger: given.ledger, resume: id, pool: fakePool() }).result;
    const all = started(eventsOf(given.ledger, id));
    expect([...new Set(all)].toSorted()).toEqual([...ranking(calm).slice(0, 4), worst].toSorted());
  });

  test('nothing can be asked before a run has begun or after its end', async () => {
    const run = search({ ...options({ ...GIVEN, train: 1 }), pool: fakePool() });
    expect(() => run.steering.pause()).toThrow('The run has not begun yet.');
    await run.result;
    expect(() => run.steering.pause()).toThrow('The run is over.');
    expect(() => run.steering.trainCount(3)).toThrow('The run is over.');
  });
});

describe('steering a real run', () => {
  test('exports a trained candidate on request, checked like the winner, and refuses one that is not trained', async () => {
    const given: SearchOptions = { ...smallRun(temporary()), formats: ['json'], count: 4, train: 2 };
    const asked: number[] = [];
    const ask = once('evaluation-finished', ({ steering }, event) => {
      const { candidate } = event as Extract<RunEvent, { type: 'evaluation-finished' }>;
      asked.push(candidate);
      steering.export(candidate);
      const untrained = [1, 2, 3, 4].find((number) => number !== candidate)!;
      expect(() => steering.export(untrained)).toThrow(/is not trained, so there is nothing to export/);
    });
    const run = search({ ...given, workers: 1 });
    const events = await followed(run, ask);
    const exported = events.flatMap((event) => (event.type === 'exported' ? [event] : []));
    expect(exported.map(({ path }) => path).some((path) => path.includes(`candidate${asked[0]}`))).toBe(true);
    expect((await run.result).interrupted).toBe(false);
  });
});
