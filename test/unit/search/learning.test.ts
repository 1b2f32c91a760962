/** Samplers that learn from evaluations, with a pool that computes nothing. */
import { afterEach, describe, expect, test } from 'vitest';
import { hash32 } from '../../../src/base/hash.js';
import { random } from '../../../src/base/random.js';
import { catalog } from '../../../src/catalog.js';
import type { RunEvent } from '../../../src/contracts/run.js';
import type { CheapKnowledge, Observation, Sampler, SamplerContext } from '../../../src/contracts/sampler.js';
import { openLedgerReader } from '../../../src/log/open.js';
import type { SearchOptions } from '../../../src/search/options.js';
import { search } from '../../../src/search/search.js';
import { fakePool, lasting, lastingEvents, options, story } from './fixtures.js';

const LEARNING = { learnsFrom: 'evaluations', train: 12 } as const;
const RIDGE = { sampler: 'weaknas', samplerOptions: { predictor: 'ridge', initial: 4, batch: 2 } };

const CELL = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|';
/** The same function: nodes 1 and 2 exchanged. */
const SAME = '|none~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|none~1|nor_conv_1x1~2|';
const OTHER = '|nor_conv_1x1~0|+|avg_pool_3x3~0|nor_conv_1x1~1|+|nor_conv_1x1~0|nor_conv_3x3~1|avg_pool_3x3~2|';

afterEach(() => {
  delete catalog.samplers.mine;
});

/** A sampler of the test's own. */
function mine(sampler: (context: SamplerContext<unknown>) => Omit<Sampler<unknown>, 'name'>): SearchOptions {
  catalog.samplers.mine = async () => (context) =>
    ({
      name: 'mine',
      ...sampler(context as unknown as SamplerContext<unknown>),
    }) as Sampler<never>;
  return { ...LEARNING, sampler: 'mine' };
}

/** As `mine`, proposing these cells, each after the outcomes of all before it; `seen` is what the last proposal saw. */
function proposing(texts: readonly string[]): { given: SearchOptions; seen: () => readonly Observation[] } {
  let last: readonly Observation[] = [];
  const given = mine(({ space }) => ({
    needs: (index) => index,
    propose(index, seen) {
      last = seen;
      return space.parse(texts[index]);
    },
  }));
  return { given: { ...given, train: texts.length }, seen: () => last };
}

const ofType = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

describe('any number of workers', () => {
  test.each<[string, SearchOptions, number]>([
    ['random', {}, 7],
    ['evolution', { samplerOptions: { population: 4 } }, 4],
    ['local-search', { samplerOptions: { initial: 3 } }, 3],
    ['area', { samplerOptions: { population: 5, draws: 10 }, count: 8 }, 4],
    ['top-scored', { samplerOptions: { draws: 15 } }, 7],
    ['weaknas', RIDGE, 4],
  ])('tells the same story: %s', async (sampler, more, most) => {
    const stories: unknown[] = [];
    for (const size of [1, 7]) {
      const failure = ({ network }: { network: { architecture: string } }) =>
        hash32(network.architecture) % 4 === 0 ? 'diverged' : undefined;
      // Trainings take longer than scores, so that as many run at once as may.
      const pool = fakePool({ size, failure, delay: ({ kind }) => (kind === 'train' ? 25 : 1) });
      stories.push(lastingEvents(await story(search({ ...options({ ...LEARNING, sampler, ...more }), pool }))));
      const trainings = pool.jobs.filter(({ kind }) => kind === 'train');
      expect(trainings.length).toBeLessThanOrEqual(12);
      if (sampler !== 'area' && sampler !== 'top-scored') expect(pool.peak).toBe(Math.min(size, most));
    }
    expect(stories[1]).toEqual(stories[0]);
  });
});

