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
    const missing = 'the table has no imagenet16-120: "nascent table import" makes one of the official file';
    const known = { space: 'nas-bench-201', trial: 'mean', measured: expect.any(Number) };
    expect(rows).toEqual([
      expect.objectContaining({ ...known, dataset: 'cifar10', strategy: 'random', published: 7782 }),
      expect.objectContaining({ ...known, dataset: 'cifar10', strategy: 'evolution', published: 563 }),
      expect.objectContaining({ ...known, dataset: 'cifar100', strategy: 'random', published: 7621 }),
      expect.objectContaining({ ...known, dataset: 'cifar100', strategy: 'evolution', published: 438 }),
      ...[7726, 715, 268].map((published, i) => ({
        ...{ space: 'nas-bench-201', dataset: 'imagenet16-120', published, missing },
        strategy: ['random', 'evolution', 'weaknas'][i],
      })),
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
    expect(rows.map(({ summary }) => summary)).toEqual(alone.strategies);
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
    expect(naswot.summary!.scored).toBeGreaterThan(1);
    expect(naswot.summary!.scored).toBeLessThanOrEqual(10);
    const accuracies = cells.map((cell) => COLUMNS.c10_test_200(cell));
    expect(naswot.measured).toBeGreaterThanOrEqual(Math.min(...accuracies));
    expect(naswot.measured).toBeLessThanOrEqual(Math.max(...accuracies));
  });

  test('says where the table has no test accuracies', async () => {
    const table = tableFile(cells, { c10_val_200: accuracy });
    const { rows } = await reproduce(options({ ...scored, table, strategies: ['parameters N=10'] }));
    expect(rows).toEqual([expect.objectContaining({ missing: 'the table has no test accuracy of cifar10' })]);
    expect(rows[0]).not.toHaveProperty('measured');
  });

  test('needs data for its scores', async () => {
    await expect(reproduce(options({ preset: 'naswot-table2' }))).rejects.toThrow(
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
