/** The loop of weak predictors, with a ranking that the test decides. */
import { describe, expect, test } from 'vitest';
import { type Genotype, nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { Observation } from '../../../src/contracts/sampler.js';
import { greedy } from '../../../src/predict/choose.js';
import { type Labelled, type LoopParts, type Ranking, weakPredictorLoop } from '../../../src/predict/loop.js';
import { encodedPool } from '../../../src/predict/pool.js';
import { recordedReports, runOf } from './context.js';

const space = nasBench201();
const cells = Array.from({ length: 40 }, (_, i) => [...space.enumerate!()][i * 390]);
const stream = random('loop');

/** Ranks the pool backwards: the last cell is the best predicted. */
const backwards = async (): Promise<Ranking> => ({
  predictor: 'backwards',
  prediction: { mean: Float64Array.from(cells.keys()) },
  best: 0,
});

function loopOf(given: Partial<LoopParts<Genotype>> = {}, report = recordedReports()) {
  const parts: LoopParts<Genotype> = {
    name: 'loop',
    initial: 4,
    batch: () => 3,
    first: (index) => cells[index],
    pool: () => encodedPool(space)(cells),
    rank: backwards,
    choose: greedy,
    ...given,
  };
  return weakPredictorLoop({ space, random: stream, report: report.report }, parts);
}

const placesOf = (seen: readonly Observation<Genotype>[]) =>
  seen.map(({ architecture }) => cells.indexOf(architecture));

describe('batches', () => {
  test('each need what was evaluated before their fit', () => {
    const { needs } = loopOf();
    expect(Array.from({ length: 12 }, (_, i) => needs(i))).toEqual([0, 0, 0, 0, 4, 4, 4, 7, 7, 7, 10, 10]);
  });

  test('may grow with what is known, and are found however they are asked for', () => {
    const { needs } = loopOf({ batch: (evaluated) => Math.floor(evaluated / 2) });
    // After 4 come 2, after 6 three, after 9 four, after 13 six.
    expect([18, 3, 8, 4, 13, 5, 6, 12, 9, 0].map(needs)).toEqual([13, 0, 6, 4, 13, 4, 6, 9, 9, 0]);
  });

  test('are the best ranked that were not evaluated, in one ranking', async () => {
    let rankings = 0;
    const rank = () => {
      rankings++;
      return backwards();
    };
    const seen = await runOf(loopOf({ rank }), 13, () => 1);
    expect(placesOf(seen)).toEqual([0, 1, 2, 3, 39, 38, 37, 36, 35, 34, 33, 32, 31]);
    expect(rankings).toBe(3);
  });

  test('are proposed again from the observations alone', async () => {
    const whole = await runOf(loopOf(), 20, (_, i) => i);
    for (const done of [2, 4, 5, 6, 13]) {
      expect(placesOf(await runOf(loopOf(), 20, (_, i) => i, whole.slice(0, done)))).toEqual(placesOf(whole));
    }
  });

  test('go back where an earlier proposal is asked for again', async () => {
    const sampler = loopOf();
    const whole = await runOf(sampler, 14, (_, i) => i);
    for (const index of [5, 12, 4, 1]) {
      expect(await sampler.propose(index, whole.slice(0, sampler.needs(index)))).toEqual(whole[index].architecture);
    }
  });
});

describe('what is learned from', () => {
  test('are the successful evaluations, as the pool describes them', async () => {
    const labelled: Labelled[] = [];
    const rank: LoopParts<Genotype>['rank'] = (_, given) => {
      labelled.push(given);
      return backwards();
    };
    await runOf(loopOf({ rank }), 8, (_, i) => (i === 1 || i === 5 ? undefined : i / 10));
    expect(labelled.map(({ values }) => [...values])).toEqual([
      [0, 0.2, 0.3],
      [0, 0.2, 0.3, 0.4, 0.6],
    ]);
    expect([...labelled[0].features.values]).toEqual([0, 2, 3].flatMap((i) => [...space.encode(cells[i])]));
  });

  test('is nothing where everything failed: then the open ones are drawn, and failed ones never again', async () => {
    const reports = recordedReports();
    const rank = () => Promise.reject(new Error('nothing to learn from'));
    const places = placesOf(await runOf(loopOf({ rank }, reports), 20, () => undefined));
    expect(new Set(places).size).toBe(20);
    expect(reports.reports).toEqual([]);
    // Not in any order of the list.
    expect(places.slice(4)).not.toEqual([...places.slice(4)].sort((a, b) => a - b));
  });
});

describe('a pool that is used up', () => {
  test('is proposed whole, each once, before anything else', async () => {
    const seen = await runOf(loopOf({ batch: () => 7 }), 45, (_, i) => i);
    const places = placesOf(seen);
    expect(new Set(places.slice(0, 40)).size).toBe(40);
    expect(places.slice(0, 40)).not.toContain(-1);
    for (const { architecture } of seen.slice(40)) expect(space.format(architecture)).toMatch(/^\|/);
  });

  test('may be smaller than the batch', async () => {
    const few = cells.slice(0, 6);
    const rank = async (): Promise<Ranking> => ({ ...(await backwards()), prediction: { mean: new Float64Array(6) } });
    const seen = await runOf(loopOf({ pool: () => encodedPool(space)(few), rank, batch: () => 50 }), 20, () => 1);
    expect(placesOf(seen.slice(0, 6)).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('reports', () => {
  test('say what was thought of each proposal, in the units of the observations', async () => {
    const reports = recordedReports();
    const rank = async (): Promise<Ranking> => ({
      predictor: 'named',
      prediction: {
        mean: Float64Array.from(cells.keys()),
        variance: Float64Array.from(cells, (_, i) => i ** 2),
      },
      best: 0,
      toUnits: (value) => 10 + value / 2,
    });
    const seen = await runOf(loopOf({ rank }, reports), 9, () => 1);
    const proposalOf = (proposal: number) => {
      const place = cells.indexOf(seen[proposal].architecture);
      return { proposal, architecture: space.format(cells[place]), mean: 10 + place / 2, deviation: place / 2 };
    };
    expect(reports.reports).toEqual([
      { iteration: 1, predictor: 'named', labels: 4, ranked: 40, proposals: [4, 5, 6].map(proposalOf) },
      // The third of this batch was not asked for, but it has been thought of.
      {
        ...{ iteration: 2, predictor: 'named', labels: 7, ranked: 40 },
        proposals: [proposalOf(7), proposalOf(8), expect.objectContaining({ proposal: 9, mean: 10 + 34 / 2 })],
      },
    ]);
  });

  test('have no deviation where the predictor has none', async () => {
    const reports = recordedReports();
    await runOf(loopOf({}, reports), 5, () => 1);
    expect(Object.keys(reports.reports[0].proposals[0])).toEqual(['proposal', 'architecture', 'mean']);
  });
});
