/** Presets on small tables, where what comes out is known. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Genotype } from '../../../search-spaces/nas-bench-201/index.js';
import { type PresetOptions, reproduce } from '../../../src/study/reproduce.js';
import { study } from '../../../src/study/study.js';
import { accuracy, CELLS, folder, space, tableFile } from './fixtures.js';

/** With the largest cell of all: six convolutions of 3 × 3. */
const cells = [...CELLS.filter((_, i) => i % 160 === 5), space.parse(largest())];
const parameters = (cell: Genotype) => space.cost!(cell).parameters;

function largest(): string {
  const [a, b, c] = [0, 1, 2].map((node) => `nor_conv_3x3~${node}`);
  return `|${a}|+|${a}|${b}|+|${a}|${b}|${c}|`;
}

const COLUMNS = {
  c10_val_200: accuracy,
  c10_test_200: (cell: Genotype) => 40 + parameters(cell) / 1e5,
  c100_val_200: (cell: Genotype, row: number) => (row % 2 === 0 ? accuracy(cell) - 30 : undefined),
};

const IMPORT_201 =
  '"nascent table import" makes one of nas-bench-201 from NATS-tss-v1_0-3ffb9.pickle.pbz2 or NAS-Bench-201-v1_1-096897.pth';
const IMPORT_101 =
  '"nascent table import" makes one of nas-bench-101 from nasbench_only108.tfrecord or nasbench_full.tfrecord';

function options(given: Partial<PresetOptions> = {}): PresetOptions & { readonly ledger: string } {
  const ledger = join(folder(), 'ledger.sqlite');
  return {
    ...{ preset: 'weaknas-table', space: 'nas-bench-201', seeds: 2, workers: 1, strategies: ['random', 'evolution'] },
    ...given,
    ...{ ledger, table: given.table ?? tableFile(cells, COLUMNS) },
  };
}

