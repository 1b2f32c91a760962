/** Neutral CSV files: what their columns mean, and what is refused. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { graphHash, nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import type { Table } from '../../../src/contracts/table.js';
import { importTable } from '../../../src/tables/import.js';
import { openAnyTable, openTable } from '../../../src/tables/open.js';
import { refusalOf, spaceOf, temporaryFolder } from './files.js';

const folder = temporaryFolder();
const CELL = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|';
const EMPTY = '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|';
const SPACE_201 = nasBench201() as SearchSpace;
const SPACE_101 = nasBench101() as SearchSpace;
let count = 0;

function file(lines: readonly string[], encode: (text: string) => string | Uint8Array = (text) => text): string {
  const path = join(folder, `${count++}.csv`);
  writeFileSync(path, encode(`${lines.join('\n')}\n`));
  return path;
}

function open(lines: readonly string[], space = SPACE_201): Promise<Table> {
  return openTable(file(lines), space);
}

describe('columns', () => {
  test('names say data set, split, epochs, measure and trial', async () => {
    const heading =
      'arch,c10_val_200,c100_test_200,in16_val_200,c10_halftrain_test_200,c10_train_200,c10_train_s_200,c10_val_12_s777';
    const table = await open([heading, `${CELL},91.5,70,46,90,99,1444.2,80`, `${EMPTY},50,1,1,50,50,500,40`]);
    expect(table.columns).toEqual([
      { dataset: 'cifar10', split: 'train', epochs: 200, measure: 'accuracy', trial: 'mean' },
      { dataset: 'cifar10', split: 'train', epochs: 200, measure: 'seconds', trial: 'mean' },
      { dataset: 'cifar10', split: 'validation', epochs: 12, measure: 'accuracy', trial: 777 },
      { dataset: 'cifar10', split: 'validation', epochs: 200, measure: 'accuracy', trial: 'mean' },
      { dataset: 'cifar10-halftrain', split: 'test', epochs: 200, measure: 'accuracy', trial: 'mean' },
      { dataset: 'cifar100', split: 'test', epochs: 200, measure: 'accuracy', trial: 'mean' },
      { dataset: 'imagenet16-120', split: 'validation', epochs: 200, measure: 'accuracy', trial: 'mean' },
    ]);
    const seconds = table.values({ dataset: 'cifar10', split: 'train', epochs: 200, measure: 'seconds' });
    expect([...seconds]).toEqual([1444.2, 500]);
    expect([...table.values({ dataset: 'cifar10', split: 'validation', epochs: 200 })]).toEqual([0.915, 0.5]);
    // The only trial there is needs no naming.
    expect([...table.values({ dataset: 'cifar10', split: 'validation', epochs: 12 })]).toEqual([0.8, 0.4]);
  });

  test('a column is percent where its largest value is above 1, each by itself', async () => {
    const table = await open(['arch,c10_val_200,c10_test_200,c100_val_200', `${CELL},0.9,90,1`, `${EMPTY},0.1,0.5,0`]);
    const of = (dataset: string, split: 'validation' | 'test') => [...table.values({ dataset, split, epochs: 200 })];
    expect(of('cifar10', 'validation')).toEqual([0.9, 0.1]);
    expect(of('cifar10', 'test')).toEqual([0.9, 0.005]);
    expect(of('cifar100', 'validation')).toEqual([1, 0]);
  });

  test('gzip, a byte order mark, other line ends and quotes change nothing', async () => {
    const lines = ['arch,note,c10_val_200', `"${CELL}","a ""b"", c",90`, `${EMPTY},,50`];
    const checksum = (await open(['arch,c10_val_200', `${CELL},90`, `${EMPTY},50`])).checksum;
    const encodings = [(text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`, (text: string) => gzipSync(text)];
    for (const encode of encodings) {
      expect((await openTable(file(lines, encode), SPACE_201)).checksum).toBe(checksum);
    }
  });

  test('an empty field is a value that there is not', async () => {
    const table = await open(['arch,c10_val_200', `${CELL},`, `${EMPTY},0.5`]);
    expect([...table.values({ dataset: 'cifar10', split: 'validation', epochs: 200 })]).toEqual([Number.NaN, 0.5]);
  });

  test('what is not read is named', async () => {
    const path = file(['index,arch,flops,c10_val_200,val_4', `0,${CELL},1,90,2`]);
    const report = await importTable(path, join(folder, 'left-out'), { spaceOf });
    expect(report.leftOut).toEqual(['index', 'flops', 'val_4']);
    expect(report.missing).toBe(15_624);
  });
});

describe('two columns of one meaning', () => {
  test.each([
    ['arch,c10_val_200,c10_val_0200', [CELL, '1', '2'], SPACE_201],
    ['vertices,adj_bits,ops,val_4,c10_val_4_s0', ['2', '1', '', '1', '2'], SPACE_101],
  ])('%s', async (heading, row, space) => {
    expect(await refusalOf(() => open([heading, row.join()], space))).toMatch(
      /to hold every column once, got \w+ and \w+, which are both cifar10 validation accuracy after \d+ epochs/,
    );
  });
});

describe('parts of a published whole', () => {
  const HEADING = 'arch,c10_val_200';
  const ROWS = [...SPACE_201.enumerate!()].map((cell, i) => `${SPACE_201.format(cell)},${40 + (i % 50)}`);

  test('most of it is a whole that lost something, and is taken only as such', async () => {
    const path = file([HEADING, ...ROWS.toSpliced(77, 1)]);
    const sentence =
      /to hold all 15,625 architectures of nas-bench-201 \("nascent table import --partial" .*\), got 15,624, so that 1 architecture is missing\.$/;
    expect(await refusalOf(() => openTable(path, SPACE_201))).toMatch(sentence);
    const out = join(folder, 'partial');
    expect(await refusalOf(() => importTable(path, out, { spaceOf }))).toMatch(sentence);
    expect(existsSync(out)).toBe(false);
    expect(await importTable(path, out, { spaceOf, partial: true })).toMatchObject({ count: 15_624, missing: 1 });
    expect((await openTable(out, SPACE_201)).count).toBe(15_624);
  });

  test('all of it, and a sample, are tables', async () => {
    expect((await open([HEADING, ...ROWS])).count).toBe(15_625);
    expect((await open([HEADING, ...ROWS.slice(0, 7812)])).count).toBe(7812);
    expect(await refusalOf(() => open([HEADING, ...ROWS.slice(0, 7813)]))).toContain('7,812 architectures are missing');
  });
});

describe('spaces', () => {
  const HASHES = ['conv3x3-bn-relu,maxpool3x3:1.01.101', ':1'].map((text) => graphHash(nasBench101().parse(text)));
  const MODULES = [
    'hash,vertices,adj_bits,ops,val_4,train_s_4',
    `${HASHES[0]},4,45,02,0.5,9`,
    `${HASHES[1]},2,1,,0.25,8`,
  ];

  test('NAS-Bench-101 by bits; its values are of one training', async () => {
    const table = await open(MODULES, SPACE_101);
    // Bit 0: 0→1, bit 1 + 0: 0→2, bit 1 + 1: 1→2, bits 3 to 5: 0→3, 1→3, 2→3. 45 = 0b101101.
    expect(table.indexOf('conv3x3-bn-relu,maxpool3x3:1.01.101')).toBe(0);
    expect(table.indexOf(':1')).toBe(1);
    expect(table.columns).toEqual([
      { dataset: 'cifar10', split: 'train', epochs: 4, measure: 'seconds', trial: 0 },
      { dataset: 'cifar10', split: 'validation', epochs: 4, measure: 'accuracy', trial: 0 },
    ]);
    expect([...table.values({ dataset: 'cifar10', split: 'validation', epochs: 4 })]).toEqual([0.5, 0.25]);
  });

  test('a module of NAS-Bench-101 under the hash of another', async () => {
    const [heading, first, second] = MODULES;
    const swapped = second.replace(HASHES[1], HASHES[0]);
    expect(await refusalOf(() => open([heading, first, swapped], SPACE_101))).toMatch(
      `to hold with each module its own hash, got "${HASHES[0]}" in line 3, whose module has ${HASHES[1]}.`,
    );
    // Where there is no hash there is nothing to compare; isomorphic modules share theirs.
    expect((await open([heading, first.replace(HASHES[0], ''), second], SPACE_101)).count).toBe(2);
    const branches = graphHash(nasBench101().parse('conv3x3-bn-relu,maxpool3x3:1.10.011'));
    expect((await open([heading, `${branches},4,51,20,0.5,9`], SPACE_101)).count).toBe(1);
  });

  test('the size space, though no space of it is there', async () => {
    const table = await openAnyTable(file(['channels,c10_val_90', '8:8:8:8:8,76', '64:8:8:8:8,80']), spaceOf);
    expect(table.space).toBe('nats-bench-size');
    expect(table.indexOf('64:8:8:8:8')).toBe(1);
    expect(await refusalOf(() => openAnyTable(file(['channels,c10_val_90', '8:8,7']), spaceOf))).toMatch(
      /architectures of nats-bench-size, got "8:8" in line 2\.$/,
    );
  });

  test('that of another space', async () => {
    expect(await refusalOf(() => open(MODULES))).toMatch(/to be a table of nas-bench-201, got one of nas-bench-101\.$/);
    expect(await refusalOf(() => open(['arch,c10_val_200', `${CELL},90`], SPACE_101))).toMatch(
      /to be a table of nas-bench-101, got one of nas-bench-201\.$/,
    );
  });

  test('a space that nobody tells', async () => {
    const path = file(['arch,c10_val_200', 'resnet18,90']);
    expect(await refusalOf(() => openAnyTable(path, spaceOf))).toMatch(/to tell its search space/);
  });
});

describe('refusals', () => {
  const HEADING = 'arch,c10_val_200';
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'an accuracy above 100 %',
      [HEADING, `${CELL},100.5`],
      /from 0 to 100 in column c10_val_200, got 100\.5 in line 2\.$/,
    ],
    [
      'an accuracy below 0',
      [HEADING, `${EMPTY},0.5`, `${CELL},-0.1`],
      /from 0 to 1 in column c10_val_200, got -0\.1 in line 3\.$/,
    ],
    [
      'a fraction above 1',
      [HEADING, `${CELL},0.9`, `${EMPTY},0.1`, `${CELL.replace('none', 'skip_connect')},1.2`],
      /from 0 to 1, or percent, in column c10_val_200, got 1\.2 among 2 values of at most 1\.$/,
    ],
    ['seconds below 0', ['arch,c10_train_s_200', `${CELL},-1`], /seconds of at least 0 .*, got -1 in line 2\.$/],
    ['NaN', [HEADING, `${CELL},nan`], /numbers in column c10_val_200, got "nan" in line 2\.$/],
    ...['Infinity', '-inf', '1e400', '0x10', '0b1', '1_000', '1e', '.', '1 5'].map(
      (written): [string, readonly string[], RegExp] => [
        written,
        [HEADING, `${CELL},${written}`],
        new RegExp(`to hold decimal numbers in column c10_val_200, got "${written}" in line 2\\.$`),
      ],
    ),
    ['a word', [HEADING, `${CELL},high`], /got "high" in line 2\.$/],
    ['a doubled architecture', [HEADING, `${CELL},1`, `${EMPTY},1`, `${CELL},2`], /once, got \|.* again in line 4\.$/],
    ['a doubled column', [`${HEADING},c10_val_200`, `${CELL},1,1`], /every column once, got "c10_val_200" twice\.$/],
    ['a truncated line', [`${HEADING},c10_test_200`, `${CELL},1`], /3 fields a line, got 2 in line 2\.$/],
    [
      'no architectures',
      ['name,c10_val_200', 'a,1'],
      /a column arch or channels, or vertices, adj_bits, ops, got "name,/,
    ],
    [
      'no values',
      ['arch,accuracy', `${CELL},1`],
      /a column of values, named as c10_val_200 is, got only arch, accuracy\.$/,
    ],
    ['empty values', [HEADING, `${CELL},`], /to hold accuracies, losses or seconds, got none\.$/],
    ['no rows', [HEADING], /to hold rows of architectures, got a heading only\.$/],
    ['architectures alone', ['arch', CELL], /a column of values, named as c10_val_200 is, got only arch\.$/],
    ['values alone', ['c10_val_200', '90'], /a column arch or channels, or .*, got "c10_val_200"\.$/],
    [
      'another operation',
      [HEADING, `${EMPTY},1`, `${CELL.replace('none', 'nine')},1`],
      /architectures of nas-bench-201, in line 3 the operation of edge 2←0 to be one of none, [^.]*, got "nine"\.$/,
    ],
    ['no architecture', [HEADING, `${EMPTY},1`, ',1'], /nas-bench-201, in line 3 the architecture to be .*, got ""\.$/],
    [
      'a broken module',
      ['vertices,adj_bits,ops,val_4', '4,64,02,0.5'],
      /modules of NAS-Bench-101, got vertices 4, adj_bits 64, ops "02" in line 2\.$/,
    ],
    ...['0x4,45,02', '4,45.5,02', '4,,02', '4,45,0 '].map((module): [string, readonly string[], RegExp] => [
      `the module ${module}`,
      ['vertices,adj_bits,ops,val_4', `${module},0.5`],
      /modules of NAS-Bench-101, got vertices .* in line 2\.$/,
    ]),
  ];
  test.each(cases)('%s', async (_, lines, sentence) => {
    expect(
      await refusalOf(() => openAnyTable(file(lines), spaceOf, lines.length === 1 ? 'nas-bench-201' : undefined)),
    ).toMatch(sentence);
  });

  test('no rows of a space that the file tells by itself, or that nobody tells', async () => {
    for (const heading of [HEADING, 'channels,c10_val_90', 'vertices,adj_bits,ops,val_4']) {
      expect(await refusalOf(() => openAnyTable(file([heading]), spaceOf))).toMatch(/got a heading only\.$/);
    }
  });

  test('a truncated gzip file', async () => {
    const path = file([HEADING, `${CELL},90`], (text) => gzipSync(text).subarray(0, 40));
    expect(await refusalOf(() => openTable(path, SPACE_201))).toMatch(
      /a whole gzip file, got a truncated or damaged one/,
    );
  });
});
