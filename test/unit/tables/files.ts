/** The small tables that test/reference/make-tables.py makes, and what they hold by its account. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect } from 'vitest';
import { nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { NascentError } from '../../../src/base/errors.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import type { Table, TableColumn } from '../../../src/contracts/table.js';

const MADE = resolve(import.meta.dirname, '../../reference/tables');
export const REAL_DATA = resolve(import.meta.dirname, '../../../../shared/data');

export function made(name: string): string {
  return join(MADE, name);
}

export interface ExpectedTable {
  readonly architectures: readonly string[];
  readonly columns: readonly (TableColumn & { readonly values: readonly (number | null)[] })[];
}

export const EXPECTED: Readonly<Record<string, ExpectedTable>> = JSON.parse(
  readFileSync(made('expected.json'), 'utf8'),
);

const SPACES: Readonly<Record<string, () => SearchSpace<never>>> = {
  'nas-bench-101': nasBench101 as () => SearchSpace<never>,
  'nas-bench-201': nasBench201 as () => SearchSpace<never>,
};

/** Spaces that the tests know; the size space has no implementation, as for somebody who does not have it. */
export async function spaceOf(name: string): Promise<SearchSpace | undefined> {
  return SPACES[name]?.() as SearchSpace | undefined;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nascent-tables-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of a file whose bytes were changed. */
export function changed(path: string, folder: string, change: (bytes: Buffer) => Uint8Array): string {
  const copy = join(folder, `changed-${changes++}`);
  writeFileSync(copy, change(readFileSync(path)));
  return copy;
}

let changes = 0;

/** A pickle of protocol 2: dictionaries are maps or objects, texts, numbers that are floats, whole numbers below 2³¹, lists, pairs. */
export function pickleOf(value: unknown): Buffer {
  return Buffer.concat([Buffer.from('8002', 'hex'), pickled(value), Buffer.from('.')]);
}

/** Stands for a tuple of two. */
export class Pair {
  constructor(readonly items: readonly [unknown, unknown]) {}
}

function pickled(value: unknown): Buffer {
  if (value === null) return Buffer.from('N');
  if (typeof value === 'string') {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(Buffer.byteLength(value));
    return Buffer.concat([Buffer.from('X'), length, Buffer.from(value)]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(Number.isInteger(value) ? 4 : 8);
    if (bytes.length === 4) bytes.writeInt32LE(value);
    else bytes.writeDoubleBE(value);
    return Buffer.concat([Buffer.from(bytes.length === 4 ? 'J' : 'G'), bytes]);
  }
  if (value instanceof Pair) return Buffer.concat([...value.items.map(pickled), Buffer.from([0x86])]);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from(']('), ...value.map(pickled), Buffer.from('e')]);
  const entries = value instanceof Map ? [...value] : Object.entries(value as object);
  return Buffer.concat([Buffer.from('}('), ...entries.flat().map(pickled), Buffer.from('u')]);
}

/** The sentence of a refusal: `data` or `usage`, one line, exit code 2. */
export async function refusalOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof NascentError)) throw thrown;
    expect(thrown.exitCode).toBe(2);
    expect(thrown.message).toMatch(/^Expected [^\n]+[.?]$/);
    return thrown.message;
  }
  throw new Error('nothing was refused');
}

/** That a table holds exactly what is expected, by every way to ask. */
export function expectTable(table: Table, { architectures, columns }: ExpectedTable): void {
  expect(table.count).toBe(architectures.length);
  const rows = architectures.map((architecture) => table.indexOf(architecture));
  expect([...rows].sort()).toEqual(architectures.map((_, i) => i));
  expect(table.columns).toHaveLength(columns.length);
  for (const { values, ...column } of columns) {
    const got = table.values(column);
    expect(got).toHaveLength(architectures.length);
    values.forEach((value, i) => {
      if (value === null) expect(got[rows[i]!]).toBeNaN();
      else expect(got[rows[i]!]).toBeCloseTo(value, 9);
    });
  }
}
