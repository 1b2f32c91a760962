import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readCifar } from '../../../src/data/cifar.js';
import {
  cifar10Rows,
  cifarRows,
  directoryWith,
  expectRefusal,
  fileWith,
  PIXELS,
  REAL_DATA,
  realDataMissing,
  temporaryDirectory,
} from './helpers.js';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

describe('readCifar', () => {
  it('reads labels and planes of one CIFAR-10 file, which has no test part', async () => {
    const source = await readCifar('cifar10', await fileWith('some.bin', cifar10Rows(12, 5)));
    expect(source.test).toBeUndefined();
    expect(source.train).toMatchObject({ count: 12, shape: [3, 32, 32], classes: 10 });
    expect([...source.train.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect([...source.train.images.subarray(2 * PIXELS - 1, 2 * PIXELS + 1)]).toEqual([6, 7]);
  });

  it('reads the fine labels of CIFAR-100', async () => {
    const rows = cifarRows([
      [19, 99],
      [0, 20],
    ]);
    const { train } = await readCifar('cifar100', await fileWith('train.bin', rows));
    expect([...train.labels]).toEqual([99, 20]);
    expect(train.classes).toBe(100);
    expect(train.images[PIXELS]).toBe(1);
  });

  it('tells gzip by its first bytes, not by the name', async () => {
    const plain = cifar10Rows(3);
    const disguised = await readCifar('cifar10', await fileWith('plain.bin', gzipSync(plain)));
    const misnamed = await readCifar('cifar10', await fileWith('not-zipped.bin.gz', plain));
    expect(disguised.train).toEqual(misnamed.train);
  });

  it('joins the official files of a CIFAR-10 directory in their order', async () => {
    const batches = [1, 2, 3, 4, 5].map((part) => [`data_batch_${part}.bin`, cifar10Rows(2, 10 * part)] as const);
    const files = Object.fromEntries([...batches, ['test_batch.bin', cifar10Rows(3, 200)]]);
    const { train, test } = await readCifar('cifar10', await directoryWith(files, true));
    expect(train.count).toBe(10);
    expect(Array.from({ length: 10 }, (_, i) => train.images[i * PIXELS])).toEqual([
      10, 11, 20, 21, 30, 31, 40, 41, 50, 51,
    ]);
    expect([test?.count, test?.images[0]]).toEqual([3, 200]);
  });

  it('reads a CIFAR-100 directory with .gz names', async () => {
    const directory = await directoryWith({ 'train.bin.gz': cifarRows([[1, 2]]), 'test.bin': cifarRows([[3, 4]]) });
    const { train, test } = await readCifar('cifar100', directory);
    expect([train.labels[0], test?.labels[0]]).toEqual([2, 4]);
  });
});

describe('readCifar refuses', () => {
  it('a missing file', () =>
    expectRefusal(() => readCifar('cifar10', '/nowhere/at/all.bin'), 'data', '/nowhere/at/all.bin', 'nothing there'));

  it('an empty file', async () => {
    const path = await fileWith('empty.bin', new Uint8Array(0));
    await expectRefusal(() => readCifar('cifar10', path), 'data', path, 'an empty file');
  });

  it('a truncated file', async () => {
    const path = await fileWith('short.bin', cifar10Rows(2).subarray(0, 5000));
    await expectRefusal(() => readCifar('cifar10', path), 'data', 'CIFAR-10 rows of 3073 bytes', '5000 bytes');
  });

  it('the other CIFAR, and says so', async () => {
    const path = await fileWith('train.bin', cifarRows([[1, 2]]));
    await expectRefusal(() => readCifar('cifar10', path), 'data', '3074 bytes', 'whole CIFAR-100 rows');
  });

  it('a label past the last class, with its row', async () => {
    const path = await fileWith('bad.bin', cifarRows([[9], [10]]));
    await expectRefusal(() => readCifar('cifar10', path), 'data', 'label from 0 to 9', '10 in row 1');
  });

  it('coarse and fine labels past the last class', async () => {
    const coarse = await fileWith('bad.bin', cifarRows([[20, 1]]));
    await expectRefusal(() => readCifar('cifar100', coarse), 'data', 'coarse label from 0 to 19', '20 in row 0');
    const fine = await fileWith('bad.bin', cifarRows([[1, 100]]));
    await expectRefusal(() => readCifar('cifar100', fine), 'data', 'fine label from 0 to 99', '100 in row 0');
  });

  it('a damaged and a cut gzip file', async () => {
    const zipped = gzipSync(cifar10Rows(3));
    const cut = await fileWith('cut.bin.gz', zipped.subarray(0, zipped.length - 12));
    await expectRefusal(() => readCifar('cifar10', cut), 'data', 'a whole gzip file', 'damaged');
    const spoilt = await fileWith(
      'spoilt.bin.gz',
      Uint8Array.from(zipped, (byte, i) => (i > 20 ? byte ^ 0x5a : byte)),
    );
    await expectRefusal(() => readCifar('cifar10', spoilt), 'data', 'a whole gzip file', 'damaged');
  });

  it('a gzip file with nothing in it', async () => {
    const path = await fileWith('hollow.bin.gz', gzipSync(new Uint8Array(0)));
    await expectRefusal(() => readCifar('cifar10', path), 'data', 'nothing in it');
  });

  it('a file named .gz that is not gzip and does not fit', async () => {
    const path = await fileWith('half.bin.gz', cifar10Rows(2).subarray(0, 4000));
    await expectRefusal(() => readCifar('cifar10', path), 'data', '4000 bytes', 'whatever its name says');
  });

  it('a PNG, whatever its size', async () => {
    const odd = await fileWith('picture.png', Uint8Array.from([...PNG, 1, 2, 3]));
    await expectRefusal(() => readCifar('cifar10', odd), 'data', 'it looks like a PNG image');
    const fitting = new Uint8Array(3073);
    fitting.set(PNG);
    const path = await fileWith('picture.png', fitting);
    await expectRefusal(() => readCifar('cifar10', path), 'data', '137 in row 0', 'it looks like a PNG image');
  });

  it('a text file and a tar archive', async () => {
    const text = await fileWith('notes.txt', new TextEncoder().encode('label,pixel\n1,2\n'));
    await expectRefusal(() => readCifar('cifar10', text), 'data', 'it looks like text');
    const tar = new Uint8Array(10240);
    tar.set(new TextEncoder().encode('ustar'), 257);
    const path = await fileWith('cifar-10-binary.tar.gz', gzipSync(tar));
    await expectRefusal(() => readCifar('cifar10', path), 'data', 'a tar archive');
  });

  it('a directory without the expected names, listing what was looked for and what is absent', async () => {
    const files = { 'data_batch_1.bin': cifar10Rows(1), 'test_batch.bin': cifar10Rows(1) };
    const directory = await directoryWith(files);
    const absent = 'without data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin';
    await expectRefusal(() => readCifar('cifar10', directory), 'data', directory, 'test_batch.bin', absent);
    await expectRefusal(() => readCifar('cifar100', directory), 'data', 'train.bin, test.bin');
  });

  it('a directory in a file’s place', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'train.bin'));
    await writeFile(join(directory, 'test.bin'), cifarRows([[1, 1]]));
    await expectRefusal(() => readCifar('cifar100', directory), 'data', 'be a file', 'a directory');
  });
});

describe.skipIf(realDataMissing)('real CIFAR-10 images (skipped: ../shared/data is absent)', () => {
  it('begin with the known labels, and are bit exact in their number', async () => {
    const { train } = await readCifar('cifar10', join(REAL_DATA, 'cifar10-test1000.bin.gz'));
    expect(train.count).toBe(1000);
    expect([...train.labels.subarray(0, 5)]).toEqual([3, 8, 8, 0, 6]);
    const first = await readCifar('cifar10', join(REAL_DATA, 'cifar10-train4000.bin.gz'));
    expect([...first.train.labels.subarray(0, 5)]).toEqual([6, 9, 9, 4, 1]);
    expect([...first.train.images.subarray(0, 3)]).toEqual([59, 43, 50]);
  });
});
