import { describe, expect, it } from 'vitest';
import { learningRateAt } from '../../../src/optimise/schedule.js';

const cosine = { learningRate: 0.4, schedule: 'cosine', warmupEpochs: 0, epochs: 10 } as const;
const constant = { ...cosine, schedule: 'constant' } as const;

describe('learning rates', () => {
  it('of a cosine go from the peak through its half to 0', () => {
    expect(learningRateAt(cosine, 0)).toBe(0.4);
    expect(learningRateAt(cosine, 2.5)).toBeCloseTo(0.2 * (1 + Math.SQRT1_2), 12);
    expect(learningRateAt(cosine, 5)).toBeCloseTo(0.2, 12);
    expect(learningRateAt(cosine, 7.5)).toBeCloseTo(0.2 * (1 - Math.SQRT1_2), 12);
    expect(learningRateAt(cosine, 10)).toBeCloseTo(0, 12);
  });

  it('of a constant stay at the peak', () => {
    expect([0, 0.1, 5, 9.99, 10].map((epoch) => learningRateAt(constant, epoch))).toEqual([0.4, 0.4, 0.4, 0.4, 0.4]);
  });

  it.each([
    ['cosine', cosine],
    ['constant', constant],
  ])('warm up in a line from 0 to the peak: %s', (_, recipe) => {
    const warm = { ...recipe, warmupEpochs: 2 };
    expect([0, 0.5, 1, 1.5].map((epoch) => learningRateAt(warm, epoch))).toEqual(
      [0, 0.1, 0.2, 0.4 * 0.75].map((x) => expect.closeTo(x, 12)),
    );
    expect(learningRateAt(warm, 2)).toBe(0.4);
  });

  it('of a cosine after a warm-up take the epochs that are left', () => {
    const warm = { ...cosine, warmupEpochs: 2 };
    expect(learningRateAt(warm, 6)).toBeCloseTo(0.2, 12);
    expect(learningRateAt(warm, 10)).toBeCloseTo(0, 12);
  });

  it('warm up to the very end where the warm-up is the whole training', () => {
    const warm = { ...cosine, warmupEpochs: 10 };
    expect(learningRateAt(warm, 9)).toBeCloseTo(0.36, 12);
    expect(learningRateAt(warm, 10)).toBe(0.4);
  });
});
