import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataSplits, ImageSet } from '../../../src/contracts/dataset.js';
import { fingerprintOf } from '../../../src/data/image-set.js';
import { loadData } from '../../../src/data/load.js';
import { cifar10Rows, directoryWith, expectRefusal, fileWith, REAL_DATA, realDataMissing } from './helpers.js';

const SYNTHETIC = 'synthetic:train=100,test=30';

/** The first byte of each image: unique by construction for sets of fewer than 256 `cifar10Rows`. */
const firstBytes = (set: ImageSet) => Array.from({ length: set.count }, (_, i) => set.images[i * 3072]);
const counts = ({ train, validation, test }: DataSplits) => [train.count, validation.count, test.count];

describe('loadData', () => {
  it('takes the test part of the source, and 20 % of a small training part for validation', async () => {
    const splits = await loadData({ data: SYNTHETIC, seed: 1 });
    expect(counts(splits)).toEqual([80, 20, 30]);
    expect(splits.spec).toBe(SYNTHETIC);
  });

  it('takes 10 % of a lone file for each of test and validation, disjoint and complete', async () => {
    const path = await fileWith('lone.bin', cifar10Rows(200));
    const splits = await loadData({ data: `cifar10:${path}`, seed: 1 });
    expect(counts(splits)).toEqual([160, 20, 20]);
    const all = [splits.train, splits.validation, splits.test].flatMap(firstBytes);
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('takes the images of testData for the test part, whole and in order', async () => {
    const data = await fileWith('train.bin', cifar10Rows(100));
    const testData = await fileWith('test.bin', cifar10Rows(10, 150));
    const splits = await loadData({ data: `cifar10:${data}`, testData: `cifar10:${testData}`, seed: 1 });
    expect(counts(splits)).toEqual([80, 20, 10]);
    expect(firstBytes(splits.test)).toEqual(Array.from({ length: 10 }, (_, i) => 150 + i));
  });

  it('prefers testData to the test part of the source, and the test part of testData to its training part', async () => {
    const files = [1, 2, 3, 4, 5].map((part) => [`data_batch_${part}.bin`, cifar10Rows(4, 4 * part)] as const);
    const directory = await directoryWith({ ...Object.fromEntries(files), 'test_batch.bin': cifar10Rows(3, 220) });
    const lone = await fileWith('lone.bin', cifar10Rows(100, 100));
    const fromLone = await loadData({ data: `cifar10:${directory}`, testData: `cifar10:${lone}`, seed: 1 });
    expect(fromLone.test.count).toBe(100);
    const fromDirectory = await loadData({ data: `cifar10:${lone}`, testData: `cifar10:${directory}`, seed: 1 });
    expect(firstBytes(fromDirectory.test)).toEqual([220, 221, 222]);
  });

  it('cuts by the seed: equal seeds equally, others otherwise', async () => {
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => loadData({ data: SYNTHETIC, seed })));
    expect(a.fingerprint).toBe(b.fingerprint);
    expect(a.normalization).toEqual(b.normalization);
    expect(a.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(c.fingerprint).not.toBe(a.fingerprint);
    expect(fingerprintOf([c.test])).toBe(fingerprintOf([a.test]));
  });

  it('normalises by the training part alone', async () => {
    const splits = await loadData({ data: SYNTHETIC, seed: 3 });
    const { images, count } = splits.train;
    for (let channel = 0; channel < 3; channel++) {
      const pixels = Array.from({ length: count }, (_, i) => [
        ...images.subarray(i * 3072 + channel * 1024, i * 3072 + (channel + 1) * 1024),
      ]).flat();
      const mean = pixels.reduce((sum, pixel) => sum + pixel / 255, 0) / pixels.length;
      const variance = pixels.reduce((sum, pixel) => sum + (pixel / 255 - mean) ** 2, 0) / pixels.length;
      expect(splits.normalization.mean[channel]).toBeCloseTo(mean, 10);
      expect(splits.normalization.deviation[channel]).toBeCloseTo(Math.sqrt(variance), 10);
    }
  });

  it('gives a channel of one value the deviation 1', async () => {
    const path = await fileWith('flat.bin', new Uint8Array(20 * 3073));
    const { normalization } = await loadData({ data: `cifar10:${path}`, seed: 1 });
    expect(normalization).toEqual({ mean: [0, 0, 0], deviation: [1, 1, 1] });
  });

  it('takes another validation fraction', async () => {
    expect(counts(await loadData({ data: SYNTHETIC, seed: 1, validationFraction: 0.5 }))).toEqual([50, 50, 30]);
    expect(counts(await loadData({ data: SYNTHETIC, seed: 1, validationFraction: 0.001 }))).toEqual([99, 1, 30]);
  });
});

describe('loadData refuses', () => {
  it.each([0, -0.1, 0.51, 1, Number.NaN])('the validation fraction %d', (validationFraction) =>
    expectRefusal(
      () => loadData({ data: SYNTHETIC, seed: 1, validationFraction }),
      'data',
      '`validationFraction`',
      'above 0 and at most 0.5',
      String(validationFraction),
    ),
  );

  it('a file with too few images to cut', async () => {
    const path = await fileWith('few.bin', cifar10Rows(9));
    await expectRefusal(() => loadData({ data: `cifar10:${path}`, seed: 1 }), 'data', 'at least 10', 'got 9');
  });

  it('test images of another kind, and the training images themselves', async () => {
    const data = `cifar10:${await fileWith('train.bin', cifar10Rows(20))}`;
    const other = `cifar100:${await fileWith('other.bin', new Uint8Array(3074))}`;
    await expectRefusal(
      () => loadData({ data, testData: other, seed: 1 }),
      'data',
      '3×32×32 with 10 classes',
      '100 classes',
    );
    await expectRefusal(() => loadData({ data, testData: data, seed: 1 }), 'data', 'other images', data);
  });

  it('specs and files as their readers do', async () => {
    await expectRefusal(() => loadData({ data: 'cifar:x', seed: 1 }), 'usage', '"cifar"');
    await expectRefusal(() => loadData({ data: 'cifar10:/nowhere.bin', seed: 1 }), 'data', 'nothing there');
    await expectRefusal(() => loadData({ data: SYNTHETIC, testData: 'mnsit:x', seed: 1 }), 'usage', '"mnist"');
  });
});

describe.skipIf(realDataMissing)('real CIFAR-10 images (skipped: ../shared/data is absent)', () => {
  it('load as training and test files', async () => {
    const data = `cifar10:${join(REAL_DATA, 'cifar10-train4000.bin.gz')}`;
    const testData = `cifar10:${join(REAL_DATA, 'cifar10-test1000.bin.gz')}`;
    const splits = await loadData({ data, testData, seed: 0 });
    expect(counts(splits)).toEqual([3200, 800, 1000]);
    expect([...splits.test.labels.subarray(0, 5)]).toEqual([3, 8, 8, 0, 6]);
    // The published means of all 50,000 training images are .491, .482, .447.
    [0.491, 0.482, 0.447].forEach((mean, channel) => {
      expect(Math.abs(splits.normalization.mean[channel] - mean)).toBeLessThan(0.01);
    });
  });
});
