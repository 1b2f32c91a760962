/** Scores of a study: shared, kept, and limited; by a pool that computes nothing, and a real ledger. */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Genotype } from '../../../search-spaces/nas-bench-201/index.js';
import { hash32 } from '../../../src/base/hash.js';
import { catalog } from '../../../src/catalog.js';
import type { Job } from '../../../src/contracts/job.js';
import type { StudyRun, StudyScores, StudyStore } from '../../../src/contracts/study.js';
import { openStudies } from '../../../src/log/studies.js';
import { knowledgeOf } from '../../../src/study/knowledge.js';
import { CELL, OTHER_CELL, SAME_CELL } from '../cli/command.js';
import { fakePool } from '../search/fixtures.js';
import { CELLS, folder, runOf, space } from './fixtures.js';

const [cell, same, other] = [CELL, SAME_CELL, OTHER_CELL].map(space.parse);

const SCORES: StudyScores = {
  metric: 'naswot',
  data: 'synthetic:train=40,test=10',
  batch: 8,
  seed: 3,
  skeleton: { channels: 4, cells: 1 },
  engine: 'reference',
  versions: { nascent: '1', data: 'abc' },
};

const stores: StudyStore[] = [];

afterEach(() => {
  delete catalog.metrics.lower;
  for (const store of stores.splice(0)) store.close();
});

function storeAt(path = join(folder(), 'ledger.sqlite')): StudyStore {
  const store = openStudies(path);
  stores.push(store);
  return store;
}

const quick = (given: Parameters<typeof fakePool>[0] = {}) => fakePool({ delay: () => 0, ...given });

async function made(given: Partial<StudyRun> = {}, store = storeAt(), pool = quick()) {
  const knowledge = await knowledgeOf<Genotype>(space, runOf({ scores: SCORES, ...given }), { store, pool });
  const scores = async (cells: readonly Genotype[]) => [...(await knowledge.score!(cells))];
  return { knowledge, scores, pool, store };
}

const formOf = (each: Genotype) => space.format(space.canonical(each, 'activations'));
const scoreOf = (each: Genotype) => hash32(formOf(each)) % 1000;
const textOf = ({ network }: Job) => network.architecture;