describe('weaknas-table', () => {
  test('has a row of each data set and strategy: measured beside published, or what it would take', async () => {
    const { title, source, measure, rows, studies } = await reproduce(options());
    expect([title, source, measure]).toEqual([
      'Mean samples to the validation optimum',
      'WeakNAS (Wu et al., NeurIPS 2021), table 1, and its baselines',
      'mean samples',
    ]);
    const known = { space: 'nas-bench-201', trial: 'mean', measured: expect.any(Number) };
    expect(rows).toEqual([
      expect.objectContaining({ ...known, dataset: 'cifar10', strategy: 'random', published: 7782 }),
      expect.objectContaining({ ...known, dataset: 'cifar10', strategy: 'evolution', published: 563 }),
      expect.objectContaining({ ...known, dataset: 'cifar100', strategy: 'random', published: 7621 }),
      expect.objectContaining({ ...known, dataset: 'cifar100', strategy: 'evolution', published: 438 }),
      // Of the strategies that were asked for alone.
      ...[7726, 715].map((published, i) => ({
        ...{ space: 'nas-bench-201', dataset: 'imagenet16-120', strategy: ['random', 'evolution'][i], published },
        missing: `the table has no imagenet16-120: ${IMPORT_201}`,
      })),
      ...[188_140, 87_403].map((published, i) => ({
        ...{ space: 'nas-bench-101', dataset: 'cifar10', strategy: ['random', 'evolution'][i], published },
        missing: `the table is of nas-bench-201: ${IMPORT_101}`,
      })),
    ]);
    const architectures = ['99 of 15,625 architectures', '50 of 15,625 architectures'];
    expect(rows.map(({ notes }) => notes)).toEqual([
      ...architectures.flatMap((note) => Array(2).fill([note, '2 seeds, the preset has 100'])),
      ...Array(4).fill(undefined),
    ]);
    // Without a limit, so that every run finds the best: of the rows that have an accuracy.
    const sizes = [cells.length, Math.ceil(cells.length / 2)];
    expect(studies.map((each) => [each.dataset, each.strategies[0].samples])).toEqual([
      ['cifar10', sizes[0]],
      ['cifar100', sizes[1]],
    ]);
    for (const { strategies } of studies) expect(strategies.map(({ successRate }) => successRate)).toEqual([1, 1]);
    expect(rows.slice(0, 4).map((row) => row.measured)).toEqual(
      studies.flatMap(({ strategies }) => strategies.map(({ meanSamples }) => meanSamples)),
    );
  });

  test('is the study of the same strategies, and takes its runs from the ledger', async () => {
    const given = options({ dataset: 'cifar10', strategies: ['random'] });
    const { preset, ...rest } = given;
    const random = { name: 'random', sampler: 'random', options: {} };
    const alone = await study({ ...rest, dataset: 'cifar10', strategies: [random], samples: cells.length });
    const reused: boolean[] = [];
    const { rows } = await reproduce(given, (progress) => reused.push(progress.reused));
    expect(reused).toEqual([true, true]);
    expect(rows.map(({ summary }) => summary)).toEqual([...alone.strategies, undefined]);
  });

  test('runs nothing where one of the data sets lacks the trial that is asked for', async () => {
    const { c10_val_200, c100_val_200 } = COLUMNS;
    const single = { c10_val_200_s777: c10_val_200, c10_val_200_s888: c10_val_200 };
    const table = tableFile(cells, { ...single, c100_val_200 });
    for (const [trial, got] of [
      [777, '777'],
      ['random', '"random"'],
    ] as const) {
      let runs = 0;
      const attempt = reproduce(options({ table, trial }), () => runs++);
      await expect(attempt).rejects.toThrow(
        `Expected \`trial\` to be one of mean, which the table has for cifar100 after 200 epochs, got ${got}.`,
      );
      expect(runs).toBe(0);
    }
  });

  test('is narrowed by the other options', async () => {
    const given = options({ dataset: 'cifar100', strategies: ['random'], samples: 9, seeds: 3 });
    const { rows, studies } = await reproduce(given);
    expect(rows.map(({ dataset, strategy }) => [dataset, strategy])).toEqual([['cifar100', 'random']]);
    expect(studies[0].strategies[0]).toMatchObject({ samples: 9, seeds: 3 });
    expect(rows[0].notes).toEqual([
      '50 of 15,625 architectures',
      'at most 9 samples, the preset has no limit',
      '3 seeds, the preset has 100',
    ]);
  });

  test('says where the labels are others than those that were published', async () => {
    const table = tableFile(cells, { c10_val_12: accuracy, c10_val_200: accuracy });
    const given = options({ table, dataset: 'cifar10', strategies: ['random', 'nascent'], epochs: 12, samples: 5 });
    const { rows } = await reproduce(given);
    const table12 = ['99 of 15,625 architectures', '12 epochs, published 200'];
    expect(rows.map(({ strategy, notes }) => [strategy, notes])).toEqual([
      ['random', [...table12, 'at most 5 samples, the preset has no limit', '2 seeds, the preset has 100']],
      // Nothing was published of it: there is no number that seeds and limit could differ from.
      ['nascent', table12],
      ['random', undefined],
      ['nascent', undefined],
    ]);
  });

  test('tells a data set that has test accuracies only from one that is not there', async () => {
    const table = tableFile(cells, { c10_test_200: accuracy, c100_val_200: accuracy });
    const { rows, studies } = await reproduce(options({ table, dataset: 'cifar10', strategies: ['random'] }));
    expect(studies).toEqual([]);
    expect(rows[0]).toEqual({
      ...{ space: 'nas-bench-201', dataset: 'cifar10', strategy: 'random', published: 7782 },
      missing: `the table has test accuracies of cifar10, but none of validation: ${IMPORT_201}`,
    });
  });

  test.each([
    [
      { strategies: ['random', 'evolutoin'] },
      'Expected the strategy of weaknas-table to be one of random, evolution, weaknas, nascent, got "evolutoin". Did you mean "evolution"?',
    ],
    [{ strategies: [] }, 'Expected `strategies` to be one or more of random, evolution, weaknas, nascent, got [].'],
    [
      { dataset: 'cifr10' },
      'Expected `dataset` for weaknas-table on nas-bench-201 to be one of cifar10, cifar100, imagenet16-120, got "cifr10". Did you mean "cifar10"?',
    ],
  ])('refuses %j', async (given, message) => {
    await expect(reproduce(options(given))).rejects.toMatchObject({ code: 'usage', message });
  });
});

