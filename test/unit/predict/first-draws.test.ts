/** Where a search begins: ranks fused by other code, on what the sampler itself asked about. */
import { describe, expect, test } from 'vitest';
import { type Genotype, nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { hash32 } from '../../../src/base/hash.js';
import { random } from '../../../src/base/random.js';
import type { CheapKnowledge } from '../../../src/contracts/sampler.js';
import { firstByKnowledge } from '../../../src/predict/first-draws.js';

const space = nasBench201();
const stream = random('first');
const context = { space, random: stream };
const functionOf = (cell: Genotype) => space.format(space.canonical(cell, 'function'));
const textsOf = (cells: readonly Genotype[]) => cells.map(space.format);

/** Uniform draws, of each function the first. */
function drawn(count: number): Genotype[] {
  const cells: Genotype[] = [];
  for (let i = 0; cells.length < count; i++) {
    const cell = space.sample(stream.child('draw', i));
    if (!cells.map(functionOf).includes(functionOf(cell))) cells.push(cell);
  }
  return cells;
}

/** Made-up scores, every seventh or so missing. */
const scoreOf = (cell: Genotype) => {
  const hash = hash32(functionOf(cell));
  return hash % 7 === 0 ? Number.NaN : hash / 2 ** 32;
};

const costs: CheapKnowledge<Genotype> = { cost: (cell) => space.cost!(cell) };
const scores: CheapKnowledge<Genotype> = {
  ...costs,
  score: async (cells) => Float64Array.from(cells, scoreOf),
};

/** Π rank over the measures: how many are worse, and half of those that are as good. */
function fused(cells: readonly Genotype[], measures: readonly ((cell: Genotype) => number)[]): number[] {
  const rank = (values: readonly number[], value: number) =>
    values.filter((other) => other < value).length + (values.filter((other) => other === value).length + 1) / 2;
  return cells.map((cell) =>
    measures.reduce((product, measure) => product * rank(cells.map(measure), measure(cell)), 1),
  );
}

const parameters = (cell: Genotype) => space.cost!(cell).parameters;
const multiplyAdds = (cell: Genotype) => space.cost!(cell).multiplyAdds;
const score = (cell: Genotype) => (Number.isNaN(scoreOf(cell)) ? -1 : scoreOf(cell));

describe('the first evaluations', () => {
  test.each([
    ['costs', costs, [parameters, multiplyAdds]],
    ['costs and scores', scores, [parameters, multiplyAdds, score]],
  ])('are the best of the draws by %s, best first', async (_, knowledge, measures) => {
    const cells = drawn(60);
    const chosen = await firstByKnowledge({ ...context, knowledge }, { count: 12, draws: 60, score: true })();
    const worth = fused(cells, measures);
    const best = cells.map((cell, i) => ({ cell, worth: worth[i] })).sort((a, b) => b.worth - a.worth);
    // Equals may come in any order, for products of ranks and sums of their logarithms round differently.
    const worthOf = new Map(cells.map((cell, i) => [space.format(cell), worth[i]]));
    expect(textsOf(chosen).map((text) => worthOf.get(text))).toEqual(best.slice(0, 12).map((entry) => entry.worth));
    expect(new Set(chosen.map(functionOf)).size).toBe(12);
  });

  test('are the draws in their order where nothing is known', async () => {
    expect(textsOf(await firstByKnowledge(context, { count: 10, draws: 100, score: true })())).toEqual(
      textsOf(drawn(10)),
    );
  });

  test('are asked for once, with one question for all scores, and none where they do not count', async () => {
    const asked: number[] = [];
    const counting: CheapKnowledge<Genotype> = {
      ...costs,
      score: async (cells) => {
        asked.push(cells.length);
        return new Float64Array(cells.length);
      },
    };
    const first = firstByKnowledge({ ...context, knowledge: counting }, { count: 5, draws: 30, score: true });
    expect(await first()).toBe(await first());
    expect(asked).toEqual([30]);
    const unscored = { count: 5, draws: 30, score: false };
    const bare = await firstByKnowledge({ ...context, knowledge: counting }, unscored)();
    expect(asked).toEqual([30]);
    expect(textsOf(bare)).toEqual(textsOf(await firstByKnowledge({ ...context, knowledge: costs }, unscored)()));
  });

  test('come from the table where there is one', async () => {
    const pool = drawn(400).slice(350);
    const texts = textsOf(pool);
    const chosen = await firstByKnowledge(
      { ...context, knowledge: costs, pool },
      { count: 20, draws: 40, score: true },
    )();
    expect(chosen.every((cell) => texts.includes(space.format(cell)))).toBe(true);
    expect(new Set(chosen.map(functionOf)).size).toBe(20);
  });

  test('are drawn freely where there are fewer functions than evaluations', async () => {
    const pool = drawn(3);
    const chosen = await firstByKnowledge(
      { ...context, knowledge: costs, pool },
      { count: 8, draws: 20, score: true },
    )();
    expect(chosen).toHaveLength(8);
    expect(new Set(textsOf(chosen.slice(0, 3))).size).toBe(3);
    expect(chosen.every((cell) => textsOf(pool).includes(space.format(cell)))).toBe(true);
  });
});
