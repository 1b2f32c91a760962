/** Published tables, converted to neutral files: their known optima and counts (skipped where ../shared/data is absent). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import type { ColumnQuery, Table } from '../../../src/contracts/table.js';
import { importTable } from '../../../src/tables/import.js';
import { openAnyTable, openTable } from '../../../src/tables/open.js';
import { REAL_DATA, spaceOf, temporaryFolder } from './files.js';

const folder = temporaryFolder();

/** Both ways to the same table: the CSV itself, and its store. */
async function bothWays(name: string): Promise<readonly Table[]> {
  const csv = join(REAL_DATA, name);
  const out = join(folder, `${name}.nascent-table`);
  await importTable(csv, out, { spaceOf });
  return [await openAnyTable(csv, spaceOf), await openAnyTable(out, spaceOf)];
}

function best(table: Table, query: ColumnQuery): { index: number; value: number } {
  const values = table.values(query);
  const value = values.reduce((most, each) => Math.max(most, each));
  return { index: values.indexOf(value), value };
}

describe.skipIf(!existsSync(REAL_DATA))('published tables (skipped: ../shared/data is absent)', () => {
  test('NAS-Bench-201: its published optima, by their published index', async () => {
    for (const table of await bothWays('nas-bench-201.csv.gz')) {
      expect(table).toMatchObject({ space: 'nas-bench-201', count: 15_625 });
      const of = (dataset: string, split: 'validation' | 'test') => best(table, { dataset, split, epochs: 200 });
      expect(of('cifar10', 'validation')).toEqual({ index: 6111, value: expect.closeTo(0.916067, 12) });
      expect(of('cifar10', 'test')).toEqual({ index: 6111, value: expect.closeTo(0.943733, 12) });
      expect(of('cifar100', 'validation')).toEqual({ index: 9930, value: expect.closeTo(0.734933, 12) });
      expect(of('cifar100', 'test')).toEqual({ index: 9930, value: expect.closeTo(0.735133, 12) });
      expect(table.indexOf(table.architecture(6111))).toBe(6111);
    }
    const [csv, store] = await bothWays('nas-bench-201.csv.gz');
    expect(store.checksum).toBe(csv.checksum);
  });

  test('NAS-Bench-201 holds every cell of the space', async () => {
    const space = nasBench201() as SearchSpace;
    const table = await openTable(join(REAL_DATA, 'nas-bench-201.csv.gz'), space);
    const rows = new Set([...space.enumerate!()].map((cell) => table.indexOf(space.format(cell))));
    expect(rows.has(undefined)).toBe(false);
    expect(rows.size).toBe(15_625);
  });

  test('NAS-Bench-101: 20,001 different modules', async () => {
    const space = nasBench101() as SearchSpace;
    const table = await openTable(join(REAL_DATA, 'nas-bench-101-20k.csv.gz'), space);
    expect(table).toMatchObject({ space: 'nas-bench-101', count: 20_001 });
    const column = { dataset: 'cifar10', split: 'validation', epochs: 108 } as const;
    // The first row of the file.
    expect(table.values(column)[0]).toBe(0.930489);
    for (let row = 0; row < table.count; row += 501) expect(table.indexOf(table.architecture(row))).toBe(row);
  });

  test('the size space of NATS-Bench', async () => {
    for (const table of await bothWays('nats-bench-size-cifar10.csv.gz')) {
      expect(table).toMatchObject({ space: 'nats-bench-size', count: 32_768 });
      expect(best(table, { dataset: 'cifar10', split: 'validation', epochs: 90 }).value).toBeGreaterThan(0.9);
      expect(table.indexOf('8:8:8:8:16')).toBe(1);
    }
  });
});
