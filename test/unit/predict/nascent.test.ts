/** The default strategy on made-up accuracies whose best is known. */
import { describe, expect, test } from 'vitest';
import { nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { type Genotype, nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { hash32 } from '../../../src/base/hash.js';
import { random } from '../../../src/base/random.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { CheapKnowledge, Observation, SamplerContext } from '../../../src/contracts/sampler.js';
import { nascentSampler } from '../../../src/predict/nascent.js';
import { predictor, recordedPredictor, recordedReports, runOf, unlistable } from './context.js';

const space = nasBench201();
const table = [...space.enumerate!()].filter((_, i) => i % 26 === 0);
const texts = table.map(space.format);

const count = (cell: Genotype, operation: string) => cell.filter((other) => other === operation).length;

/** A smooth function of the counts of operations with one hump, and noise of a hundredth of its range; dead cells learn nothing. */
function accuracyOf(cell: Genotype): number {
  if (cell[3] === 'none' && cell[4] === 'none' && cell[5] === 'none') return 0.1;
  const convolutions = count(cell, 'nor_conv_3x3') + 0.6 * count(cell, 'nor_conv_1x1');
  const rest = 0.02 * count(cell, 'skip_connect') - 0.03 * count(cell, 'avg_pool_3x3');
  const noise = 0.003 * (hash32(`noise ${space.format(cell)}`) / 2 ** 32);
  return 0.9 - 0.02 * (convolutions - 3.4) ** 2 + rest + noise;
}

const optimum = Math.max(...table.map(accuracyOf));

const costs: CheapKnowledge<Genotype> = { cost: (cell) => space.cost!(cell) };
/** Scores that say something: the accuracy with much noise. */
const scores: CheapKnowledge<Genotype> = {
  ...costs,
  metric: 'made-up',
  score: async (cells) =>
    Float64Array.from(cells, (cell) => accuracyOf(cell) + 0.1 * (hash32(`score ${space.format(cell)}`) / 2 ** 32)),
};

const make = (options: JsonObject = {}, given: Partial<SamplerContext<Genotype>> = {}, seed: number | string = 1) =>
  nascentSampler<Genotype>({ space, random: random(seed), pool: table, predictor, options, ...given });

const textsOf = (seen: readonly Observation<Genotype>[]) => seen.map(({ architecture }) => space.format(architecture));

/** Proposals until the best of the table. */
async function proposalsToOptimum(seed: number, given: Partial<SamplerContext<Genotype>>, options: JsonObject = {}) {
  const sampler = make({ batch: 1, ...options }, given, seed);
  let seen: Observation<Genotype>[] = [];
  while (seen.at(-1)?.value !== optimum && seen.length < 120)
    seen = await runOf(sampler, seen.length + 1, accuracyOf, seen);
  return seen.length;
}

describe('the best of a table', () => {
  test('is one cell of 601, of which uniform draws find it in 301 on average', () => {
    expect(table).toHaveLength(601);
    expect(table.filter((cell) => accuracyOf(cell) === optimum)).toHaveLength(1);
  });

  test.each<[string, Partial<SamplerContext<Genotype>>, JsonObject]>([
    ['without knowledge', {}, {}],
    ['with costs', { knowledge: costs }, {}],
    ['with scores that count', { knowledge: scores }, { score: true }],
    ['with scores that do not', { knowledge: scores }, {}],
    ['three at a time', { knowledge: costs }, { batch: 3 }],
  ])('is found in a fraction of that: %s', async (_, given, options) => {
    const found: number[] = [];
    for (const seed of [1, 2, 3, 4]) found.push(await proposalsToOptimum(seed, given, options));
    const mean = found.reduce((sum, length) => sum + length, 0) / found.length;
    expect(mean).toBeLessThan(40);
  });
});

describe('proposals', () => {
  test('begin with the best of the draws by what is known, which take no observation', async () => {
    const { needs } = make();
    expect(Array.from({ length: 16 }, (_, i) => needs(i))).toEqual([...Array(10).fill(0), 10, 10, 10, 13, 13, 13]);
    const [informed, blind] = await Promise.all(
      [{ knowledge: costs }, {}].map((given) => runOf(make({}, given), 10, accuracyOf)),
    );
    const parameters = (seen: readonly Observation<Genotype>[]) =>
      seen.reduce((sum, { architecture }) => sum + space.cost!(architecture).parameters, 0);
    expect(parameters(informed)).toBeGreaterThan(1.5 * parameters(blind));
  });

  test('grow to a twentieth of what is known', () => {
    const { needs } = make();
    const starts = Array.from({ length: 130 }, (_, i) => needs(i)).filter((needed, i, all) => needed !== all[i - 1]);
    // 3 at a time up to 80; then floor(n / 20).
    const expected = [0, 10];
    for (let n = 10; n < 125; ) {
      n += n < 80 ? 3 : Math.floor(n / 20);
      expected.push(n);
    }
    expect(starts).toEqual(expected.filter((n) => n < 130));
  });

  test('are members of the table, each once, of each function one a batch, until all are evaluated', async () => {
    const few = table.filter((_, i) => i % 8 === 1);
    const functions = new Set(few.map((cell) => space.format(space.canonical(cell, 'function'))));
    expect(functions.size).toBeLessThan(few.length);
    const initial = 6;
    const seen = await runOf(make({ initial, batch: 4, draws: 20 }, { pool: few }), few.length, accuracyOf);
    expect(new Set(textsOf(seen))).toEqual(new Set(few.map(space.format)));
    for (let start = initial; start + 4 <= 30; start += 4) {
      const batch = seen.slice(start, start + 4).map(({ architecture }) => space.canonical(architecture, 'function'));
      expect(new Set(batch.map(space.format)).size).toBe(4);
    }
  });

  test('are the same from the observations alone', async () => {
    const whole = await runOf(make({}, { knowledge: costs }), 30, accuracyOf);
    for (const done of [3, 10, 11, 24]) {
      const resumed = await runOf(make({}, { knowledge: costs }), 30, accuracyOf, whole.slice(0, done));
      expect(textsOf(resumed)).toEqual(textsOf(whole));
    }
  });

  test('differ by seed', async () => {
    const [one, other] = await Promise.all([1, 2].map((seed) => runOf(make({}, {}, seed), 20, accuracyOf)));
    expect(textsOf(one)).not.toEqual(textsOf(other));
  });

  test('go on where evaluations fail, also where all first ones do', async () => {
    const failing = (_: Genotype, proposal: number) => (proposal < 14 || proposal % 4 === 0 ? undefined : proposal);
    const seen = await runOf(make({}, { knowledge: costs }), 40, failing);
    expect(new Set(textsOf(seen)).size).toBe(40);
    expect(textsOf(seen).every((text) => texts.includes(text))).toBe(true);
  });

  test('go on where all evaluations came out the same', async () => {
    const seen = await runOf(make(), 25, () => 0.5);
    expect(new Set(textsOf(seen)).size).toBe(25);
  });
});

describe('what it learns', () => {
  test('is fitted by a Gaussian process to labels on a scale, and told in accuracies', async () => {
    const { predictor: recorded, fits } = recordedPredictor();
    const { report, reports } = recordedReports();
    await runOf(make({}, { predictor: recorded, knowledge: costs, report }), 40, accuracyOf);
    // One of what cells compute, one of where their operations stand.
    expect(fits.map(({ name, width, labels }) => [name, width, labels.length])).toEqual(
      [10, 13, 16, 19, 22, 25, 28, 31, 34, 37].flatMap((labels) => [
        ['gaussian-process', 42, labels],
        ['gaussian-process', 30, labels],
      ]),
    );
    for (const { labels } of fits) {
      expect(labels.reduce((sum, label) => sum + label, 0)).toBeCloseTo(0, 9);
      expect(labels.reduce((sum, label) => sum + label ** 2, 0) / labels.length).toBeCloseTo(1, 9);
    }
    expect(reports.map(({ ranked }) => ranked)).toEqual(new Array(10).fill(601));
    // In the units of the accuracies, whatever the scale: half of the later ones are within a twentieth of the range.
    const later = reports.slice(5).flatMap(({ proposals }) => proposals);
    const errors = later.map(({ architecture, mean }) => Math.abs(mean - accuracyOf(space.parse(architecture))));
    expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(0.04);
    expect(later.every(({ deviation }) => deviation! > 0 && deviation! < 0.8)).toBe(true);
  });
});

test('every third proposal comes from where operations stand, one fit a proposal where batches are of one', async () => {
  const { predictor: recorded, fits } = recordedPredictor();
  await runOf(make({ batch: 1 }, { predictor: recorded, knowledge: costs }), 19, accuracyOf);
  // Proposals 10 to 18.
  expect(fits.map(({ width }) => width)).toEqual([42, 30, 42, 42, 30, 42, 42, 30, 42]);
});

describe('spaces that cannot be listed', () => {
  test('are searched by fresh pools', async () => {
    const { report, reports } = recordedReports();
    const given = { space: unlistable(space), pool: undefined, knowledge: costs, report };
    const seen = await runOf(make({ pool: 300 }, given), 40, accuracyOf);
    expect(reports.every(({ ranked }) => ranked > 270 && ranked <= 300)).toBe(true);
    expect(new Set(textsOf(seen)).size).toBe(40);
    const all = [...space.enumerate!()].map(accuracyOf).sort((a, b) => b - a);
    expect(Math.max(...seen.map(({ value }) => value!))).toBeGreaterThan(all[60]);
  });

  test('as large as NAS-Bench-101 are not listed', async () => {
    const space101 = nasBench101();
    const { report, reports } = recordedReports();
    const sampler = nascentSampler({
      ...{ space: space101, random: random(1), predictor, report },
      options: { pool: 200, draws: 10 },
    });
    const depth = (cell: ReturnType<typeof space101.sample>) => space101.graph!(cell).edges.length;
    const seen = await runOf(sampler, 16, depth);
    expect(reports.map(({ labels, ranked }) => [labels, ranked <= 200 && ranked > 180])).toEqual([
      [10, true],
      [13, true],
    ]);
    expect(new Set(seen.map(({ architecture }) => space101.format(architecture))).size).toBeGreaterThan(12);
  });
});

describe('refusals', () => {
  test.each([
    [{ initial: 0 }, 'Expected `initial` to be a whole number of at least 1, got 0.'],
    [{ batch: 0 }, 'Expected `batch` to be a whole number of at least 1, got 0.'],
    [{ pool: 1.5 }, 'Expected `pool` to be a whole number from 1 to 1000000, got 1.5.'],
    [{ draws: 9 }, 'Expected `draws` to be a whole number of at least 10, got 9.'],
    [{ draws: 'few' }, 'Expected `draws` to be a whole number of at least 10, got "few".'],
    [{ draws: 50.5 }, 'Expected `draws` to be a whole number of at least 10, got 50.5.'],
    [{ score: 'yes' }, 'Expected `score` to be true or false, got "yes".'],
    [{ intial: 5 }, 'got "intial". Did you mean "initial"?'],
  ])('%j', (options, message) => {
    expect(() => make(options)).toThrow(message);
  });

  test('no predictors', async () => {
    await expect(runOf(make({}, { predictor: undefined }), 11, accuracyOf)).rejects.toThrow(/predictors to be at hand/);
  });
});