describe('naswot-table2', () => {
  const scored = {
    ...{ preset: 'naswot-table2', dataset: 'cifar10', data: 'synthetic:train=40,test=10' },
    ...{ scoreBatch: 8, scoreSkeleton: { channels: 4, cells: 1 } },
  };

  test('evaluates the best of its draws and nothing else', async () => {
    const strategies = ['parameters N=1000', 'multiply-adds N=1000', 'naswot N=10'];
    const { rows, studies } = await reproduce(options({ ...scored, strategies }));
    expect(studies.map(({ strategies: [{ samples }] }) => samples)).toEqual([1]);
    const [naswot, byParameters, byMultiplyAdds] = rows;
    expect(rows.map(({ strategy }) => strategy)).toEqual(['naswot N=10', 'parameters N=1000', 'multiply-adds N=1000']);
    // A thousand draws of a hundred cells have the largest among them.
    const best = 40 + parameters(cells[cells.length - 1]) / 1e5;
    expect(byParameters.measured).toBeCloseTo(best, 9);
    expect(byMultiplyAdds.measured).toBeCloseTo(best, 9);
    expect(byParameters).not.toHaveProperty('published');
    expect(naswot).toMatchObject({ published: 92.44, summary: { scored: expect.any(Number) } });
    expect(naswot.notes).toEqual([
      '99 of 15,625 architectures',
      '2 seeds, the preset has 500',
      'scored on synthetic images, published cifar10',
      'scored on 8 images at once, published 128',
      'scored with channels=4 and cells=1',
    ]);
    expect(byParameters.notes).toEqual(['99 of 15,625 architectures']);
    expect(naswot.summary!.scored).toBeGreaterThan(1);
    expect(naswot.summary!.scored).toBeLessThanOrEqual(10);
    const accuracies = cells.map((cell) => COLUMNS.c10_test_200(cell));
    expect(naswot.measured).toBeGreaterThanOrEqual(Math.min(...accuracies));
    expect(naswot.measured).toBeLessThanOrEqual(Math.max(...accuracies));
  });

  test('scores nothing where the table has no test accuracies, and says what to import', async () => {
    const missing = `the table has validation accuracies of cifar10 after 200 epochs, but none of test: ${IMPORT_201}`;
    const empty: Record<string, () => undefined> = { c10_test_200: () => undefined };
    for (const test of [{}, empty]) {
      const columns = { c10_val_200: accuracy, ...test };
      const given = options({
        ...scored,
        table: tableFile(cells, columns),
        strategies: ['naswot N=10', 'parameters N=10'],
      });
      let runs = 0;
      const { rows, studies } = await reproduce(given, () => runs++);
      expect(rows).toEqual([
        { space: 'nas-bench-201', dataset: 'cifar10', strategy: 'naswot N=10', published: 92.44, missing },
        { space: 'nas-bench-201', dataset: 'cifar10', strategy: 'parameters N=10', missing },
      ]);
      expect([runs, studies]).toEqual([0, []]);
    }
  });

  test('needs data for its scores', async () => {
    await expect(reproduce(options({ preset: 'naswot-table2', strategies: undefined }))).rejects.toThrow(
      'Expected `data` to be given for naswot-table2, which needs scores, got nothing.',
    );
  });
});

test('a preset that there is not, and a space that it is not about, are refused', async () => {
  await expect(reproduce(options({ preset: 'weaknas' }))).rejects.toThrow(/got "weaknas"\./);
  await expect(reproduce(options({ space: 'nats-bench-size' }))).rejects.toThrow(
    'Expected `space` to be one of nas-bench-201, nas-bench-101 for weaknas-table, got "nats-bench-size".',
  );
});
