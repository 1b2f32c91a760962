/** Pictures of studies, read back: what a person would read off them is what the study says. */
import { describe, expect, test } from 'vitest';
import type { StudyTrial } from '../../../src/contracts/study.js';
import type { Labels } from '../../../src/study/labels.js';
import { presetPictures, studyPictures } from '../../../src/study/pictures.js';
import type { PresetResult } from '../../../src/study/reproduce.js';
import { measured, summarise } from '../../../src/study/statistics.js';
import type { StudyResult } from '../../../src/study/study.js';
import { groups, lineOf, parse, reader, words } from '../draw/charts.js';

const VALIDATION = Float64Array.of(0.5, 0.6, 0.7, 0.8, 0.9);
const LABELS: Labels = { rows: [0, 1, 2, 3, 4], validation: VALIDATION, best: [0.9, 0.8, 0.7, 0.6, 0.5], optimum: 0.9 };

function summaryOf(name: string, orders: readonly (readonly number[])[], samples = 5) {
  const runs = orders.map((order) => measured({ order, scored: 0, scoringSeconds: 0, seconds: 0, fits: 0 }, LABELS));
  return summarise({ name, sampler: name, options: {} }, runs, samples);
}

/** `quick` finds the best at once, `slow` in one run of two, after four. */
function resultOf(trial: StudyTrial = 'mean', samples = 5): StudyResult {
  const strategies = [
    summaryOf('quick', [[4], [4]], samples),
    summaryOf(
      'slow',
      [
        [0, 1, 2, 4],
        [0, 1],
      ],
      samples,
    ),
  ];
  return {
    ...{
      space: 'nas-bench-201',
      checksum: 'c0ffee',
      dataset: 'cifar10',
      epochs: 200,
      trial,
      architectures: 2000,
      spaceSize: 15_625,
    },
    ...{ optimum: { validation: 0.9, rows: [4], architectures: ['best'], count: 1 }, strategies, runs: [], seconds: 1 },
  };
}

const texts = (svg: string) => words(svg).map(({ text }) => text);
const subtitle = (svg: string) => texts(svg).find((text) => text.startsWith('nas-bench-201'));

describe('pictures of a study', () => {
  const { regret, samples } = studyPictures(resultOf());

  test('are SVG files that say what was searched, on which labels, and how often', () => {
    for (const svg of [regret, samples]) {
      parse(svg);
      expect(subtitle(svg)).toContain(
        'nas-bench-201, cifar10 after 200 epochs (mean), 2,000 of 15,625 architectures, 2 runs each',
      );
    }
    for (const [trial, said] of [
      ['random', 'a random trial of each in every run'],
      [777, 'trial 777'],
    ] as const) {
      for (const svg of Object.values(studyPictures(resultOf(trial))))
        expect(texts(svg).join(' ')).toContain(`(${said})`);
    }
  });

  const readerOf = (svg: string, log = true) => {
    const [x, y] = [reader(svg, 'x', true), reader(svg, 'y', log)];
    return (index: number) =>
      lineOf(svg, index)
        .flat()
        .map((mark) => [x(mark.x), y(mark.y)]);
  };
  const near = (points: readonly (readonly number[])[]) =>
    points.map(([at, points]) => [expect.closeTo(at, 1), expect.closeTo(points, 0)]);

  test('draw the mean regret after each number of samples, and no line where none is left', () => {
    // In percentage points: 40, then 30 in both runs, then 0 in one. The other strategy has none at all.
    expect(readerOf(regret)(0)).toEqual(
      near([
        [1, 40],
        [2, 30],
        [5, 15],
      ]),
    );
    expect(texts(regret)).toEqual(expect.arrayContaining(['quick (0 from 1)', 'slow']));
    expect(texts(regret).join(' ')).toContain('lines end where all runs have found the best');
    expect(texts(regret).join(' ')).not.toContain('no data');
  });

  test('end a line where regret ends, with its interval around it', () => {
    const orders = [
      [0, 1, 4],
      [0, 2, 4],
    ];
    const { regret } = studyPictures({ ...resultOf(), strategies: [summaryOf('sure', orders, 100)] });
    const read = readerOf(regret)(0);
    // 40, then 25 (30 and 20), then nothing from the third on.
    expect(read).toEqual(
      near([
        [1, 40],
        [2, 25],
      ]),
    );
    expect(texts(regret)).toContain('sure (0 from 5)');
    expect(groups(regret, 'band')).toHaveLength(1);
  });

  test('draw no regret at all on a plain axis, which has a zero', () => {
    const { regret } = studyPictures({ ...resultOf(), strategies: [summaryOf('quick', [[4], [4]])] });
    expect(readerOf(regret, false)(0).map(([, y]) => y)).toEqual(Array(3).fill(expect.closeTo(0, 6)));
    expect(texts(regret).join(' ')).not.toContain('lines end');
  });

  test('name each strategy with its success, beside its mean samples', () => {
    const rows = ['quick (100 % within 5)', '1.00 [1.00, 1.00]', 'slow (50 % within 5)', '4.50 [4.00, 5.00]'];
    expect(texts(samples)).toEqual(expect.arrayContaining(rows));
  });
});