describe('an evaluation', () => {
  test('is of the proposal of its number, and observed by its validation accuracy', async () => {
    const texts = [CELL, OTHER, '|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|', CELL];
    const { given, seen } = proposing(texts);
    const failure = ({ network }: { network: { architecture: string } }) =>
      network.architecture === OTHER ? 'diverged' : undefined;
    const { trained, run, ledger } = await search({ ...options(given), pool: fakePool({ failure }) }).result;
    expect(trained.map(({ evaluation, architecture }) => [evaluation, architecture])).toEqual(
      texts.slice(0, 3).map((text, i) => [i + 1, text]),
    );
    const accuracy = (text: string) => (hash32(text) % 997) / 1000;
    expect(seen().map(({ value }) => value)).toEqual([accuracy(texts[0]), undefined, accuracy(texts[2])]);
    const reader = openLedgerReader(ledger);
    expect(reader.candidates(run).map(({ architecture }) => architecture)).toEqual(texts);
    reader.close();
  });

  test('stands for all proposals that compute the same', async () => {
    const { given, seen } = proposing([CELL, SAME, OTHER, SAME, OTHER]);
    const pool = fakePool({ size: 3 });
    const complete = options({ ...given, retrainEpochs: 3 });
    const events = await story(search({ ...complete, pool }));
    expect(ofType(events, 'evaluation-shared')).toMatchObject([
      { evaluation: 2, candidate: 2, sharedWith: 1 },
      { evaluation: 4, candidate: 4, sharedWith: 1 },
      { evaluation: 5, candidate: 5, sharedWith: 3 },
    ]);
    const started = ofType(events, 'training-started');
    // The last training of the winner comes after the numbers of all proposals.
    expect(started.map(({ evaluation }) => evaluation)).toEqual([1, 3, 6]);
    const values = seen().map(({ value }) => value);
    expect(values).toEqual([values[0], values[0], values[2], values[0]]);
    expect(values[0]).not.toBe(values[2]);
  });

  test('that failed teaches nothing, and where all fail the run ends with the first reason', async () => {
    const run = search({ ...options({ ...LEARNING, ...RIDGE }), pool: fakePool({ failure: () => 'diverged' }) });
    await expect(run.result).rejects.toThrow(/of 1\d trainings to succeed, got none; the first: diverged/);
  });

  test('is made where the metric has no score', async () => {
    const pool = fakePool({ score: () => ({ failure: 'no number' }) });
    const { trained } = await search({ ...options({ ...LEARNING, train: 3 }), pool }).result;
    expect(trained.map(({ status, score }) => [status, score])).toEqual(Array(3).fill(['finished', undefined]));
  });
});

describe('scores that a sampler asks for', () => {
  /** Asks for the scores of `texts` before each proposal, and notes the answers. */
  function asking(texts: readonly string[], proposed: string): { given: SearchOptions; answers: number[][] } {
    const answers: number[][] = [];
    const given = mine(({ space, knowledge }) => ({
      needs: (index) => index,
      async propose() {
        answers.push([...(await knowledge!.score!(texts.map(space.parse)))]);
        return space.parse(proposed);
      },
    }));
    return { given: { ...given, train: 3 }, answers };
  }
  const cells = ['nor_conv_3x3', 'nor_conv_1x1', 'avg_pool_3x3'].map(
    (op) => `|${op}~0|+|none~0|${op}~1|+|none~0|none~1|nor_conv_1x1~2|`,
  );

  test('are candidates of their own, computed once', async () => {
    const { given, answers } = asking(cells, CELL);
    const pool = fakePool({ size: 2 });
    const events = await story(search({ ...options({ ...given, count: 3 }), pool }));
    expect(answers[0]).toEqual(cells.map((cell) => hash32(cell) % 1000));
    expect(answers.slice(1)).toEqual([answers[0], answers[0]]);
    const scored = ofType(events, 'candidate-scored').map(({ architecture, asked }) => [architecture, asked ?? false]);
    expect(scored).toEqual([...cells.map((cell) => [cell, true]), ...Array(3).fill([CELL, false])]);
    expect(ofType(events, 'warning')).toEqual([]);
    expect(pool.jobs.filter(({ kind }) => kind === 'score')).toHaveLength(4);
  });

  test('are NaN beyond the number that may be, which is said once', async () => {
    const { given, answers } = asking(cells, cells[2]);
    const complete = options({ ...given, count: 2 });
    const controller = new AbortController();
    const first = search({ ...complete, pool: fakePool(), signal: controller.signal });
    for await (const event of first) if (event.type === 'evaluation-shared') controller.abort();
    const { run, interrupted } = await first.result;
    expect(interrupted).toBe(true);
    const events = await story(search({ ledger: complete.ledger, resume: run, pool: fakePool() }));
    // Also when it was proposed and scored in between, and when the run is resumed: an answer does not change.
    expect(answers.length).toBeGreaterThanOrEqual(3);
    for (const answer of answers) expect(answer).toEqual([...answers[0].slice(0, 2), Number.NaN]);
    expect(ofType(events, 'warning')).toEqual([]);
    const reader = openLedgerReader(complete.ledger);
    expect(ofType(reader.events(run), 'warning')).toMatchObject([{ message: expect.stringContaining('more than 2') }]);
    reader.close();
  });

  test('are higher for better ones, whatever the direction of the metric', async () => {
    const { naswot } = await import('../../../src/score/naswot.js');
    catalog.metrics.lower = async () => ({ ...naswot, name: 'lower', higherIsBetter: false });
    const { given, answers } = asking(cells, CELL);
    await search({ ...options({ ...given, metric: 'lower', train: 1 }), pool: fakePool() }).result;
    delete catalog.metrics.lower;
    expect(answers[0]).toEqual(cells.map((cell) => -(hash32(cell) % 1000)));
  });

  test('come with costs, of the network that is trained', async () => {
    const { networkCost } = await import('../../../src/network/trace.js');
    const trainSkeleton = { channels: 8, cells: 2 };
    const costs: unknown[] = [];
    const given = mine(({ space, knowledge }) => ({
      needs: () => 0,
      propose() {
        const architecture = space.parse(CELL);
        const traced = networkCost(space.network(architecture, { ...trainSkeleton, inputShape: [3, 32, 32] }));
        costs.push((knowledge as CheapKnowledge).cost(architecture), traced);
        return architecture;
      },
    }));
    await search({ ...options({ ...given, trainSkeleton, train: 1 }), pool: fakePool() }).result;
    expect(costs[0]).toEqual(costs[1]);
  });
});

