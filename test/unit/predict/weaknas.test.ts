/** WeakNAS on made-up accuracies. */
import { describe, expect, test } from 'vitest';
import { nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { type Genotype, nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { SamplerContext } from '../../../src/contracts/sampler.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import { weakNasSampler } from '../../../src/predict/weaknas.js';
import { predictor, recordedPredictor, recordedReports, runOf, unlistable } from './context.js';

const space = nasBench201();
const RIDGE = { predictor: 'ridge' };

const make = (options: JsonObject = {}, given: Partial<SamplerContext<Genotype>> = {}) =>
  weakNasSampler<Genotype>({ space, random: random('weaknas'), predictor, options, ...given });

/** Linear in the encoding, so that ridge regression learns it from few: the later edges count more. */
const WORTH: Readonly<Record<string, number>> = { nor_conv_3x3: 4, nor_conv_1x1: 3, skip_connect: 2, avg_pool_3x3: 1 };
const value = (cell: Genotype) => cell.reduce((sum, operation, edge) => sum + (WORTH[operation] ?? 0) * (edge + 1), 0);
const textsOf = (seen: readonly { architecture: Genotype }[]) =>
  seen.map(({ architecture }) => space.format(architecture));

describe('as published', () => {
  test('starts from ten uniform draws, in large spaces a hundred, and evaluates ten a fit', () => {
    const starts = ({ needs }: { needs: (index: number) => number }) =>
      Array.from({ length: 140 }, (_, i) => needs(i)).filter((needed, i, all) => needed !== all[i - 1]);
    expect(starts(make())).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130]);
    for (const large of [nasBench101(), unlistable(nasBench101())] as SearchSpace<unknown>[]) {
      expect(starts(weakNasSampler({ space: large, random: random(1) }))).toEqual([0, 100, 110, 120, 130]);
    }
  });

  test('asks for an MLP and fits it to encodings and the accuracies as they are', async () => {
    const asked: [string, JsonObject | undefined][] = [];
    const { predictor: recorded, fits } = recordedPredictor();
    const noting: typeof predictor = (name, stream, options) => {
      asked.push([name, options]);
      return recorded('ridge', stream, options);
    };
    const seen = await runOf(make({}, { predictor: noting }), 21, value);
    expect(asked).toEqual([
      ['mlp', {}],
      ['mlp', {}],
    ]);
    expect(fits.map(({ width, labels }) => [width, labels.length])).toEqual([
      [30, 10],
      [30, 20],
    ]);
    expect(fits[1].labels).toEqual(seen.slice(0, 20).map((observation) => observation.value));
  });

  test('begins with uniform draws of the table where there is one', async () => {
    const pool = [...space.enumerate!()].filter((_, i) => i % 100 === 7);
    const seen = await runOf(make({}, { pool }), 10, value);
    expect(textsOf(seen).every((text) => pool.map(space.format).includes(text))).toBe(true);
  });

  test('draws its batch from the hundred best predicted', async () => {
    const { report, reports } = recordedReports();
    // Whatever a linear predictor learned from 200 labels without noise, it ranks as the values do.
    const seen = await runOf(make({ ...RIDGE, initial: 200 }, { report }), 230, value);
    const all = [...space.enumerate!()].map(value).sort((a, b) => b - a);
    const later = seen.slice(200).map((observation) => observation.value!);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(all[125]);
    // Not only the best ten of them.
    expect(Math.min(...later)).toBeLessThan(all[15]);
    expect(new Set(textsOf(seen.slice(200))).size).toBe(30);
    expect(reports.map(({ predictor: name, labels, ranked }) => [name, labels, ranked])).toEqual(
      [200, 210, 220].map((labels) => ['ridge', labels, 15_625]),
    );
  });
});

