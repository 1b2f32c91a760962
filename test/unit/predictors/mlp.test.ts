import { describe, expect, it } from 'vitest';
import { EarlyStop } from '../../../predictors/mlp/early-stop.js';
import { mlp } from '../../../predictors/mlp/index.js';
import { parameterShapes } from '../../../predictors/mlp/programs.js';
import { type TrainingSettings, trainParameters } from '../../../predictors/mlp/train.js';
import { random } from '../../../src/base/random.js';
import type { KernelBackend } from '../../../src/contracts/kernel-backend.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { contextOf, normalFeatures, smooth } from './samples.js';

const settings = {
  ...{ epochs: 0, learningRate: 0.01, batchSize: 200, weightDecay: 0 },
  ...{ tolerance: 1e-4, patience: 1000 },
};
const features = normalFeatures(random('mlp'), 12, 2);
const labels = smooth(features);
const shapes = parameterShapes(2, [3]);

async function trained(
  engine: KernelBackend,
  epochs: number,
  other: Partial<TrainingSettings> = {},
): Promise<number[]> {
  const all = await trainParameters(engine, shapes, features, labels, { ...settings, epochs, ...other }, random(5));
  return shapes.flatMap(({ name }) => [...all[name].data]);
}

/** Mean squared error of the network with one hidden layer of three, written out; parameters in one list. */
function error(p: readonly number[]): number {
  let sum = 0;
  for (let row = 0; row < 12; row++) {
    const [x, y] = features.values.subarray(2 * row, 2 * row + 2);
    let output = p[12];
    for (let unit = 0; unit < 3; unit++)
      output += p[9 + unit] * Math.max(0, x * p[unit] + y * p[3 + unit] + p[6 + unit]);
    sum += (output - labels[row]) ** 2;
  }
  return sum / 12;
}

/** Adam by the book, on finite differences. */
function adamSteps(start: readonly number[], steps: number, weightDecay: number): number[] {
  const p = [...start];
  const [m, v] = [p.map(() => 0), p.map(() => 0)];
  const decays = (i: number) => i < 6 || (i >= 9 && i < 12);
  for (let t = 1; t <= steps; t++) {
    const gradient = p.map((value, i) => {
      const at = (shift: number) => error(p.map((other, j) => (i === j ? other + shift : other)));
      return (at(1e-6) - at(-1e-6)) / 2e-6 + (decays(i) ? weightDecay * value : 0);
    });
    gradient.forEach((g, i) => {
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      p[i] -= (0.01 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
    });
  }
  return p;
}

describe('training a multilayer perceptron', () => {
  it('comes to the same, bit by bit, whatever number of cores it may use', async () => {
    const many = normalFeatures(random('many'), 200, 10);
    const predictions = [1, 2].map(async (threads) => {
      const context = { ...contextOf(1, { widths: [128, 64], epochs: 20 }), threads };
      const fitted = await mlp(context).fit(many, smooth(many));
      return [...(await fitted.predict(many)).mean];
    });
    const [one, two] = await Promise.all(predictions);
    expect(two).toEqual(one);
  });
  it.each([0, 0.5])('is Adam on the mean squared error (weight decay %f)', async (weightDecay) => {
    const engine = await onnxruntimeBackend();
    const expected = adamSteps(await trained(engine, 0), 20, weightDecay);
    (await trained(engine, 20, { weightDecay })).forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-3);
    });
  });
  it('ends alike on every engine', async () => {
    const slow = await trained(referenceBackend(), 30);
    (await trained(await onnxruntimeBackend(), 30)).forEach((value, i) => {
      expect(value).toBeCloseTo(slow[i], 3);
    });
  });
  it('ends where the loss has not come down for the epochs that it may, within a run of steps too', async () => {
    const engine = await onnxruntimeBackend();
    // No epoch comes a whole unit lower, so the first one that counts is the lowest: it and 14 more are done.
    const stopped = await trained(engine, 40, { tolerance: 1, patience: 13 });
    expect(stopped).toEqual(await trained(engine, 15));
  });
  it("begins within Glorot's bound", async () => {
    const parameters = await trained(referenceBackend(), 0);
    expect(Math.max(...parameters.slice(0, 9).map(Math.abs))).toBeLessThan(Math.sqrt(6 / 5));
    expect(Math.max(...parameters.slice(9).map(Math.abs))).toBeLessThan(Math.sqrt(6 / 4));
  });
  it('takes batches of equal size where labels are many', async () => {
    const many = normalFeatures(random('many'), 205, 3);
    const fitted = await mlp(contextOf(1, { widths: [32], batchSize: 50, epochs: 300 })).fit(many, smooth(many));
    const { mean } = await fitted.predict(many);
    await fitted.release?.();
    const truth = smooth(many);
    const squared = truth.reduce((sum, value, row) => sum + (value - mean[row]) ** 2, 0) / 205;
    expect(squared).toBeLessThan(0.1);
  });
  it('predicts more rows than a chunk as it predicts few', async () => {
    const fitted = await mlp(contextOf(1, { widths: [16], epochs: 20 })).fit(features, labels);
    const many = normalFeatures(random('rows'), 2500, 2);
    const { mean } = await fitted.predict(many);
    for (const row of [0, 1023, 1024, 2499]) {
      const one = await fitted.predict({ count: 1, width: 2, values: many.values.slice(2 * row, 2 * row + 2) });
      expect(one.mean[0]).toBeCloseTo(mean[row], 5);
    }
    await fitted.release?.();
  });
  it('that diverges is refused', async () => {
    const wild = mlp(contextOf(1, { widths: [8], epochs: 50, learningRate: 1e30 }));
    await expect(wild.fit(features, labels)).rejects.toThrow('small enough for the training to stay finite');
  });
  it('refuses widths that are none', () => {
    for (const widths of [[], [0], [2.5], 'wide', 7]) expect(() => mlp(contextOf(1, { widths }))).toThrow('Expected');
  });
});

