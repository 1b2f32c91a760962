import { describe, expect, it } from 'vitest';
import { gaussianProcess } from '../../../predictors/gaussian-process/index.js';
import { inputScaling, scaledColumns } from '../../../predictors/gaussian-process/inputs.js';
import { CORRELATIONS } from '../../../predictors/gaussian-process/kernel.js';
import { factoring, likelihood } from '../../../predictors/gaussian-process/likelihood.js';
import { maximise } from '../../../predictors/gaussian-process/maximise.js';
import { predictRows, sampleColumns } from '../../../predictors/gaussian-process/posterior.js';
import { standardisedLabels } from '../../../predictors/samples.js';
import { inverseTransposed, logAbsoluteDeterminant, solvePositiveDefinite } from '../../../src/base/linear-algebra.js';
import { random } from '../../../src/base/random.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { Features } from '../../../src/contracts/predictor.js';
import { contextOf, normalFeatures, smooth } from './samples.js';

const features = normalFeatures(random('inputs'), 25, 4);
const labels = standardisedLabels(smooth(features)).values;
const scaling = inputScaling(features, true);
const columns = scaledColumns(features, scaling);
/** θ, and which length each of the four dimensions has. */
const CASES = [
  { theta: [0.05, 1.7], lengthOf: [0, 0, 0, 0] },
  { theta: [0.05, 1.7, 0.9], lengthOf: [0, 1, 1, 0] },
  { theta: [0.05, 1.7, 0.9, 2.4, 1.2], lengthOf: [0, 1, 2, 3] },
].map(({ theta, lengthOf }) => ({
  theta: Float64Array.from(theta, Math.log),
  inputs: { columns, count: 25, dimensions: 4, lengthOf: Int32Array.from(lengthOf) },
  lengths: lengthOf.map((length) => theta[1 + length]),
}));

/** s²(R + ηI) by the definition, between any two lists of rows. */
function plainKernel(name: keyof typeof CORRELATIONS, a: number[][], b: number[][], lengths: number[]): number[][] {
  return a.map((x) =>
    b.map((z) => {
      const r = Math.sqrt(x.reduce((sum, v, f) => sum + ((v - z[f]) / lengths[f]) ** 2, 0));
      if (name === 'squared-exponential') return Math.exp((-r * r) / 2);
      return (1 + Math.sqrt(5) * r + (5 * r * r) / 3) * Math.exp(-Math.sqrt(5) * r);
    }),
  );
}

function rowsOf(columns: Float64Array, count: number): number[][] {
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: columns.length / count }, (_, f) => columns[f * count + row]),
  );
}

describe.each(['matern-5/2', 'squared-exponential'] as const)('the likelihood of %s', (name) => {
  const rows = rowsOf(columns, 25);

  it.each(CASES)('is the log density of a normal distribution ($lengths)', ({ theta, inputs, lengths }) => {
    const noise = Math.exp(theta[0]);
    const shape = plainKernel(name, rows, rows, lengths).flatMap((row, i) =>
      row.map((v, j) => (i === j ? v + noise : v)),
    );
    const solved = solvePositiveDefinite(shape, labels);
    const amplitude = labels.reduce((sum, y, i) => sum + y * solved[i], 0) / 25;
    const determinant = logAbsoluteDeterminant(
      shape.map((v) => v * amplitude),
      25,
    );
    const expected = -(25 + determinant + 25 * Math.log(2 * Math.PI)) / 2;
    expect(likelihood(inputs, labels, CORRELATIONS[name])(theta)!.value).toBeCloseTo(expected, 8);
  });
  it.each(CASES)('has the gradient of finite differences ($lengths)', ({ theta, inputs }) => {
    const objective = likelihood(inputs, labels, CORRELATIONS[name]);
    const gradient = objective(theta)!.gradient();
    theta.forEach((_, i) => {
      const shifted = (by: number) => objective(theta.map((value, j) => (i === j ? value + by : value)))!.value;
      expect(gradient[i]).toBeCloseTo((shifted(1e-5) - shifted(-1e-5)) / 2e-5, 5);
    });
  });
});

