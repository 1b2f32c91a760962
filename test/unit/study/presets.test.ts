/** Published tables: what they run, and their numbers, copied here a second time from the papers. */
import { describe, expect, test } from 'vitest';
import { resolve } from '../../../src/catalog.js';
import { checkedStudy } from '../../../src/study/options.js';
import { OFFICIAL_FILES, PRESETS, presetNamed } from '../../../src/study/presets.js';
import { measured, summarise } from '../../../src/study/statistics.js';

const summaryWith = (test?: Float64Array) => {
  const labels = { rows: [0, 1], validation: Float64Array.of(0.5, 0.9), best: [0.9, 0.5], optimum: 0.9 };
  const result = { order: [0, 1], scored: 0, scoringSeconds: 0, seconds: 0, fits: 0 };
  const run = measured(result, test ? { ...labels, test } : labels);
  return summarise({ name: 'random', sampler: 'random', options: {} }, [run], 5);
};

describe.each(Object.entries(PRESETS))('%s', (name, preset) => {
  const spaces = Object.entries(preset.spaces);

  test('is found by its name, and is about spaces that there are', async () => {
    expect(presetNamed(name)).toBe(preset);
    for (const [space] of spaces) expect((await (await resolve('spaces', space))()).name).toBe(space);
    for (const [space] of spaces) expect(OFFICIAL_FILES[space].length).toBeGreaterThan(0);
    expect(Object.keys(preset.epochs)).toEqual(spaces.map(([space]) => space));
  });

  test.each(spaces)(
    'has strategies for %s that a study takes, and published numbers of these alone',
    (space, datasets) => {
      const parts = preset.parts(space);
      for (const { strategies } of parts) {
        expect(checkedStudy({ space, table: 't', dataset: datasets[0], strategies }).strategies).toEqual(strategies);
      }
      const names = parts.flatMap(({ strategies }) => strategies.map((strategy) => strategy.name));
      expect(new Set(names).size).toBe(names.length);
      const published = preset.published[space];
      expect(Object.keys(published)).toEqual(datasets);
      for (const numbers of Object.values(published))
        expect(names).toEqual(expect.arrayContaining(Object.keys(numbers)));
    },
  );
});

test('WeakNAS stands beside random search and evolution, in samples to the optimum', () => {
  const { published, measure } = PRESETS['weaknas-table'];
  const rows = Object.entries(published).flatMap(([space, datasets]) =>
    Object.entries(datasets).map(([dataset, { random, evolution, weaknas }]) => [
      space,
      dataset,
      random,
      evolution,
      weaknas,
    ]),
  );
  expect(rows).toEqual([
    ['nas-bench-201', 'cifar10', 7782, 563, 182],
    ['nas-bench-201', 'cifar100', 7621, 438, 78],
    ['nas-bench-201', 'imagenet16-120', 7726, 715, 268],
    ['nas-bench-101', 'cifar10', 188_140, 87_403, 195],
  ]);
  expect(measure.of(summaryWith())).toBe(2);
});

test('NASWOT stands beside its baselines, in percent of test accuracy', () => {
  const { published, measure, parts } = PRESETS['naswot-table2'];
  const rows = Object.entries(published['nas-bench-201']).map(([dataset, numbers]) => [
    dataset,
    ...[10, 100, 1000].map((draws) => numbers[`naswot N=${draws}`]),
  ]);
  expect(rows).toEqual([
    ['cifar10', 92.44, 92.81, 92.96],
    ['cifar100', 68.62, 69.48, 69.98],
    ['imagenet16-120', 41.31, 43.1, 44.44],
  ]);
  const [{ strategies, samples }] = parts('nas-bench-201');
  // The best by score of N draws, and nothing else, is what is evaluated.
  expect(samples).toBe(1);
  expect(strategies.map(({ options }) => [options.draws, options.by])).toEqual(
    [10, 100, 1000].flatMap((draws) => [undefined, 'parameters', 'multiplyAdds'].map((by) => [draws, by])),
  );
  expect(measure.of(summaryWith(Float64Array.of(0.4, 0.75)))).toBe(75);
  expect(measure.of(summaryWith())).toBeUndefined();
});

test('an unknown preset is refused with the nearest', () => {
  expect(() => presetNamed('weaknas-tabel')).toThrow(
    'Expected the preset to be one of weaknas-table, naswot-table2, got "weaknas-tabel". Did you mean "weaknas-table"?',
  );
  expect(() => presetNamed('toString')).toThrow(/to be one of weaknas-table, naswot-table2, got "toString"/);
});
