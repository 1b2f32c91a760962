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
    const labels = labelsOf(table, 'cifar10');
    expect(labels.epochs).toBe(200);
    expect(labels.rows).toEqual([0, 2, 3, 5]);
    expect([...labels.validation]).toEqual([0.9, Number.NaN, 0.93, 0.91, Number.NaN, 0.93]);
    expect([...labels.test!]).toEqual([0.8, 0.81, Number.NaN, 0.83, 0.84, 0.85]);
    expect(labels.optimum).toBe(0.93);
  });

  test('are those of the epochs that are asked for', () => {
    const labels = labelsOf(table, 'cifar10', 12);
    expect(labels.rows).toEqual([0, 1, 2, 3, 4, 5]);
    expect(labels.optimum).toBe(0.85);
    expect(labels.test).toBeUndefined();
  });

  test('have no test accuracies where the table has none of the data set', () => {
    expect(labelsOf(table, 'cifar100')).not.toHaveProperty('test');
  });

  test('that the table does not have are refused with those it has', () => {
    expect(() => labelsOf(table, 'cifar')).toThrow('Expected `dataset` to be one of cifar10, cifar100, got "cifar".');
    // Test accuracies alone are nothing to select by.
    expect(() => labelsOf(table, 'imagenet16-120')).toThrow(/^Expected `dataset` to be one of cifar10, cifar100, got/);
    expect(() => labelsOf(table, 'cifar10', 90)).toThrow(
      'Expected `epochs` to be one of 12, 200, which the table has for cifar10, got 90.',
    );
  });
});
