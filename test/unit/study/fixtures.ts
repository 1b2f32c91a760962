/** Small tables of NAS-Bench-201 with made-up accuracies, as files in a folder of the test's own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type Genotype, nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { hash32 } from '../../../src/base/hash.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import type { StudyRun } from '../../../src/contracts/study.js';
import type { Table } from '../../../src/contracts/table.js';
import { openTable } from '../../../src/tables/open.js';

export const space = nasBench201();
export const CELLS = [...space.enumerate!()];

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'nascent-study-'));
  folders.push(path);
  return path;
}

/** Writes a neutral CSV file of `columns`, each a value for every cell; undefined leaves the field empty. */
export function tableFile(
  cells: readonly Genotype[],
  columns: Readonly<Record<string, (cell: Genotype, row: number) => number | undefined>>,
  path = join(folder(), 'table.csv'),
): string {
  const names = Object.keys(columns);
  const lines = cells.map((cell, row) =>
    [space.format(cell), ...names.map((name) => columns[name](cell, row) ?? '')].join(),
  );
  writeFileSync(path, `${[['arch', ...names].join(), ...lines].join('\n')}\n`);
  return path;
}

export function openedTable(...args: Parameters<typeof tableFile>): Promise<Table> {
  return openTable(tableFile(...args), space as SearchSpace);
}

/** Percent: more convolutions are better, and every cell differs a little. */
export function accuracy(cell: Genotype): number {
  const convolutions = cell.filter((operation) => operation.startsWith('nor_conv')).length;
  return 60 + 5 * convolutions + hash32(space.format(cell)) / 2 ** 32;
}

/** A run of a study as its worker gets it. */
export function runOf(given: Partial<StudyRun> = {}): StudyRun {
  return {
    table: '/nowhere/table.csv',
    checksum: 'c0ffee',
    space: 'nas-bench-201',
    spaceOptions: {},
    dataset: 'cifar10',
    epochs: 200,
    strategy: { name: 'random', sampler: 'random', options: {} },
    seed: 1,
    samples: 20,
    toTheEnd: false,
    scoreBudget: 500,
    engine: 'onnxruntime',
    ...given,
  };
}