describe('pictures of a preset', () => {
  const row = (dataset: string, strategy: string, measured?: number, published?: number) => ({
    ...{ space: 'nas-bench-201', dataset, strategy },
    ...(measured !== undefined && { measured, trial: 'random' as const }),
    ...(published !== undefined && { published }),
  });
  const preset = (given: Partial<PresetResult> = {}): PresetResult => ({
    ...{ preset: 'weaknas-table', title: 'A published table', source: 'a paper', measure: 'mean samples' },
    rows: [
      row('cifar10', 'random', 7000, 7782),
      row('cifar10', 'nascent', 40),
      row('cifar100', 'random', undefined, 7621),
    ],
    studies: [resultOf('random'), resultOf('random', 1)],
    ...given,
  });

  test('are one of each data set that was measured, and one of regret of what went beyond one sample', () => {
    const pictures = presetPictures(preset());
    expect(Object.keys(pictures)).toEqual(['cifar10', 'regret-cifar10']);
    for (const svg of Object.values(pictures)) parse(svg);
    expect(pictures['regret-cifar10']).toBe(studyPictures(resultOf('random')).regret);
  });

  test('show all strategies of a data set in one picture of regret, whatever their limits', () => {
    const longer = resultOf('random', 10);
    const other = { ...longer, strategies: longer.strategies.map((each) => ({ ...each, name: `${each.name} too` })) };
    const { 'regret-cifar10': regret, ...rest } = presetPictures(preset({ studies: [resultOf('random'), other] }));
    expect(Object.keys(rest)).toEqual(['cifar10']);
    expect(texts(regret).join()).toMatch(/quick.*slow.*quick too.*slow too/);
  });

  test('say how many found it within how many, and what is not as it was published', () => {
    const [{ strategies }] = preset().studies;
    const noted = {
      ...row('cifar10', 'slow', 4.5, 7782),
      summary: strategies[1],
      notes: ['2 seeds, the preset has 100'],
    };
    const all = texts(presetPictures(preset({ rows: [noted] })).cifar10);
    expect(all).toEqual(expect.arrayContaining(['slow (50 % within 5)', '4.50 [4.00, 5.00]']));
    expect(all.join(' ')).toContain('2 seeds, the preset has 100');
  });

  test('show measured beside published, and on which labels', () => {
    const all = texts(presetPictures(preset()).cifar10);
    expect(all).toEqual(expect.arrayContaining(['A published table', 'random', 'nascent', 'published', 'measured']));
    expect(all.join(' ')).toContain('nas-bench-201, cifar10 (a random trial of each in every run)');
    const alone = texts(presetPictures(preset({ rows: [row('cifar10', 'nascent', 40)] })).cifar10);
    expect(alone).not.toContain('published');
  });

  test('have a plain axis for accuracies, which differ little', () => {
    const rows = [row('cifar10', 'a', 92, 93), row('cifar10', 'b', 94)];
    const ticks = (measure: string) => {
      const svg = presetPictures(preset({ rows, measure })).cifar10;
      return words(groups(svg, 'x-ticks')[0]).map(({ x }) => x);
    };
    const [first, second, third] = ticks('test accuracy, %');
    expect(second - first).toBeCloseTo(third - second, 1);
  });
});
