/** The accuracies that scores are compared with: one column of the table, which is always named whole. */
import type { Table, TableColumn } from '../contracts/table.js';
import { columnIndex, narrowed } from '../tables/columns.js';
import type { CheckedCorrelation } from './options.js';

export interface Accuracies {
  readonly column: TableColumn;
  /** Fractions, [rows of the table]; NaN where there is none. */
  readonly values: Float64Array;
}

/**
 * The mean over trainings, or the only training that there is.
 * @throws NascentError `usage` that lists what the table has, where it has no such column
 */
export function accuraciesOf(
  table: Table,
  { dataset, split, epochs }: Pick<CheckedCorrelation, 'dataset' | 'split' | 'epochs'>,
): Accuracies {
  const ofSet = narrowed(table.columns, 'dataset', dataset, '`dataset`');
  const ofSplit = narrowed(ofSet, 'split', split, `\`split\` of ${dataset}`);
  const fitting = narrowed(ofSplit, 'measure', 'accuracy', `the measure of ${dataset} ${split}`);
  const longest = Math.max(...fitting.map((column) => column.epochs));
  const query = { dataset, split, epochs: epochs ?? longest } as const;
  return { column: table.columns[columnIndex(table.columns, query)], values: table.values(query) };
}
