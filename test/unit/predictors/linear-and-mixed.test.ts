import { describe, expect, it } from 'vitest';
import { ensemble } from '../../../predictors/ensemble.js';
import { ridge } from '../../../predictors/ridge.js';
import { random } from '../../../src/base/random.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { Features, Prediction, PredictorContext, PredictorFactory } from '../../../src/contracts/predictor.js';
import { contextOf, normalFeatures, smooth } from './samples.js';

describe('ridge', () => {
  it.each([
    [40, 5],
    [5, 12],
  ])('of %i samples and %i features is where the gradient of its loss is 0', async (count, width) => {
    const features = normalFeatures(random('ridge'), count, width);
    const labels = smooth(features);
    const penalty = 0.7;
    const fitted = await ridge(contextOf(1, { penalty })).fit(features, labels);
    // Weights are what unit vectors add to the prediction at 0.
    const units = new Float32Array((width + 1) * width);
    for (let f = 0; f < width; f++) units[(f + 1) * width + f] = 1;
    const { mean } = await fitted.predict({ count: width + 1, width, values: units });
    const { mean: predicted } = await fitted.predict(features);
    const left = labels.map((label, row) => label - predicted[row]);
    expect(left.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 8);
    for (let f = 0; f < width; f++) {
      const slope = left.reduce((sum, value, row) => sum + value * features.values[row * width + f], 0);
      expect(slope).toBeCloseTo(penalty * (mean[f + 1] - mean[0]), 8);
    }
  });

  it('refuses a penalty that leaves columns which depend on each other without an answer', async () => {
    const rows = normalFeatures(random('ridge'), 40, 3);
    const twice = Float32Array.from({ length: 240 }, (_, i) => rows.values[3 * Math.floor(i / 6) + (i % 3)]);
    const fitted = (penalty: number) =>
      ridge(contextOf(1, { penalty })).fit({ count: 40, width: 6, values: twice }, smooth(rows));
    await expect(fitted(1e-300)).rejects.toThrow('Expected `penalty` to be large enough');
    await expect(fitted(1e-3)).resolves.toBeDefined();
  });
});

/** Predicts a feature as it is, with the variance of its options. */
const column: PredictorFactory = ({ options = {} }) => ({
  name: 'column',
  fit: async () => ({
    predict: async ({ count, width, values }, wanted): Promise<Prediction> => {
      const { feature, sign = 1, variance } = options as { feature: number; sign?: number; variance?: number };
      const mean = Float64Array.from({ length: count }, (_, row) => sign * values[row * width + feature]);
      if (!wanted?.variance || variance === undefined) return { mean };
      return { mean, variance: new Float64Array(count).fill(variance) };
    },
  }),
});

describe('an ensemble', () => {
  const features = normalFeatures(random('columns'), 60, 3);
  const labels = Float64Array.from({ length: 60 }, (_, row) => features.values[3 * row]);
  const context = (...members: readonly JsonObject[]): PredictorContext => ({
    ...contextOf(1, { members: members.map((options) => ({ name: 'column', options })) }),
    predictor: async () => column,
  });
  const at: Features = { count: 1, width: 3, values: Float32Array.of(2, 5, -1) };
  const predict = async (members: readonly JsonObject[], rows = 60) => {
    const seen = { count: rows, width: 3, values: features.values.slice(0, 3 * rows) };
    const fitted = await ensemble(context(...members)).fit(seen, labels.slice(0, rows));
    return fitted.predict(at, { variance: true });
  };

  it('leaves out members that rank the wrong way round', async () => {
    expect((await predict([{ feature: 0 }, { feature: 0, sign: -1 }])).mean[0]).toBe(2);
  });
  it('takes members that rank alike for equally good', async () => {
    const { mean } = await predict([{ feature: 0 }, { feature: 0, sign: 3 }]);
    expect(mean[0]).toBeCloseTo(4, 12);
  });
  it('counts all where none ranks well, or there are too few samples to tell', async () => {
    const wrong = [
      { feature: 0, sign: -1 },
      { feature: 0, sign: -2 },
    ];
    expect((await predict(wrong)).mean[0]).toBeCloseTo(-3, 12);
    expect((await predict([{ feature: 0 }, { feature: 0, sign: -2 }], 3)).mean[0]).toBeCloseTo(-1, 12);
  });
  it('has the variance of a mixture: that of members that say one, and their disagreement', async () => {
    const { variance } = await predict([
      { feature: 0, variance: 0.5 },
      { feature: 0, sign: 3 },
    ]);
    expect(variance![0]).toBeCloseTo(0.5 + 4, 12);
    expect((await predict([{ feature: 0 }, { feature: 0, sign: 3 }])).variance).toBe(undefined);
  });
  it('takes the variance of members that do not count where none that counts says one', async () => {
    const { mean, variance } = await predict([{ feature: 0 }, { feature: 0, sign: -1, variance: 0.5 }]);
    expect(mean[0]).toBe(2);
    expect(variance![0]).toBeCloseTo(0.5, 12);
  });
  it('refuses members that are none', async () => {
    for (const members of [[], 'ridge', [3], [{ options: {} }], [{ name: 'ridge', weight: 2 }]]) {
      expect(() => ensemble(contextOf(1, { members }))).toThrow('Expected');
    }
    const unknown = ensemble(contextOf(1, { members: ['rigde'] }));
    await expect(unknown.fit(features, labels)).rejects.toThrow('Did you mean "ridge"?');
  });
});
