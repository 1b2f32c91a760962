/** What is ranked: functions instead of texts, the whole space or fresh draws. */
import { describe, expect, test } from 'vitest';
import { nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { type Genotype, nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { Features } from '../../../src/contracts/predictor.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import { functionPool, viewed } from '../../../src/predict/functions.js';
import { encodedPool, pools } from '../../../src/predict/pool.js';
import { oracleName } from '../search-spaces/equivalence-oracle.js';
import { matrixOf, renumbered, textOf } from '../search-spaces/nas-bench-101-oracle.js';
import { unlistable } from './context.js';

const space = nasBench201();

const cellsOf = <A>(from: SearchSpace<A>, count: number, seed: string) =>
  Array.from({ length: count }, (_, i) => from.sample(random(seed).child(i)));

const row = ({ width, values }: Features, i: number) => [...values.subarray(i * width, (i + 1) * width)];

describe('a pool of functions', () => {
  const cells = cellsOf(space, 400, 'cells');
  const pool = functionPool(space, cells);

  test('gives cells one number exactly where an independent judge calls them one function', () => {
    const numberOf = new Map<string, number>();
    cells.forEach((cell, i) => {
      const name = oracleName(cell, 'function');
      expect(pool.functionOf[i]).toBe(numberOf.get(name) ?? pool.functionOf[i]);
      numberOf.set(name, pool.functionOf[i]);
    });
    expect(new Set(numberOf.values()).size).toBe(numberOf.size);
    expect(pool.functions.count).toBe(numberOf.size);
    expect(numberOf.size).toBeLessThan(cells.length);
  });

  test('has for each member the row of its function, and describes it so', () => {
    const { features, functions, functionOf } = pool;
    const described = pool.describe(cells);
    expect([features.count, features.width]).toEqual([cells.length, functions.width]);
    cells.forEach((_, i) => {
      expect(row(features, i)).toEqual(row(functions, functionOf[i]));
      expect(row(described, i)).toEqual(row(features, i));
    });
  });

  test('describes others of its functions by the same rows', () => {
    const others = cells.map((cell) => space.canonical(cell, 'function'));
    expect(pool.describe(others)).toEqual(pool.features);
    expect(pool.describe([])).toEqual({ count: 0, width: pool.functions.width, values: new Float32Array() });
  });

  test('has a view of paths, pairs and costs and one of positions, each column of mean 0 and deviation 1 over the functions', () => {
    const { functions, views } = pool;
    expect(views).toEqual([
      { start: 0, groups: [3 + 3 * 4, 5 * 5, 2] },
      { start: 42, groups: [30] },
    ]);
    expect(functions.width).toBe(42 + 30);
    for (let column = 0; column < functions.width; column++) {
      const values = Array.from({ length: functions.count }, (_, i) => row(functions, i)[column]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(0, 5);
      // Nothing goes straight from the input to the output: that pair is always 0.
      expect(square).toBeCloseTo(column === 3 * 5 + 4 ? 0 : 1, 4);
    }
  });

  test('has logarithms of parameters and multiply-adds as the last columns of what cells compute', () => {
    const { functions, functionOf } = pool;
    const costs = cells.map((cell) => space.cost!(space.canonical(cell, 'function')));
    for (const [back, measure] of [
      [2, 'parameters'],
      [1, 'multiplyAdds'],
    ] as const) {
      const column = cells.map((_, i) => row(viewed(functions, pool.views[0]), functionOf[i])[42 - back]);
      const logarithms = costs.map((cost) => Math.log(cost[measure]));
      const [one, other] = [0, cells.findIndex((_, i) => logarithms[i] !== logarithms[0])];
      const unit = (column[other] - column[one]) / (logarithms[other] - logarithms[one]);
      column.forEach((value, i) => {
        expect(value - column[one]).toBeCloseTo(unit * (logarithms[i] - logarithms[one]), 4);
      });
    }
  });

  test('sees in its second view where the operations of a function stand', () => {
    const { functions, functionOf, views } = pool;
    const positions = viewed(functions, views[1]);
    const columns = space.encode(cells[0]).length;
    const rows = cells.map((_, i) => row(positions, functionOf[i]));
    const encodings = cells.map((cell) => space.encode(space.canonical(cell, 'function')));
    for (let column = 0; column < columns; column++) {
      const high = Math.max(...rows.map((each) => each[column]));
      rows.forEach((each, i) => {
        expect(each[column] === high).toBe(encodings[i][column] === 1);
      });
    }
  });

  test('describes others by moderate numbers, also in columns that are constant over the pool', () => {
    const alike = functionPool(space, [cells[0]]).describe(cells);
    expect(Math.max(...alike.values.map(Math.abs))).toBeLessThan(100);
    expect(row(alike, 0)).toEqual(row(alike, 0).map(() => 0));
  });

  test('takes isomorphic cells of NAS-Bench-101 for one', () => {
    const space101 = nasBench101();
    const originals = cellsOf(space101, 40, 'modules');
    const stream = random('orders');
    const twins = originals.map((cell, i) =>
      space101.parse(textOf(renumbered(matrixOf(space101.format(cell)), stream.child(i)).cell)),
    );
    const both = functionPool(space101, [...originals, ...twins]);
    expect([...both.functionOf.slice(40)]).toEqual([...both.functionOf.slice(0, 40)]);
    expect(both.views.map(({ groups }) => groups)).toEqual([[3 + 3 * 3, 4 * 4, 2], [space101.encodingLength]]);
    expect(both.functions.width).toBe(12 + 16 + 2 + space101.encodingLength);
  });

  test('of one architecture, or in a space that draws no cells or counts no costs, works', () => {
    const single = functionPool(space, [cells[0]]);
    expect([...single.functions.values].every((value) => value === 0)).toBe(true);
    const { graph: _, ...undrawn } = space;
    expect(functionPool<Genotype>(undrawn, cells).views).toEqual([{ start: 0, groups: [30, 2] }]);
    const { cost: __, ...plain } = undrawn;
    const { views, functions } = functionPool<Genotype>(plain, cells);
    expect(views).toEqual([{ start: 0, groups: [30] }]);
    expect(functions.width).toBe(30);
  });
});

describe('what is ranked', () => {
  const context = { space, random: random('unused') };
  const seen = cellsOf(space, 30, 'seen').map((architecture, proposal) => ({
    proposal,
    architecture,
    value: proposal % 3 === 0 ? undefined : proposal / 100,
  }));

  test('is the whole space where it can be listed, made once', () => {
    const poolOf = pools(context, { size: 10, listed: 20_000 }, encodedPool(space));
    const first = poolOf([], random(1));
    expect(first.texts).toEqual([...space.enumerate!()].map(space.format));
    expect(poolOf(seen, random(2))).toBe(first);
  });

  test('is the table where there is one, whatever the space', () => {
    const table = cellsOf(space, 20, 'table');
    const poolOf = pools({ ...context, pool: table }, { size: 10, listed: 0 }, encodedPool(space));
    expect(poolOf(seen, random(1)).architectures).toEqual(table);
  });

  test.each([
    ['too large', space],
    ['that cannot be listed', unlistable(space)],
  ])('is a fresh pool in a space %s: a tenth are children of the ten best', (_, large) => {
    const poolOf = pools({ ...context, space: large }, { size: 200, listed: 15_624 }, encodedPool(space));
    const pool = poolOf(seen, random(1));
    expect(new Set(pool.texts).size).toBe(pool.texts.length);
    expect(pool.texts.length).toBeGreaterThan(180);
    expect(pool.texts.length).toBeLessThanOrEqual(200);
    const best = [29, 28, 26, 25, 23, 22, 20, 19, 17, 16].map((i) => seen[i].architecture);
    const children = new Set(best.flatMap((parent) => space.neighbours(parent).map(space.format)));
    expect(pool.texts.slice(0, 15).every((text) => children.has(text))).toBe(true);
    expect(pool.texts.slice(20).every((text) => children.has(text))).toBe(false);
    expect(poolOf(seen, random(1)).texts).toEqual(pool.texts);
    expect(poolOf(seen, random(2)).texts).not.toEqual(pool.texts);
  });

  test('is uniform while nothing has succeeded', () => {
    const poolOf = pools({ ...context, space: unlistable(space) }, { size: 50, listed: 0 }, encodedPool(space));
    expect(poolOf([{ proposal: 0, architecture: space.sample(random(1)), value: undefined }], random(3)).texts).toEqual(
      poolOf([], random(3)).texts,
    );
  });

  test('is encoded row by row', () => {
    const cells = cellsOf(space, 5, 'encoded');
    const pool = encodedPool(space)(cells);
    cells.forEach((cell, i) => {
      expect(row(pool.features, i)).toEqual([...space.encode(cell)]);
      expect(row(pool.describe([cell]), 0)).toEqual([...space.encode(cell)]);
    });
  });
});
