/** Stopping and resuming, with a pool that computes nothing. */
import { describe, expect, test } from 'vitest';
import { sqlite } from '../../../src/log/binding.js';
import { openLedgerReader } from '../../../src/log/open.js';
import type { SearchOptions } from '../../../src/search/options.js';
import { search } from '../../../src/search/search.js';
import { eventsOf, fakePool, lasting, options, story } from './fixtures.js';

const LEARNING = { learnsFrom: 'evaluations', train: 10, count: 9 } as const;
/** Little training, so that a stop is likely while the sampler asks for scores. */
const ASKING = { ...LEARNING, train: 6, recipe: { epochs: 1, batchSize: 8, warmupEpochs: 0 } };
const RIDGE = { predictor: 'ridge', initial: 4, batch: 2 };

/** What a ledger holds of a run's proposals: candidates, scores, and what the sampler thought. */
function proposed(ledger: string, run: string): unknown {
  const reader = openLedgerReader(ledger);
  const held = { candidates: reader.candidates(run), scores: reader.scores(run) };
  reader.close();
  const told = ['predictor-fitted', 'evaluation-shared', 'warning'];
  return lasting({ ...held, events: eventsOf(ledger, run).filter(({ type }) => told.includes(type)) });
}

describe('stopping and resuming', () => {
  /** Stops after so many events, resumes, stops again, until it is over. */
  async function inPieces(
    given: SearchOptions,
    eventsAPiece: number,
  ): Promise<{ pieces: number; run: string; result: unknown }> {
    let resume: string | undefined;
    for (let pieces = 1; ; pieces++) {
      const controller = new AbortController();
      const { ledger } = given;
      const pool = fakePool({ size: 3 });
      const run = search({ ...(resume ? { ledger, resume } : given), pool, signal: controller.signal });
      let heard = 0;
      for await (const event of run) {
        expect(event.run).toBe(resume ?? event.run);
        resume = event.run;
        if (++heard === eventsAPiece) controller.abort();
      }
      const result = await run.result;
      if (!result.interrupted) return { pieces, run: result.run, result: lasting(result) };
      expect(eventsOf(given.ledger!, resume!).at(-1)).toMatchObject({ type: 'run-interrupted' });
    }
  }

  test.each<[string, number, SearchOptions]>([
    ['random', 10, {}],
    ['evolution', 13, {}],
    ['top-scored', 11, { samplerOptions: { draws: 20 } }],
    ['weaknas', 17, { samplerOptions: RIDGE }],
    ['evolution', 27, { ...LEARNING, samplerOptions: { population: 5 } }],
    ['local-search', 27, { ...LEARNING, samplerOptions: { initial: 3 } }],
    // More draws than may be scored: the rest has no score, before and after.
    ['area', 8, { ...ASKING, samplerOptions: { population: 6, draws: 14 } }],
    ['top-scored', 8, { ...ASKING, samplerOptions: { draws: 14 } }],
    ['weaknas', 25, { ...LEARNING, samplerOptions: RIDGE }],
  ])('gives what one go gives: %s, %i events a piece, %j', async (sampler, eventsAPiece, more) => {
    const recipe = { epochs: 6, batchSize: 8, warmupEpochs: 0 };
    const given = { sampler, count: 30, train: 4, recipe, retrainEpochs: 9, ...more };
    const calm = options(given);
    const whole = await search({ ...calm, pool: fakePool() }).result;
    const disturbed = options(given);
    const { pieces, run, result } = await inPieces(disturbed, eventsAPiece);
    expect(pieces).toBeGreaterThan(3);
    expect(result).toEqual(lasting(whole));
    expect(proposed(disturbed.ledger, run)).toEqual(proposed(calm.ledger, whole.run));
  });

  test('a run recorded before there was a choice learns from scores', async () => {
    const given = options({ count: 6 });
    const controller = new AbortController();
    const first = search({ ...given, pool: fakePool(), signal: controller.signal });
    for await (const event of first) if (event.type === 'candidate-scored') controller.abort();
    const { run } = await first.result;
    const database = new (sqlite())(given.ledger);
    database.exec("UPDATE runs SET configuration = json_remove(configuration, '$.learnsFrom')");
    database.close();
    const events = await story(search({ ledger: given.ledger, resume: run, pool: fakePool() }));
    expect(events.flatMap((event) => (event.type === 'stage-started' ? [event.stage] : []))).toEqual([
      'score',
      'train',
    ]);
  });

  test('finishes the scores in flight, and starts nothing', async () => {
    const given = options({ count: 50 });
    const controller = new AbortController();
    const pool = fakePool({ size: 3, delay: () => 30 });
    const run = search({ ...given, pool, signal: controller.signal });
    for await (const event of run) if (event.type === 'candidate-scored' && event.candidate === 4) controller.abort();
    const { interrupted, run: id } = await run.result;
    expect(interrupted).toBe(true);
    const reader = openLedgerReader(given.ledger);
    expect(reader.run(id).status).toBe('interrupted');
    const computed = reader.scores(id).filter(({ sharedWith }) => sharedWith === undefined);
    reader.close();
    expect(computed).toHaveLength(pool.jobs.length);
  });

  test('drops a training after its last recorded epoch, and goes on from there', async () => {
    const given = options({ recipe: { epochs: 5, batchSize: 8, warmupEpochs: 0 }, train: 1 });
    const controller = new AbortController();
    const run = search({ ...given, pool: fakePool(), signal: controller.signal });
    for await (const event of run) if (event.type === 'epoch' && event.epoch === 3) controller.abort();
    const { interrupted, run: id, trained } = await run.result;
    expect({ interrupted, status: trained[0].status }).toEqual({ interrupted: true, status: 'running' });
    const pool = fakePool();
    const resumed = await story(search({ ledger: given.ledger, resume: id, pool }));
    expect(pool.jobs).toMatchObject([{ kind: 'train', checkpoint: { epoch: 3 } }]);
    expect(resumed[0]).toMatchObject({ type: 'run-started', resumed: true });
    expect(resumed.filter(({ type }) => type === 'epoch')).toMatchObject([{ epoch: 4 }, { epoch: 5 }]);
  });

  test('before the run has begun leaves nothing behind', async () => {
    const run = search({ ...options(), signal: AbortSignal.abort(), pool: fakePool() });
    await expect(run.result).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a finished run gives its result again, and tells nothing', async () => {
    const given = options();
    const first = await search({ ...given, pool: fakePool() }).result;
    const again = search({ ledger: given.ledger, resume: first.run });
    expect(await story(again)).toEqual([]);
    expect(lasting(await again.result)).toEqual(lasting(first));
  });
});
