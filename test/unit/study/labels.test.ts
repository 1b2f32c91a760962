/** What a study searches for, in tables that do not have everything. */
import { describe, expect, test } from 'vitest';
import { labelsOf } from '../../../src/study/labels.js';
import { CELLS, openedTable } from './fixtures.js';

const cells = CELLS.slice(0, 6);
const of =
  (values: readonly (number | undefined)[]) =>
  (_: unknown, row: number): number | undefined =>
    values[row];

const table = await openedTable(cells, {
  c10_val_12: of([80, 81, 82, 83, 84, 85]),
  c10_val_200: of([90, undefined, 93, 91, undefined, 93]),
  c10_test_200: of([80, 81, undefined, 83, 84, 85]),
  c100_val_200: of([70, 71, 72, 73, 74, 75]),
  c10_train_s_200: of([1, 2, 3, 4, 5, 6]),
  in16_test_200: of([40, 41, 42, 43, 44, 45]),
});

describe('labels', () => {
  test('are the validation accuracies after the longest training; rows without one are left out', () => {
    const labels = labelsOf(table, { dataset: 'cifar10' });
    expect(labels).toMatchObject({ epochs: 200, trial: 'mean', usualTrial: 'mean', rows: [0, 2, 3, 5] });
    const { rows, validation, test: tested, best, optimum } = labels.of(1);
    expect(rows).toEqual([0, 2, 3, 5]);
    expect([...validation]).toEqual([0.9, Number.NaN, 0.93, 0.91, Number.NaN, 0.93]);
    expect([...tested!]).toEqual([0.8, 0.81, Number.NaN, 0.83, 0.84, 0.85]);
    expect(best).toEqual([0.93, 0.93, 0.91, 0.9]);
    expect(optimum).toBe(0.93);
  });

  test('are those of the epochs that are asked for', () => {
    const labels = labelsOf(table, { dataset: 'cifar10', epochs: 12 });
    expect(labels.rows).toEqual([0, 1, 2, 3, 4, 5]);
    expect(labels.of(1).optimum).toBe(0.85);
    expect(labels.of(1)).not.toHaveProperty('test');
  });

  test('have no test accuracies where the table has none of the data set', () => {
    expect(labelsOf(table, { dataset: 'cifar100' }).of(1)).not.toHaveProperty('test');
  });

  test('that the table does not have are refused with those it has', () => {
    expect(() => labelsOf(table, { dataset: 'cifar' })).toThrow(
      'Expected `dataset` to be one of cifar10, cifar100, got "cifar".',
    );
    // Test accuracies alone are nothing to select by.
    expect(() => labelsOf(table, { dataset: 'imagenet16-120' })).toThrow(
      'Expected `dataset` to be one of cifar10, cifar100, of which the table has validation accuracies, ' +
        'got "imagenet16-120", of which it has test accuracies only.',
    );
    expect(() => labelsOf(table, { dataset: 'cifar10', epochs: 90 })).toThrow(
      'Expected `epochs` to be one of 12, 200, which the table has for cifar10, got 90.',
    );
  });

  test('that no data set of the table has are refused with what it has', async () => {
    const others = await openedTable(cells, {
      c10_test_200: of([80, 81, 82, 83, 84, 85]),
      c100_train_s_200: of([1, 2, 3, 4, 5, 6]),
    });
    for (const dataset of ['cifar10', 'cifar']) {
      expect(() => labelsOf(others, { dataset })).toThrow(
        'Expected the table to have validation accuracies to search for, got only test accuracy of cifar10, train seconds of cifar100.',
      );
    }
  });

  test('know no more than the 100 best', async () => {
    const many = await openedTable(CELLS.slice(0, 150), { c10_val_200: (_, row) => 10 + row / 10 });
    const { best } = labelsOf(many, { dataset: 'cifar10' }).of(1);
    expect(best).toEqual(Array.from({ length: 100 }, (_, i) => (10 + (149 - i) / 10) / 100));
  });
});