describe('what a sampler thought', () => {
  test('is recorded before its proposals, with how well it has predicted so far', async () => {
    // Predicts the n-th proposal as n; what comes of it is the hash of its cell.
    const stream = random('cells');
    const texts: string[] = [];
    const given = mine(({ space, report }) => ({
      needs: (index) => index,
      propose(index) {
        const architecture = space.sample(stream.child('cell', index));
        texts[index] = space.format(architecture);
        const proposals = [{ proposal: index, architecture: texts[index], mean: index }];
        // A sampler that is asked again says it again: it is recorded once.
        for (let i = 0; i < 2; i++)
          report!({ iteration: index + 1, predictor: 'n', labels: index, ranked: 1, proposals });
        return architecture;
      },
    }));
    const events = await story(search({ ...options({ ...given, train: 8 }), pool: fakePool({ size: 2 }) }));
    const fits = ofType(events, 'predictor-fitted');
    expect(fits.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const accuracies = texts.map((text) => (hash32(text) % 997) / 1000);
    expect(new Set(accuracies).size).toBe(8);
    for (const [n, { rankCorrelation }] of fits.entries()) {
      if (n < 3) expect(rankCorrelation).toBeUndefined();
      else expect(rankCorrelation).toBeCloseTo(untiedSpearman(accuracies.slice(0, n)), 12);
    }
    const order = events.filter(({ type }) => type === 'predictor-fitted' || type === 'candidate-scored');
    expect(order.map(({ type }) => type)).toEqual(
      Array.from({ length: 16 }, (_, i) => (i % 2 ? 'candidate-scored' : 'predictor-fitted')),
    );
  });

  test('is of a predictor from the catalogue, fitted to the evaluations so far', async () => {
    const events = await story(search({ ...options({ ...LEARNING, ...RIDGE }), pool: fakePool({ size: 3 }) }));
    const fits = ofType(events, 'predictor-fitted');
    expect(fits.map(({ predictor, labels, ranked }) => ({ predictor, labels, ranked }))).toEqual(
      [4, 6, 8, 10].map((labels) => ({ predictor: 'ridge', labels, ranked: 15625 })),
    );
    const proposed = ofType(events, 'candidate-scored')
      .slice(4)
      .map(({ architecture }) => architecture);
    expect(fits.flatMap(({ proposals }) => proposals.map(({ architecture }) => architecture))).toEqual(proposed);
  });

  test('is recorded too where it learns from scores', async () => {
    const events = await story(search({ ...options({ ...RIDGE, count: 10 }), pool: fakePool({ size: 3 }) }));
    expect(ofType(events, 'predictor-fitted').map(({ labels }) => labels)).toEqual([4, 6, 8]);
    expect(lasting(events.at(-1))).toMatchObject({ type: 'run-finished' });
  });

  test('fails the run in one sentence where there is no such predictor', async () => {
    const samplerOptions = { ...RIDGE.samplerOptions, predictor: 'rigde' };
    const run = search({ ...options({ ...LEARNING, ...RIDGE, samplerOptions }), pool: fakePool({ size: 2 }) });
    await expect(run.result).rejects.toThrow(/^Expected the predictor to be one of .* Did you mean "ridge"\?$/);
  });
});

/** Of values without ties and the numbers 0, 1, 2, …: 1 − 6 Σd² / (n³ − n). */
function untiedSpearman(values: readonly number[]): number {
  const ranks = values.map((value) => values.filter((other) => other < value).length);
  const squares = ranks.reduce((sum, rank, i) => sum + (rank - i) ** 2, 0);
  return 1 - (6 * squares) / (values.length ** 3 - values.length);
}