describe('the posterior', () => {
  it.each(CASES)('is what the formulas say, blocks and remainders alike ($lengths)', ({ theta, inputs, lengths }) => {
    const correlation = CORRELATIONS['matern-5/2'];
    const { parameters, lower, alpha, amplitude } = factoring(inputs, labels, correlation)(theta)!;
    const upper = inverseTransposed(lower, 25);
    const inverse = upper.map((_, k) => upper[(k % 25) * 25 + Math.floor(k / 25)]);
    const posterior = {
      scaling,
      correlation,
      parameters,
      amplitude,
      alpha,
      inverse,
      ...sampleColumns(features, scaling, parameters),
    };
    const at = normalFeatures(random('at'), 6, 4);
    const [mean, variance] = [new Float64Array(6), new Float64Array(6)];
    predictRows(posterior, at, mean, variance);

    const samples = rowsOf(columns, 25);
    const cross = plainKernel('matern-5/2', rowsOf(scaledColumns(at, scaling), 6), samples, lengths);
    const noise = Math.exp(theta[0]);
    const own = plainKernel('matern-5/2', samples, samples, lengths).flatMap((row, i) =>
      row.map((v, j) => (i === j ? v + noise : v)),
    );
    const dual = solvePositiveDefinite(own, labels);
    cross.forEach((k, row) => {
      expect(mean[row]).toBeCloseTo(
        k.reduce((sum, v, i) => sum + v * dual[i], 0),
        9,
      );
      const explained = solvePositiveDefinite(own, k).reduce((sum, v, i) => sum + v * k[i], 0);
      expect(variance[row]).toBeCloseTo(amplitude * (1 + noise - explained), 9);
    });
  });
});

describe('maximise', () => {
  const objective = (x: Float64Array) => ({
    value: -((x[0] - 1) ** 2) - 50 * (x[1] - x[0] ** 2) ** 2,
    gradient: () => Float64Array.of(-2 * (x[0] - 1) + 200 * x[0] * (x[1] - x[0] ** 2), -100 * (x[1] - x[0] ** 2)),
  });
  const bounds = (low: number, high: number) => ({ low: Float64Array.of(low, low), high: Float64Array.of(high, high) });

  it('finds the end of a bent valley', () => {
    const [x, y] = maximise(objective, Float64Array.of(-1.2, 1), { ...bounds(-5, 5), steps: 200, gain: 1e-10 });
    expect(x).toBeCloseTo(1, 4);
    expect(y).toBeCloseTo(1, 4);
  });
  it('stays within its bounds, at the best place there', () => {
    const [x, y] = maximise(objective, Float64Array.of(0, 0), { ...bounds(-0.5, 0.5), steps: 200, gain: 1e-12 });
    expect(x).toBeCloseTo(0.5, 3);
    expect(y).toBeCloseTo(0.25, 2);
  });
});

describe('the variance', () => {
  it('covers held-out labels as often as it says', async () => {
    const train = normalFeatures(random('train'), 80, 3);
    const held = normalFeatures(random('held'), 300, 3);
    const noise = random('noise');
    const noisy = (values: Float64Array) => values.map((value) => value + 0.3 * noise.normal());
    const fitted = await gaussianProcess(contextOf(1)).fit(train, noisy(smooth(train)));
    const { mean, variance } = await fitted.predict(held, { variance: true });
    const truth = noisy(smooth(held));
    const within = truth.filter((value, row) => Math.abs(value - mean[row]) < 1.645 * Math.sqrt(variance![row])).length;
    expect(within / 300).toBeGreaterThan(0.82);
    expect(within / 300).toBeLessThan(0.97);
  });
});

describe('options', () => {
  it('takes one length a group of columns, and columns as they come', async () => {
    const fittedWith = (options: JsonObject) => gaussianProcess(contextOf(1, options)).fit(features, smooth(features));
    const at = normalFeatures(random('at'), 9, 4);
    const [grouped, single] = [{ relevance: 'groups', groups: [1, 1, 1, 1] }, { relevance: 'automatic' }];
    expect(await (await fittedWith(grouped)).predict(at)).toEqual(await (await fittedWith(single)).predict(at));
    // Where every column is scaled alike, one length takes the scale up.
    const scaledUp = (rows: Features) => ({ ...rows, values: rows.values.map((value) => 8 * value) });
    const raw = gaussianProcess(contextOf(1, { standardise: false }));
    const plain = await (await raw.fit(features, smooth(features))).predict(at);
    const larger = await (await raw.fit(scaledUp(features), smooth(features))).predict(scaledUp(at));
    larger.mean.forEach((value, row) => {
      expect(Math.abs(value - plain.mean[row])).toBeLessThan(0.05);
    });
  });
  it('refuses groups that are not those of the columns', async () => {
    expect(() => gaussianProcess(contextOf(1, { relevance: 'groups' }))).toThrow('`groups`');
    expect(() => gaussianProcess(contextOf(1, { relevance: 'groups', groups: [2, 0] }))).toThrow('`groups`');
    const short = gaussianProcess(contextOf(1, { relevance: 'groups', groups: [1, 2] }));
    await expect(short.fit(features, labels)).rejects.toThrow('4 columns together');
  });
});