describe('labels of single trials', () => {
  /** Row 1 lacks trial 777, row 2 lacks 888, row 4 has neither. */
  const TRIALS = [
    [0.7, Number.NaN, 0.72, 0.73, Number.NaN, 0.75],
    [0.8, 0.81, Number.NaN, 0.83, Number.NaN, 0.85],
  ];
  const percent = (values: readonly number[]) => of(values.map((x) => (Number.isNaN(x) ? undefined : 100 * x)));
  const single = {
    c10_val_200_s777: percent(TRIALS[0]),
    c10_val_200_s888: percent(TRIALS[1]),
    c10_test_200: of([60, 61, 62, 63, 64, 65]),
    c10_test_200_s777: of([50, 51, 52, 53, 54, 55]),
  };
  const withMean = { ...single, c10_val_200: of([75, 76, 77, 78, 79, 80]) };
  const columns = () => openedTable(cells, withMean);

  test('are those of its number; rows without it are left out, and test accuracies stay means', async () => {
    const labels = labelsOf(await columns(), { dataset: 'cifar10', trial: 777 });
    expect(labels).toMatchObject({ trial: 777, usualTrial: 'mean', rows: [0, 2, 3, 5] });
    const { validation, test: tested, optimum } = labels.of(1);
    expect([...validation]).toEqual(TRIALS[0]);
    expect(optimum).toBe(0.75);
    expect([...tested!]).toEqual([0.6, 0.61, 0.62, 0.63, 0.64, 0.65]);
  });

  test('drawn at random are of those that a row has, each equally often, the same again for a seed', async () => {
    const labels = labelsOf(await columns(), { dataset: 'cifar10', trial: 'random' });
    expect(labels.rows).toEqual([0, 1, 2, 3, 5]);
    const draws = Array.from({ length: 400 }, (_, seed) => labels.of(seed));
    for (const { rows, validation, optimum } of draws) {
      expect(rows).toEqual(labels.rows);
      for (const row of rows) expect(TRIALS.map((trial) => trial[row])).toContain(validation[row]);
      expect(validation.filter(Number.isNaN)).toHaveLength(1);
      expect(optimum).toBe(Math.max(...rows.map((row) => validation[row])));
    }
    // Half of 400, with a deviation of 10; and whether one row is of a trial says nothing of another.
    const firsts = (row: number) => draws.map(({ validation }) => Number(validation[row] === TRIALS[0][row]));
    const count = (flags: readonly number[]) => flags.reduce((sum, flag) => sum + flag, 0);
    for (const row of [0, 3, 5]) expect(Math.abs(count(firsts(row)) - 200)).toBeLessThan(40);
    const same = firsts(0).map((flag, i) => Number(flag === firsts(3)[i]));
    expect(Math.abs(count(same) - 200)).toBeLessThan(40);
    expect(labels.of(7).validation).toEqual(draws[7].validation);
    expect(new Set(draws.map(({ optimum }) => optimum))).toEqual(new Set([0.81, 0.83, 0.85]));
  });

  test('are what a table without a mean gives unasked where it has one of them, and have to be named where it has more', async () => {
    const { c10_val_200_s777 } = single;
    const one = labelsOf(await openedTable(cells, { c10_val_200_s777 }), { dataset: 'cifar10' });
    expect(one).toMatchObject({ trial: 777, usualTrial: 777 });
    const more = await openedTable(cells, single);
    expect(labelsOf(more, { dataset: 'cifar10', trial: 888 })).toMatchObject({ trial: 888, usualTrial: undefined });
    expect(() => labelsOf(more, { dataset: 'cifar10' })).toThrow(
      'Expected `trial` to be one of 777, 888, random, which the table has for cifar10 after 200 epochs, got nothing.',
    );
  });

  test('come with test accuracies that are means of the trials a row has where the table has no means', async () => {
    const { c10_test_200, ...rest } = single;
    const c10_test_200_s888 = of([54, undefined, 58, undefined, 50, 53]);
    const c10_test_200_s777 = of([50, 51, undefined, undefined, 60, 55]);
    const several = await openedTable(cells, { ...rest, c10_test_200_s777, c10_test_200_s888 });
    const tested = (trial: 777 | 'random') => labelsOf(several, { dataset: 'cifar10', trial }).of(1).test!;
    const means = [0.52, 0.51, 0.58, Number.NaN, 0.55, 0.54];
    expect([...tested(777)].map((value) => Number(value.toFixed(12)))).toEqual(means);
    expect(tested('random')).toEqual(tested(777));
    const alone = labelsOf(await openedTable(cells, rest), { dataset: 'cifar10', trial: 777 }).of(1);
    expect([...alone.test!]).toEqual([0.5, 0.51, 0.52, 0.53, 0.54, 0.55]);
  });

  test('that the table does not have are refused with those it has', async () => {
    const has = 'Expected `trial` to be one of mean, which the table has for cifar10 after 200 epochs, got';
    expect(() => labelsOf(table, { dataset: 'cifar10', trial: 'random' })).toThrow(`${has} "random".`);
    expect(() => labelsOf(table, { dataset: 'cifar10', trial: 777 })).toThrow(`${has} 777.`);
    const trials = await columns();
    expect(() => labelsOf(trials, { dataset: 'cifar10', trial: 1 })).toThrow(
      'Expected `trial` to be one of mean, 777, 888, random, which the table has for cifar10 after 200 epochs, got 1.',
    );
  });
});
