import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { Batch, DataSplits, ImageSet } from '../../../src/contracts/dataset.js';
import {
  checkBatch,
  epochBatches,
  evaluationBatches,
  normalizedBatch,
  scoringBatch,
} from '../../../src/data/batches.js';
import { expectRefusal, patternSet } from './helpers.js';

const NORMALIZATION = { mean: [0.1, 0.2, 0.3], deviation: [0.5, 0.25, 2] };
const NONE = { crop: 0, flip: false, cutout: 0 };

function splitsOf(train: ImageSet, validation: ImageSet): DataSplits {
  return { spec: 'made', train, validation, test: validation, normalization: NORMALIZATION, fingerprint: '' };
}

/** The plain definition, against which the quick one is checked. */
function normalizedPixel(set: ImageSet, image: number, channel: number, y: number, x: number): number {
  const [channels, height, width] = set.shape;
  const inside = y >= 0 && y < height && x >= 0 && x < width;
  const pixel = inside ? set.images[((image * channels + channel) * height + y) * width + x] : 0;
  return Math.fround((pixel / 255 - NORMALIZATION.mean[channel]) / NORMALIZATION.deviation[channel]);
}

/** Moves and flips under which the batch's image equals the source image; NaN in the batch's place matches anything. */
function explanations(set: ImageSet, image: number, batch: Batch, row: number, crop: number): string[] {
  const [channels, height, width] = set.shape;
  const found: string[] = [];
  for (let dy = -crop; dy <= crop; dy++)
    for (let dx = -crop; dx <= crop; dx++)
      for (const flip of [false, true]) {
        let equal = true;
        for (let c = 0; c < channels && equal; c++)
          for (let y = 0; y < height && equal; y++)
            for (let x = 0; x < width && equal; x++) {
              const got = batch.images[((row * channels + c) * height + y) * width + x];
              equal = got === normalizedPixel(set, image, c, y + dy, (flip ? width - 1 - x : x) + dx);
            }
        if (equal) found.push(`${dy},${dx},${flip}`);
      }
  return found;
}

describe('normalizedBatch', () => {
  it('normalises per channel, in the order of the indices', () => {
    const set = patternSet(5);
    const batch = normalizedBatch(set, NORMALIZATION, [3, 0, 3]);
    expect([...batch.labels]).toEqual([3, 0, 3]);
    expect(batch.size).toBe(3);
    expect(batch.images).toHaveLength(3 * 144);
    expect(explanations(set, 3, batch, 0, 0)).toContain('0,0,false');
    expect(explanations(set, 0, batch, 1, 0)).toContain('0,0,false');
  });
});

describe('scoringBatch', () => {
  const splits = splitsOf(patternSet(20), patternSet(4));

  it('draws different training images, by the stream alone', () => {
    const batch = scoringBatch(splits, 20, random(1));
    expect([...batch.labels].toSorted()).toEqual([...splits.train.labels].toSorted());
    expect(scoringBatch(splits, 8, random(1))).toEqual(scoringBatch(splits, 8, random(1)));
    expect(scoringBatch(splits, 8, random(2))).not.toEqual(scoringBatch(splits, 8, random(1)));
  });

  it('refuses more images than there are', async () => {
    await expectRefusal(() => scoringBatch(splits, 21, random(1)), 'usage', '20 training images of made', 'got 21');
    await expectRefusal(() => scoringBatch(splits, 0, random(1)), 'usage', 'got 0');
  });
});

describe('checkBatch', () => {
  it('is the first images of the validation part, or all of them', () => {
    const splits = splitsOf(patternSet(20), patternSet(70));
    const batch = checkBatch(splits);
    expect([batch.name, batch.size, batch.labels[63]]).toEqual(['validation-first-64', 64, 3]);
    const first = normalizedBatch(splits.validation, NORMALIZATION, [0, 1, 2]);
    expect(checkBatch(splits, 3).images).toEqual(first.images);
    expect(checkBatch(splits, 100).name).toBe('validation-first-70');
  });
});

