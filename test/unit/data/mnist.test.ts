import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readMnist } from '../../../src/data/mnist.js';
import {
  directoryWith,
  expectRefusal,
  fileWith,
  idx,
  REAL_DATA,
  realDataMissing,
  temporaryDirectory,
} from './helpers.js';

const pixels = (count: number) => Uint8Array.from({ length: count * 784 }, (_, i) => i % 251);

/** The four files of a small sound set, by their official names. */
function soundFiles(): Record<string, Uint8Array> {
  return {
    'train-images-idx3-ubyte': idx(2051, [3, 28, 28], pixels(3)),
    'train-labels-idx1-ubyte': idx(2049, [3], Uint8Array.of(5, 0, 4)),
    't10k-images-idx3-ubyte': idx(2051, [2, 28, 28], pixels(2)),
    't10k-labels-idx1-ubyte': idx(2049, [2], Uint8Array.of(7, 2)),
  };
}

const readWith = async (changed: Record<string, Uint8Array>) =>
  readMnist(await directoryWith({ ...soundFiles(), ...changed }));

describe('readMnist', () => {
  it('reads both parts of a directory', async () => {
    const { train, test } = await readWith({});
    expect(train).toMatchObject({ count: 3, shape: [1, 28, 28], classes: 10 });
    expect([[...train.labels], [...(test?.labels ?? [])]]).toEqual([
      [5, 0, 4],
      [7, 2],
    ]);
    expect(train.images).toEqual(pixels(3));
  });

  it('reads gzip files under .gz names, and dotted names', async () => {
    const files = Object.entries(soundFiles()).map(([name, content]) => [
      `mnist-${name.replace('t10k', 'test').replace('-idx', '.idx')}.gz`,
      gzipSync(content),
    ]);
    const { train } = await readMnist(await directoryWith(Object.fromEntries(files)));
    expect([...train.labels]).toEqual([5, 0, 4]);
  });
});

describe('readMnist refuses', () => {
  it('a file in place of a directory, and nothing there', async () => {
    const path = await fileWith('train-images-idx3-ubyte', pixels(1));
    await expectRefusal(() => readMnist(path), 'data', 'be a directory', 'a file');
    await expectRefusal(() => readMnist('/nowhere/mnist'), 'data', '/nowhere/mnist', 'nothing there');
  });

  it('a directory without the expected names, listing them', async () => {
    const directory = await temporaryDirectory();
    await expectRefusal(() => readMnist(directory), 'data', 'train-images-idx3-ubyte', 'without any of them');
  });

  it('wrong magic numbers, saying what the file looks like', async () => {
    const swapped = idx(2049, [3], Uint8Array.of(1, 2, 3));
    const padded = new Uint8Array(100);
    padded.set(swapped);
    await expectRefusal(
      () => readWith({ 'train-images-idx3-ubyte': padded }),
      'data',
      'magic number 2051',
      '2049 (it looks like idx labels)',
    );
    await expectRefusal(() => readWith({ 'train-labels-idx1-ubyte': idx(7, [3], pixels(1)) }), 'data', '2049', 'got 7');
  });

  it('counts that do not fit the bytes', async () => {
    const short = idx(2051, [3, 28, 28], pixels(2));
    await expectRefusal(() => readWith({ 'train-images-idx3-ubyte': short }), 'data', '3×28×28', '1568 bytes');
    const long = idx(2049, [2], Uint8Array.of(1, 2, 3));
    await expectRefusal(() => readWith({ 't10k-labels-idx1-ubyte': long }), 'data', '2 bytes', '3 bytes');
    const none = idx(2049, [0], new Uint8Array(0));
    await expectRefusal(() => readWith({ 't10k-labels-idx1-ubyte': none }), 'data', 'at least one item');
  });

  it('a header cut short, and an empty file', async () => {
    const stub = Uint8Array.of(0, 0, 8, 3, 0);
    await expectRefusal(() => readWith({ 'train-images-idx3-ubyte': stub }), 'data', '16 byte header', '5 bytes');
    await expectRefusal(() => readWith({ 'train-images-idx3-ubyte': new Uint8Array(0) }), 'data', 'an empty file');
  });

  it('images of another size', async () => {
    const small = idx(2051, [3, 14, 14], pixels(3).subarray(0, 588));
    await expectRefusal(() => readWith({ 'train-images-idx3-ubyte': small }), 'data', '28×28', '14×14');
  });

  it('other numbers of labels than of images', async () => {
    const labels = idx(2049, [2], Uint8Array.of(1, 2));
    await expectRefusal(() => readWith({ 'train-labels-idx1-ubyte': labels }), 'data', 'the 3 images', '2 labels');
  });

  it('a label past the last class', async () => {
    const labels = idx(2049, [3], Uint8Array.of(1, 10, 2));
    await expectRefusal(() => readWith({ 'train-labels-idx1-ubyte': labels }), 'data', '0 to 9', '10 in row 1');
  });
});

describe.skipIf(realDataMissing)('real MNIST (skipped: ../shared/data is absent)', () => {
  it('reads 60,000 and 10,000 images with the known first labels', async () => {
    const directory = await temporaryDirectory();
    for (const part of ['train', 'test']) {
      for (const [content, type] of [
        ['images', 'idx3'],
        ['labels', 'idx1'],
      ]) {
        const official = `${part === 'test' ? 't10k' : part}-${content}-${type}-ubyte`;
        await symlink(join(REAL_DATA, `mnist-${part}-${content}.${type}-ubyte.gz`), join(directory, official));
      }
    }
    const { train, test } = await readMnist(directory);
    expect([train.count, test?.count]).toEqual([60_000, 10_000]);
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect([...(test?.labels.subarray(0, 3) ?? [])]).toEqual([7, 2, 1]);
  });
});