describe('scores', () => {
  test('are asked of the canonical form, by a job that says everything', async () => {
    const { scores, pool } = await made();
    expect(await scores([same])).toEqual([scoreOf(cell)]);
    expect(pool.jobs).toEqual([
      {
        kind: 'score',
        network: { space: 'nas-bench-201', spaceOptions: {}, skeleton: SCORES.skeleton, architecture: formOf(cell) },
        data: { data: SCORES.data, seed: 3 },
        ...{ metrics: ['naswot'], batch: 8, seed: 3, engine: 'reference', threads: 1 },
      },
    ]);
  });

  test('are one for cells that the metric cannot tell apart, and counted once', async () => {
    const { scores, pool, knowledge } = await made();
    expect(await scores([cell, same, other, cell])).toEqual([cell, cell, other, cell].map(scoreOf));
    expect(await scores([other, same])).toEqual([other, cell].map(scoreOf));
    expect(pool.jobs.map(textOf)).toEqual([cell, other].map(formOf));
    expect(knowledge.spent).toEqual({ scored: 2, seconds: 0.02, waited: expect.any(Number) });
    expect(knowledge.spent.waited).toBeGreaterThan(0);
  });

  test('beyond the budget are NaN, whatever was asked before, and known ones stay known', async () => {
    const { scores, pool, knowledge } = await made({ scoreBudget: 2 });
    const [a, b, c, d] = [100, 5000, 9000, 15_000].map((i) => CELLS[i]);
    expect(await scores([a, b, c, a])).toEqual([scoreOf(a), scoreOf(b), Number.NaN, scoreOf(a)]);
    expect(await scores([d, b])).toEqual([Number.NaN, scoreOf(b)]);
    expect(pool.jobs).toHaveLength(2);
    expect(knowledge.spent.scored).toBe(2);
    const none = await made({ scoreBudget: 0 });
    expect(await none.scores([a])).toEqual([Number.NaN]);
  });

  test('are taken from the store by other runs, which are charged what they cost', async () => {
    const path = join(folder(), 'ledger.sqlite');
    const first = await made({}, storeAt(path));
    await first.scores([cell, other]);
    // Another seed and another strategy are another run, but the same scores.
    const second = await made(
      { seed: 2, samples: 7, strategy: { name: 'x', sampler: 'area', options: {} } },
      storeAt(path),
    );
    expect(await second.scores([same, other])).toEqual([cell, other].map(scoreOf));
    expect(second.pool.jobs).toEqual([]);
    expect(second.knowledge.spent).toEqual({ scored: 2, seconds: 0.02, waited: 0 });
  });

  test('are the same wherever the data lie, and others for all that decides them', async () => {
    const store = storeAt();
    await (await made({}, store)).scores([cell]);
    const jobsWith = async (scores: Partial<StudyScores>) => {
      const changed = await made({ scores: { ...SCORES, ...scores } }, store);
      await changed.scores([cell]);
      return changed.pool.jobs.length;
    };
    expect(await jobsWith({ data: 'synthetic:elsewhere' })).toBe(0);
    expect(await jobsWith({ seed: 4 })).toBe(1);
    expect(await jobsWith({ batch: 16 })).toBe(1);
    expect(await jobsWith({ skeleton: { channels: 8, cells: 1 } })).toBe(1);
    expect(await jobsWith({ metric: 'naswot-live' })).toBe(1);
    expect(await jobsWith({ engine: 'onnxruntime' })).toBe(1);
    expect(await jobsWith({ versions: { ...SCORES.versions, data: 'def' } })).toBe(1);
  });

  test('that were computed are kept where a run is stopped among them', async () => {
    const store = storeAt();
    let left = 3;
    const goOn = () => {
      if (left-- === 0) throw new DOMException('stopped', 'AbortError');
    };
    const pool = quick();
    const stopped = await knowledgeOf<Genotype>(space, runOf({ scores: SCORES }), { store, pool, goOn });
    const cells = [100, 5000, 9000, 11_111, 15_000].map((i) => CELLS[i]);
    await expect(stopped.score!(cells)).rejects.toMatchObject({ name: 'AbortError' });
    expect(pool.jobs).toHaveLength(3);
    const again = await made({}, store);
    expect(await again.scores(cells)).toEqual(cells.map(scoreOf));
    expect(again.pool.jobs.map(textOf)).toEqual(cells.slice(3).map(formOf));
  });

  test('that fail are NaN, and kept with their reason', async () => {
    const store = storeAt();
    const pool = quick({ score: () => ({ failure: 'two images share every code' }) });
    const first = await made({}, store, pool);
    expect(await first.scores([cell])).toEqual([Number.NaN]);
    const again = await made({}, store);
    expect(await again.scores([cell])).toEqual([Number.NaN]);
    expect(again.pool.jobs).toEqual([]);
    expect(again.knowledge.spent.scored).toBe(1);
  });

  test('are higher for better ones, whatever the direction of the metric', async () => {
    const { naswot } = await import('../../../src/score/naswot.js');
    catalog.metrics.lower = async () => ({ ...naswot, name: 'lower', higherIsBetter: false });
    const { scores, knowledge } = await made({ scores: { ...SCORES, metric: 'lower' } });
    expect(await scores([cell])).toEqual([-scoreOf(cell)]);
    expect(knowledge.metric).toBe('lower');
  });
});

describe('costs', () => {
  test('are those of the space, and known without any data', async () => {
    const { knowledge } = await made({ scores: undefined });
    expect(knowledge.score).toBeUndefined();
    expect(knowledge.metric).toBeUndefined();
    expect(knowledge.cost(cell)).toEqual(space.cost!(cell));
  });

  test('are those of the network where a space has no closed form', async () => {
    const { cost: _, ...plain } = space;
    const knowledge = await knowledgeOf<Genotype>(plain, runOf(), { store: storeAt(), pool: quick() });
    expect(knowledge.cost(cell)).toEqual(space.cost!(cell));
  });
});