describe('epochBatches', () => {
  // One class an image, so that a label tells which image it was.
  const set = patternSet(20, 3, 8, 6, 20);

  it('visits images once in random order and drops the short batch', () => {
    const batches = [...epochBatches(set, NORMALIZATION, 6, NONE, random(1))];
    const seen = batches.flatMap((batch) => [...batch.labels]);
    expect(batches.map((batch) => batch.size)).toEqual([6, 6, 6]);
    expect(new Set(seen).size).toBe(18);
    expect(seen).not.toEqual(seen.toSorted((a, b) => a - b));
    batches.forEach((batch) => {
      batch.labels.forEach((image, row) => {
        expect(explanations(set, image, batch, row, 0)).toContain('0,0,false');
      });
    });
  });

  it('is decided by its stream', () => {
    const epoch = (seed: number) => [
      ...epochBatches(set, NORMALIZATION, 5, { crop: 2, flip: true, cutout: 3 }, random(seed)),
    ];
    expect(epoch(1)).toEqual(epoch(1));
    expect(epoch(1)).not.toEqual(epoch(2));
  });

  it('crops with raw zeros and flips; every move and both directions come up', () => {
    const moves = new Set<string>();
    for (let epoch = 0; epoch < 20; epoch++) {
      for (const batch of epochBatches(set, NORMALIZATION, 20, { crop: 1, flip: true, cutout: 0 }, random(epoch))) {
        batch.labels.forEach((image, row) => {
          const found = explanations(set, image, batch, row, 1);
          expect(found.length).toBeGreaterThan(0);
          for (const move of found) moves.add(move);
        });
      }
    }
    expect(moves.size).toBe(18);
  });

  it('leaves the crop as it was where the flip is switched on', () => {
    const first = [...epochBatches(set, NORMALIZATION, 20, { crop: 2, flip: false, cutout: 0 }, random(4))][0];
    const second = [...epochBatches(set, NORMALIZATION, 20, { crop: 2, flip: true, cutout: 0 }, random(4))][0];
    expect(second.labels).toEqual(first.labels);
    const move = (batch: Batch, row: number) =>
      explanations(set, batch.labels[row], batch, row, 2).map((text) => text.slice(0, text.lastIndexOf(',')));
    for (let row = 0; row < 20; row++) expect(move(second, row)).toEqual(move(first, row));
  });

  it('cuts out a square of zeros, clipped at the borders', () => {
    const zeros: number[] = [];
    for (let epoch = 0; epoch < 10; epoch++) {
      for (const batch of epochBatches(set, NORMALIZATION, 20, { ...NONE, cutout: 4 }, random(epoch))) {
        for (let row = 0; row < batch.size; row++) zeros.push(cutoutArea(set, batch, row));
      }
    }
    // A square of side 4 on 8×6 pixels: whole where its middle is far from the borders, at least 2×2 in a corner.
    expect(Math.max(...zeros)).toBe(16);
    expect(Math.min(...zeros)).toBe(4);
  });

  it('refuses a batch larger than the set at the call', async () => {
    await expectRefusal(() => epochBatches(set, NORMALIZATION, 21, NONE, random(1)), 'usage', '20 training', 'got 21');
    await expectRefusal(() => epochBatches(set, NORMALIZATION, 0, NONE, random(1)), 'usage', 'got 0');
  });
});

/** Checks that the zeros of an image are one rectangle, equal in all channels, the rest untouched; returns its area. */
function cutoutArea(set: ImageSet, batch: Batch, row: number): number {
  const [channels, height, width] = set.shape;
  const cells: [number, number][] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (c: number) => batch.images[((row * channels + c) * height + y) * width + x];
      if (at(0) === 0) cells.push([y, x]);
      for (let c = 0; c < channels; c++) {
        expect(at(c)).toBe(at(0) === 0 ? 0 : normalizedPixel(set, batch.labels[row], c, y, x));
      }
    }
  const side = (values: number[]) => Math.max(...values) - Math.min(...values) + 1;
  expect(side(cells.map(([y]) => y)) * side(cells.map(([, x]) => x))).toBe(cells.length);
  return cells.length;
}

describe('evaluationBatches', () => {
  it('gives all images in order, the last batch filled up from the start', () => {
    const batches = [...evaluationBatches(patternSet(7), NORMALIZATION, 3)];
    expect(batches.map(({ valid, size, labels }) => ({ valid, size, labels: [...labels] }))).toEqual([
      { valid: 3, size: 3, labels: [0, 1, 2] },
      { valid: 3, size: 3, labels: [3, 4, 5] },
      { valid: 1, size: 3, labels: [6, 0, 1] },
    ]);
  });

  it('goes round a set smaller than the batch', () => {
    const [batch, ...more] = evaluationBatches(patternSet(2), NORMALIZATION, 5);
    expect([batch.valid, [...batch.labels], more.length]).toEqual([2, [0, 1, 0, 1, 0], 0]);
  });

  it('refuses a bad batch size at the call', () =>
    expectRefusal(() => evaluationBatches(patternSet(2), NORMALIZATION, 0), 'usage', 'the batch size', 'got 0'));
});
