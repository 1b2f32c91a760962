/** One search on a table, by samplers that the test makes. */
import { describe, expect, test } from 'vitest';
import type { Genotype } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { Observation, Sampler } from '../../../src/contracts/sampler.js';
import { evolutionSampler } from '../../../src/sample/evolution.js';
import { labelsOf } from '../../../src/study/labels.js';
import { StandIns } from '../../../src/study/stand-ins.js';
import { searchedTable, searchTable } from '../../../src/study/table-search.js';
import { accuracy, CELLS, openedTable, space } from './fixtures.js';

const cells = CELLS.filter((_, i) => i % 150 === 11);
/** Row 5 has no accuracy; row 50 is the best. */
const table = await openedTable(cells, {
  c10_val_200: (cell, row) => (row === 5 ? undefined : row === 50 ? 99 : accuracy(cell)),
});
const searched = searchedTable(space, table, labelsOf(table, { dataset: 'cifar10' }).of(1));
const texts = cells.map(space.format);

/** Proposes these cells one after the other, then stops the test. */
function proposing(proposals: readonly Genotype[]): Sampler<Genotype> & { seen: readonly Observation<Genotype>[] } {
  const sampler = {
    name: 'given',
    seen: [] as readonly Observation<Genotype>[],
    needs: (index: number) => index,
    propose(index: number, seen: readonly Observation<Genotype>[]) {
      sampler.seen = [...seen];
      if (index >= proposals.length) throw new Error('asked for more');
      return proposals[index];
    },
  };
  return sampler;
}

const search = (sampler: Sampler<Genotype>, samples = 10, toTheEnd = false, seed = 1) =>
  searchTable(searched, sampler, random(seed), { samples, toTheEnd });

/** Cells that are not in the table. */
const outside = CELLS.filter((_, i) => i % 150 !== 11);

describe('a search', () => {
  test('ends with the best of the table, or after so many samples', async () => {
    expect(await search(proposing([3, 50, 7].map((row) => cells[row])))).toEqual([3, 50]);
    expect(await search(proposing([3, 50, 7].map((row) => cells[row])), 3, true)).toEqual([3, 50, 7]);
    expect(await search(proposing([3, 8, 7].map((row) => cells[row])), 2)).toEqual([3, 8]);
  });

  test('shows the sampler what was evaluated, and no more than it needs', async () => {
    const sampler = proposing([3, 8, 7, 50].map((row) => cells[row]));
    await search(sampler);
    expect(sampler.seen).toEqual(
      [3, 8, 7].map((row, proposal) => ({
        proposal,
        architecture: cells[row],
        value: table.values({ dataset: 'cifar10', split: 'validation', epochs: 200 })[row],
      })),
    );
    const lengths: number[] = [];
    const lagging: Sampler<Genotype> = {
      name: 'lagging',
      needs: (index) => Math.max(0, index - 3),
      propose(index, seen) {
        lengths.push(seen.length);
        return cells[index];
      },
    };
    await search(lagging, 6);
    expect(lengths).toEqual([0, 0, 0, 0, 1, 2]);
  });

  test('answers what is known already from memory: it costs no sample', async () => {
    const sampler = proposing([3, 3, 8, 3, 8, 7].map((row) => cells[row]));
    expect(await search(sampler, 3)).toEqual([3, 8, 7]);
    expect(
      sampler.seen.map(({ proposal, architecture }) => [proposal, texts.indexOf(space.format(architecture))]),
    ).toEqual([
      [0, 3],
      [1, 3],
      [2, 8],
      [3, 3],
      [4, 8],
    ]);
  });

  test('ends where the sampler only repeats itself', async () => {
    let asked = 0;
    const stuck: Sampler<Genotype> = {
      name: 'stuck',
      needs: () => 0,
      propose() {
        asked++;
        return cells[9];
      },
    };
    expect(await search(stuck)).toEqual([9]);
    expect(asked).toBe(1001);
  });

  test('ends with the table', async () => {
    const order = await search(proposing([...cells.slice(51), ...cells.slice(0, 51)]), 10_000, true);
    // Row 5 has no accuracy, and its proposal is answered by another row, whose own turn costs nothing then.
    expect(new Set(order)).toEqual(new Set(searched.labels.rows));
    expect(order).toHaveLength(cells.length - 1);
  });
});

describe('a proposal that the table does not have', () => {
  const canonical = (cell: Genotype) => space.canonical(cell, 'function');
  const forms = cells.map(canonical);

  /** By definition: the open rows of whose canonical cells the fewest edges differ. */
  function nearestRows(cell: Genotype, taken: readonly number[]): number[] {
    const form = canonical(cell);
    const distance = (row: number) => forms[row].filter((operation, edge) => operation !== form[edge]).length;
    const open = searched.labels.rows.filter((row) => !taken.includes(row));
    const least = Math.min(...open.map(distance));
    return open.filter((row) => distance(row) === least);
  }

  test('is answered by the nearest row that was not evaluated', async () => {
    const stream = random('outside');
    for (let i = 0; i < 20; i++) {
      const proposals = stream.child(i).sample(outside, 6);
      const order = await search(proposing(proposals), 6, true, i);
      expect(new Set(order).size).toBe(6);
      order.forEach((row, place) => {
        expect(nearestRows(proposals[place], order.slice(0, place))).toContain(row);
      });
    }
  });

  test('is one of equally near rows at random, by the seed', async () => {
    const proposal = outside.find((cell) => nearestRows(cell, []).length >= 3)!;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, seed) => search(proposing([proposal]), 1, true, seed)),
    );
    expect(new Set(answers.flat())).toEqual(new Set(nearestRows(proposal, [])));
    expect(await search(proposing([proposal]), 1, true, 3)).toEqual(answers[3]);
  });

  test('costs a sample each time, for each time it is another row', async () => {
    const order = await search(proposing(Array(4).fill(outside[70])), 4, true);
    expect(new Set(order).size).toBe(4);
  });

  test('also where the table has the row, but no accuracy', async () => {
    const [row] = await search(proposing([cells[5]]), 1, true);
    expect(row).not.toBe(5);
    expect(nearestRows(cells[5], [])).toContain(row);
  });

  test('ends the search where nothing is left', async () => {
    const few = await openedTable(cells.slice(0, 3), { c10_val_200: accuracy });
    const small = searchedTable(space, few, labelsOf(few, { dataset: 'cifar10' }).of(1));
    const order = await searchTable(small, proposing(outside.slice(0, 3)), random(1), { samples: 9, toTheEnd: true });
    expect([...order].sort()).toEqual([0, 1, 2]);
    const { standIns } = small;
    expect(standIns.nearest(outside[0], () => true, random(1))).toBeUndefined();
    expect(new StandIns(space, []).nearest(outside[0], () => false, random(1))).toBeUndefined();
  });
});

test('evolution, which knows nothing of the table, searches it all the same', async () => {
  const sampler = evolutionSampler<Genotype>({ space, random: random(4), options: { lag: 1 } });
  const order = await search(sampler, 60, true);
  expect(order).toHaveLength(60);
  expect(new Set(order).size).toBe(60);
  const values = order.map((row) => searched.labels.validation[row]);
  const mean = (from: number, to: number) =>
    values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  expect(mean(30, 60)).toBeGreaterThan(mean(0, 10));
});
