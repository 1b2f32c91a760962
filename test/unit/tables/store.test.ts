/** The local store: it holds what was written, is never half there, and says so where it was changed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import type { TableColumn } from '../../../src/contracts/table.js';
import type { TableContent } from '../../../src/tables/builder.js';
import { importTable } from '../../../src/tables/import.js';
import { openAnyTable, openTable } from '../../../src/tables/open.js';
import { openStore, writeStore } from '../../../src/tables/store-file.js';
import { encodeTable } from '../../../src/tables/store-format.js';
import { changed, made, refusalOf, spaceOf, temporaryFolder } from './files.js';

const folder = temporaryFolder();
const path = join(folder, 'random.nascent-table');
const COUNT = 5000;
const COLUMNS: readonly TableColumn[] = [
  { dataset: 'cifar10', split: 'validation', epochs: 12, measure: 'accuracy', trial: 'mean' },
  { dataset: 'cifar10', split: 'validation', epochs: 12, measure: 'accuracy', trial: 0 },
  { dataset: 'cifar10', split: 'test', epochs: 200, measure: 'loss', trial: 1 },
  { dataset: 'cifar10', split: 'test', epochs: 200, measure: 'loss', trial: 2 },
];
const content: TableContent = randomContent();

function randomContent(): TableContent {
  const draw = random(1);
  return {
    space: 'nas-bench-201',
    source: 'a source',
    architectures: Array.from({ length: COUNT }, (_, i) => `${'ü'.repeat(draw.integer(5))}${i}`),
    columns: COLUMNS.map((description) => ({
      description,
      values: Float64Array.from({ length: COUNT }, () => (draw.integer(10) === 0 ? Number.NaN : draw.uniform())),
    })),
  };
}

function open(file = path) {
  return openStore(file, () => undefined);
}

beforeAll(() => writeStore(path, encodeTable(content)));

test('every architecture and every value come back', () => {
  const table = open();
  expect(table).toMatchObject({ space: 'nas-bench-201', source: 'a source', count: COUNT, columns: COLUMNS });
  content.architectures.forEach((architecture, row) => {
    expect(table.architecture(row)).toBe(architecture);
    expect(table.indexOf(architecture)).toBe(row);
  });
  content.columns.forEach(({ description, values }) => {
    expect(table.values(description)).toEqual(values);
  });
  for (const absent of ['', 'x', '5000', 'ü']) expect(table.indexOf(absent)).toBeUndefined();
});

test('the checksum is that of the content, whatever it came from', () => {
  const { checksum } = open();
  expect(encodeTable({ ...content, source: 'elsewhere' }).header.checksum).toBe(checksum);
  const [first, ...others] = content.columns;
  const values = first.values.slice();
  values[7] += 1e-9;
  expect(encodeTable({ ...content, columns: [{ ...first, values }, ...others] }).header.checksum).not.toBe(checksum);
  expect(encodeTable({ ...content, space: 'another' }).header.checksum).not.toBe(checksum);
});

test('a row that is not there', async () => {
  for (const row of [-1, COUNT, 0.5, Number.NaN]) {
    expect(await refusalOf(() => open().architecture(row))).toMatch(/the row to be a whole number from 0 to 4999/);
  }
});

describe('columns are named, and what is not there is listed', () => {
  const wanted = { dataset: 'cifar10', split: 'validation', epochs: 12 } as const;
  const cases: readonly (readonly [string, object, RegExp])[] = [
    ['data set', { dataset: 'cifar-10' }, /the data set .* one of cifar10, got "cifar-10"\. Did you mean "cifar10"\?$/],
    ['no data set', { dataset: undefined }, /the data set of the table to be one of cifar10, got nothing\.$/],
    ['split', { split: 'valid' }, /the split of cifar10 in the table to be one of validation, test, got "valid"/],
    ['no split', { split: undefined }, /one of validation, test, got nothing\.$/],
    ['epochs', { epochs: 200 }, /the epochs of cifar10 validation in the table to be one of 12, got 200\.$/],
    ['no epochs', { epochs: undefined }, /one of 12, got nothing\.$/],
    ['measure', { measure: 'loss' }, /the measure of cifar10 validation after 12 epochs .* accuracy, got "loss"\.$/],
    ['trial', { trial: 5 }, /the trial of cifar10 validation accuracy after 12 epochs .* one of mean, 0, got 5\.$/],
    ['an open trial of several', { split: 'test', epochs: 200, measure: 'loss' }, /one of 1, 2, got nothing\.$/],
  ];
  test.each(cases)('%s', async (_, change, sentence) => {
    expect(await refusalOf(() => open().values({ ...wanted, ...change }))).toMatch(sentence);
  });
});

describe('a damaged store', () => {
  test('cut anywhere', async () => {
    const { length } = readFileSync(path);
    for (const end of [0, 10, 40, 60, 1000, Math.floor(length / 2), length - 1]) {
      const cut = changed(path, folder, (bytes) => bytes.subarray(0, end));
      expect(await refusalOf(() => open(cut))).toMatch(/a whole nascent table|bytes long|checksum/);
    }
  });

  test('longer than it was', async () => {
    const long = changed(path, folder, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]));
    expect(await refusalOf(() => open(long))).toMatch(/bytes long, as it was written/);
  });

  test('any byte changed is noticed at the latest when its section is read', async () => {
    const { length } = readFileSync(path);
    const draw = random(2);
    for (let i = 0; i < 60; i++) {
      // Half of them in the header.
      const at = draw.integer(i % 2 === 0 ? 2000 : length);
      const bad = changed(path, folder, (bytes) => {
        bytes[at] ^= 1 << draw.integer(8);
        return bytes;
      });
      const sentence = await refusalOf(() => {
        const table = open(bad);
        table.architecture(0);
        table.indexOf('x');
        for (const column of COLUMNS) table.values(column);
      });
      expect(sentence).toMatch(/checksum|begin with|whole nascent table/);
    }
  });

  test('one bit anywhere behind the header is noticed by who verifies the table', async () => {
    const space = nasBench201() as SearchSpace;
    const { sections, columns } = open().header;
    const places = [...Object.values(sections), ...columns.map(({ section }) => section)];
    const start = readFileSync(path).length - Math.max(...places.map(({ offset, length }) => offset + length));
    expect((await openTable(path, space)).count).toBe(COUNT);
    for (const { offset, length } of places) {
      for (const at of [0, Math.floor(length / 2), length - 1]) {
        const bad = changed(path, folder, (bytes) => {
          bytes[start + offset + at] ^= 1;
          return bytes;
        });
        const table = await openTable(bad, space);
        expect(await refusalOf(() => table.verify!())).toMatch(/to be as it was written, got another checksum/);
      }
    }
  });

  test('what is sound is still read', async () => {
    const last = changed(path, folder, (bytes) => {
      bytes[bytes.length - 1] ^= 1;
      return bytes;
    });
    const table = open(last);
    expect(table.values(COLUMNS[0])).toEqual(content.columns[0].values);
    expect(await refusalOf(() => table.values(COLUMNS[3]))).toMatch(/another checksum for cifar10 test loss after 200/);
  });

  test('another version', async () => {
    const newer = changed(path, folder, (bytes) =>
      Buffer.from(bytes.toString('latin1').replace('table 1', 'table 2'), 'latin1'),
    );
    expect(await refusalOf(() => open(newer))).toMatch(/to begin with "nascent table 1", got "nascent table 2"\.$/);
  });
});

test('calls that types would not allow are told what is missing', async () => {
  const untyped = { importTable, openTable, openAnyTable } as unknown as Record<string, (...all: unknown[]) => unknown>;
  const cases: readonly (readonly [string, readonly unknown[], string])[] = [
    ['importTable', ['x.csv', { out: 'x' }], 'Expected `out` to be a path, got {"out":"x"}.'],
    ['importTable', [], 'Expected the published table to be a path, got nothing.'],
    ['importTable', ['x.csv', 'x'], 'Expected `spaceOf` to be a function that gives .*, got nothing.'],
    ['importTable', ['x.csv', 'x', { space: 'a' }], 'Expected `spaceOf` to be a function that gives .*, got nothing.'],
    ['openTable', [path], 'Expected `space` to be a search space, got nothing.'],
    ['openTable', [path, 'nas-bench-201'], 'Expected `space` to be a search space, got "nas-bench-201".'],
    ['openAnyTable', [path], 'Expected `spaceOf` to be a function that gives .*, got nothing.'],
    ['openAnyTable', [undefined, spaceOf], 'Expected the table to be a path, got nothing.'],
  ];
  for (const [name, given, sentence] of cases) {
    expect(await refusalOf(() => untyped[name](...given))).toMatch(new RegExp(`^${sentence}$`));
  }
});

describe('writing', () => {
  test('where it fails, an earlier store stays and nothing half written is left', async () => {
    const place = join(folder, 'atomic');
    mkdirSync(place);
    const out = join(place, 'a.nascent-table');
    await writeStore(out, encodeTable(content));
    const before = readFileSync(out);
    const { header, sections } = encodeTable(content);
    // A section that no disk takes: it comes after others that were written.
    const broken = { header, sections: [...sections.slice(0, 3), {} as Uint8Array] };
    await expect(writeStore(out, broken)).rejects.toThrow(/^Expected to write ".*", got: /);
    await expect(writeStore(join(place, 'new'), broken)).rejects.toThrow();
    expect(readdirSync(place)).toEqual(['a.nascent-table']);
    expect(readFileSync(out).equals(before)).toBe(true);
  });

  test('an earlier store is replaced, any other file is not', async () => {
    const out = join(folder, 'replaced.nascent-table');
    for (const name of ['nats-tss', 'nasbench.tfrecord']) await importTable(made(name), out, { spaceOf });
    expect(open(out).space).toBe('nas-bench-101');
    const notes = join(folder, 'notes.txt');
    writeFileSync(notes, 'not to be lost');
    expect(await refusalOf(() => importTable(made('nats-tss'), notes, { spaceOf }))).toMatch(/another file that lies/);
    expect(readFileSync(notes, 'utf8')).toBe('not to be lost');
    expect(existsSync(made('nats-tss'))).toBe(true);
  });
});