describe('an early stop', () => {
  // Mean squared errors; the rule is about their halves.
  const rule = { tolerance: 0.1, patience: 2, stepsPerEpoch: 1 };
  /** After how many of these it comes, taking as many at a time as are certain, `most` at most. */
  function stepsUntil(stop: EarlyStop, losses: readonly number[], most = 8): number {
    let taken = 0;
    while (!stop.reached && taken < losses.length) {
      const next = losses.slice(taken, taken + Math.min(most, stop.certain));
      expect(next.length).toBeGreaterThan(0);
      stop.after(next);
      taken += next.length;
    }
    return taken;
  }
  it.each([1, 2, 8])('counts epochs in a row that are not lower by the tolerance, %i at a time', (most) => {
    const stop = new EarlyStop(rule);
    expect(stepsUntil(stop, [4, 3.9, 3.5, 3.4, 3.4], most)).toBe(5);
    expect(stop.reached).toBe(false);
    expect(stepsUntil(stop, [3.35, 1, 1], most)).toBe(1);
    expect(stop.reached).toBe(true);
  });
  it.each([1, 2, 8])('begins to count anew after an epoch that is, %i at a time', (most) => {
    const stop = new EarlyStop(rule);
    expect(stepsUntil(stop, [4, 4, 4, 3, 3, 3, 2], most)).toBe(7);
    expect(stop.reached).toBe(false);
  });
  it.each([1, 2, 8])('takes the mean over the batches of an epoch, %i at a time', (most) => {
    const stop = new EarlyStop({ ...rule, stepsPerEpoch: 3 });
    expect(stepsUntil(stop, [1, 2, 3, 6], most)).toBe(4);
    expect(stepsUntil(stop, [0, 0, 9, 9, 9, 2, 2], most)).toBe(7);
    expect(stop.reached).toBe(false);
    expect(stepsUntil(stop, [2, 1, 1], most)).toBe(1);
    expect(stop.reached).toBe(true);
  });
  it('does not go on for a loss that is no number', () => {
    expect(stepsUntil(new EarlyStop(rule), [1, Number.NaN, Number.NaN, Number.NaN, Number.NaN])).toBe(4);
  });
});