describe('choices', () => {
  test.each(['greedy', 'expected-improvement', 'thompson', 'uniform'])('%s learns', async (choose) => {
    const name = choose === 'expected-improvement' || choose === 'thompson' ? 'gaussian-process' : 'ridge';
    const pool = [...space.enumerate!()].filter((_, i) => i % 50 === 3);
    const optimum = Math.max(...pool.map(value));
    const options = { choose, predictor: name, top: 20, initial: 40, batch: 20 };
    const seen = await runOf(make(options, { pool }), 100, value);
    const best = (from: number, to: number) => Math.max(...seen.slice(from, to).map((each) => each.value!));
    expect(best(40, 100)).toBe(optimum);
    expect(new Set(textsOf(seen.slice(40))).size).toBe(60);
  });
});

test('works where the space cannot be listed, on fresh pools', async () => {
  const { report, reports } = recordedReports();
  const given = { space: unlistable(space), report };
  const seen = await runOf(make({ ...RIDGE, initial: 30, pool: 500 }, given), 80, value);
  expect(reports.every(({ ranked }) => ranked > 450 && ranked <= 500)).toBe(true);
  const mean = (from: number, to: number) =>
    seen.slice(from, to).reduce((sum, each) => sum + each.value!, 0) / (to - from);
  expect(mean(60, 80)).toBeGreaterThan(mean(0, 30) + 10);
  expect(new Set(textsOf(seen.slice(30))).size).toBe(50);
});

describe('refusals', () => {
  test.each([
    [{ initial: 0 }, 'Expected `initial` to be a whole number of at least 1, got 0.'],
    [{ batch: 2.5 }, 'Expected `batch` to be a whole number of at least 1, got 2.5.'],
    [{ top: '100' }, 'Expected `top` to be a whole number of at least 1, got "100".'],
    [{ pool: 0 }, 'Expected `pool` to be a whole number from 1 to 1000000, got 0.'],
    [
      { choose: 'greddy' },
      'Expected `choose` to be one of uniform, greedy, expected-improvement, thompson, got "greddy". Did you mean "greedy"?',
    ],
    [{ choose: 'constructor' }, 'got "constructor".'],
    [{ bacth: 3 }, 'got "bacth". Did you mean "batch"?'],
  ])('%j', (options, message) => {
    expect(() => make(options)).toThrow(message);
  });

  test('an unknown predictor, or none at all, once one is needed', async () => {
    await expect(runOf(make({ predictor: 'rigde' }), 11, value)).rejects.toThrow('Did you mean "ridge"?');
    await expect(runOf(make({}, { predictor: undefined }), 11, value)).rejects.toThrow(
      'Expected predictors to be at hand for a sampler that learns, got none.',
    );
  });
});

describe('before anything is evaluated', () => {
  test.each<[JsonObject, RegExp]>([
    [{ predictor: 'rdge' }, /the predictor.*got "rdge"\. Did you mean "ridge"/],
    [{ predictor: 'ridge', predictorOptions: { penlty: 3 } }, /an option of ridge.*Did you mean "penalty"/],
    [{ predictor: 'ensemble', predictorOptions: { members: ['rdge'] } }, /got "rdge"/],
    [{ predictor: 'mlp', choose: 'thompson' }, /says a variance.*`choose=thompson`, got "mlp"/],
    [{ predictor: 'gradient-boosting', choose: 'expected-improvement' }, /says a variance/],
  ])('%j is refused', async (options, sentence) => {
    await expect(make(options).check?.()).rejects.toThrow(sentence);
  });

  test.each<JsonObject>([
    {},
    { predictor: 'gaussian-process', choose: 'thompson' },
    { predictor: 'random-forest', predictorOptions: { trees: 10 }, choose: 'expected-improvement' },
    { predictor: 'ensemble', choose: 'thompson' },
    // Groups are of the encoding's columns, 30 here.
    { predictor: 'gaussian-process', predictorOptions: { relevance: 'groups', groups: [12, 18] } },
  ])('%j is not', async (options) => {
    await expect(make(options).check?.()).resolves.toBeUndefined();
  });

  test('options of the predictor are an object', () => {
    expect(() => make({ predictorOptions: 'penalty' })).toThrow(
      /`predictorOptions`.*an object of options, got "penalty"/,
    );
  });
});
