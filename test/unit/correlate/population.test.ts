/** Which architectures are drawn, and which of them are live. */
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.js';
import { resolve } from '../../../src/catalog.js';
import { drawPopulation, isLive } from '../../../src/correlate/population.js';
import { CELLS, openedTable, space } from '../study/fixtures.js';

const cells = CELLS.filter((_, i) => i % 300 === 7);
const table = await openedTable(cells, { c10_test_200: (_, row) => (row === 3 ? undefined : 40 + row) });
const accuracies = table.values({ dataset: 'cifar10', split: 'test', epochs: 200 });
const draw = (given: Partial<Parameters<typeof drawPopulation>[3]> = {}) =>
  drawPopulation(space, table, accuracies, { population: 'all', seed: 1, ...given });

describe('live architectures', () => {
  test('of NAS-Bench-201 are the 9,445 of the published comparison', () => {
    expect(CELLS.filter((cell) => isLive(space, cell))).toHaveLength(9445);
  });

  test('have no operation without a way from the input or to the output', () => {
    const live = (text: string) => isLive(space, space.parse(text));
    expect(live('|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|')).toBe(false);
    expect(live('|none~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|')).toBe(false);
    expect(live('|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|')).toBe(true);
  });

  test.each(['nas-bench-101', 'nats-bench-size', 'transnas-bench-101-macro'])(
    'are all of %s that are drawn',
    async (name) => {
      const other = (await resolve('spaces', name))();
      const stream = random('live');
      for (let i = 0; i < 20; i++) expect(isLive(other, other.sample(stream))).toBe(true);
    },
  );
});

describe('a draw', () => {
  test('has each architecture with an accuracy once, and begins as a smaller one of the same seed', () => {
    const all = draw();
    expect(all.size).toBe(cells.length - 1);
    expect([...all.rows].sort((a, b) => a - b)).toEqual([...cells.keys()].filter((row) => row !== 3));
    expect(all.architectures.map((each) => space.format(each))).toEqual(all.rows.map((row) => table.architecture(row)));
    expect(draw({ count: 10 }).rows).toEqual(all.rows.slice(0, 10));
    expect(draw({ count: 10, seed: 2 }).rows).not.toEqual(draw({ count: 10 }).rows);
  });

  test('of the live has only those', () => {
    const { architectures, size } = draw({ population: 'live' });
    expect(size).toBe(architectures.length);
    expect(size).toBeLessThan(cells.length - 1);
    expect(architectures.every((each) => isLive(space, each))).toBe(true);
  });

  test('among given architectures has no others', () => {
    const given = [5, 2, 9, 2].map((row) => table.architecture(row));
    expect([...draw({ architectures: given }).rows].sort((a, b) => a - b)).toEqual([2, 5, 9]);
    expect(draw({ architectures: given, count: 2 })).toMatchObject({ size: 3, rows: { length: 2 } });
  });

  test('refuses what the table does not have, and more than there are', () => {
    expect(() => draw({ architectures: [space.format(CELLS[0])] })).toThrow(
      /^Expected every architecture to be one whose accuracy the table has, got "\|none/,
    );
    expect(() => draw({ architectures: [table.architecture(3), table.architecture(4)] })).toThrow(/whose accuracy/);
    expect(() => draw({ count: 53 })).toThrow('to be from 2 to the 52 architectures of the population, got 53.');
  });
});
