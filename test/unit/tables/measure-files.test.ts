import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { boundedSpace } from '../../../src/spaces/author.js';
import { readMeasures } from '../../../src/tables/measure-files.js';
import { REAL_DATA } from './files.js';

const folder = mkdtempSync(join(tmpdir(), 'nascent-measures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const space = nasBench201();
const cell = (operation: string) =>
  [1, 2, 3].map((n) => `|${Array.from({ length: n }, (_, i) => `${operation}~${i}`).join('|')}|`).join('+');
const [SKIP, CONV] = [cell('skip_connect'), cell('nor_conv_3x3')];

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('files of measures', () => {
  it('give values by architecture, also gzipped, none where a field is empty', async () => {
    const path = file('a.csv.gz', gzipSync(`arch,phone,board\n${SKIP},1.5,\n${CONV},9,2\n`));
    const table = await readMeasures([path], space);
    expect(table.columns).toEqual(['phone', 'board']);
    const [phone, board] = [await table.valuesOf('phone'), await table.valuesOf('board')];
    expect([phone(SKIP), phone(CONV), board(SKIP), board(CONV)]).toEqual([1.5, 9, undefined, 2]);
    expect(phone(cell('none'))).toBe(undefined);
  });

  it('join files by index', async () => {
    const names = file('names.csv', `index,arch\n7,${CONV}\n3,${SKIP}\n`);
    const values = file('values.csv', 'index,phone\n3,1.5\n7,9\n');
    for (const paths of [
      [names, values],
      [values, names],
    ]) {
      const phone = await (await readMeasures(paths, space)).valuesOf('phone');
      expect([phone(SKIP), phone(CONV)]).toEqual([1.5, 9]);
    }
  });

  it('hold of NAS-Bench-101 whatever way a cell is numbered', async () => {
    const modules = nasBench101();
    const [written, other] = ['conv3x3-bn-relu,maxpool3x3:1.10.011', 'maxpool3x3,conv3x3-bn-relu:1.10.011'];
    const phone = await (await readMeasures([file('m.csv', `arch,phone\n"${written}",4\n`)], modules)).valuesOf(
      'phone',
    );
    for (const text of [written, other]) expect(phone(modules.format(modules.parse(text)))).toBe(4);
  });

  it('have a fingerprint of their content', async () => {
    const first = await readMeasures([file('b.csv', `arch,phone\n${SKIP},1\n`)], space);
    const same = await readMeasures([file('c.csv', `arch,phone\n${SKIP},1\n`)], space);
    const other = await readMeasures([file('d.csv', `arch,phone\n${SKIP},2\n`)], space);
    expect(same.fingerprint).toBe(first.fingerprint);
    expect(other.fingerprint).not.toBe(first.fingerprint);
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['without a key', 'phone\n1\n', /to have a column arch or index, got neither/],
    ['with an index alone', 'index,phone\n0,1\n', /to have a column arch, or stand beside a file/],
    ['with an architecture of another space', 'arch,phone\n8:8:8:8:8,1\n', /to hold architectures of nas-bench-201/],
    [
      'with a word for a number',
      `arch,phone\n${SKIP},fast\n`,
      /to hold decimal numbers in column phone, got "fast" in line 2/,
    ],
    [
      'with a bad architecture',
      `arch,phone\n${SKIP},1\nx,1\n`,
      /in line 3 the architecture to be three nodes .*, got "x"/,
    ],
    ['with a short line', `arch,phone\n${SKIP}\n`, /to hold 2 fields a line/],
  ];
  it.each(refused)('are refused %s', async (name, content, sentence) => {
    const path = file(`${name.replaceAll(' ', '-')}.csv`, content);
    const read = async () => (await readMeasures([path], space)).valuesOf('phone');
    await expect(read()).rejects.toThrow(sentence);
    await expect(read()).rejects.toMatchObject({ code: 'data' });
  });
});

describe.skipIf(!existsSync(REAL_DATA))('published latencies (skipped: ../shared/data is absent)', () => {
  it('are joined by index, and bound NAS-Bench-201', async () => {
    const paths = ['nas-bench-201.csv.gz', 'nas-bench-201-latency-ms.csv.gz'].map((name) => join(REAL_DATA, name));
    const fpga = await (await readMeasures(paths, space)).valuesOf('fpga');
    // The first line of each file: index 0.
    expect(
      fpga('|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|'),
    ).toBe(2.573);
    const within = boundedSpace(space, { atMost: { fpga: 3 } }, { fpga: (each) => fpga(space.format(each)) });
    const slow = [...space.enumerate!()].filter((each) => (fpga(space.format(each)) as number) > 3).length;
    expect(within.size).toBe(15_625 - slow);
    expect(slow).toBeGreaterThan(0);
  });
});
