/** What a study searches for: the validation accuracies of one data set, and the best among them. */
import { expected } from '../base/errors.js';
import { unknownName } from '../base/names.js';
import type { Table, TableColumn } from '../contracts/table.js';

export interface Labels {
  readonly dataset: string;
  readonly epochs: number;
  /** Rows that have a validation accuracy. */
  readonly rows: readonly number[];
  /** [count], fractions; NaN where there is none. */
  readonly validation: Float64Array;
  /** [count], where the table has test accuracies of this data set and number of epochs. */
  readonly test?: Float64Array;
  /** The best validation accuracy. */
  readonly optimum: number;
}

/**
 * @param epochs the most that the table has, unless told
 * @throws NascentError `usage` that names what there is, for a data set or number of epochs that the table does not have
 */
export function labelsOf(table: Table, dataset: string, epochs?: number): Labels {
  const columns = table.columns.filter(({ split, measure }) => split === 'validation' && measure === 'accuracy');
  const known = [...new Set(columns.map((column) => column.dataset))];
  if (!known.includes(dataset)) throw unknownName('`dataset`', dataset, known);
  const lengths = lengthsOf(columns, dataset);
  const length = epochs ?? Math.max(...lengths);
  if (!lengths.includes(length)) {
    throw expected('`epochs`', `one of ${lengths.join(', ')}, which the table has for ${dataset}`, length);
  }
  const validation = table.values({ dataset, split: 'validation', epochs: length });
  const rows = [...validation.keys()].filter((row) => !Number.isNaN(validation[row]));
  return {
    dataset,
    epochs: length,
    rows,
    validation,
    ...testOf(table, dataset, length),
    optimum: rows.reduce((best, row) => Math.max(best, validation[row]), 0),
  };
}

function lengthsOf(columns: readonly TableColumn[], dataset: string): number[] {
  const lengths = columns.filter((column) => column.dataset === dataset).map(({ epochs }) => epochs);
  return [...new Set(lengths)].sort((a, b) => a - b);
}

function testOf(table: Table, dataset: string, epochs: number): Pick<Labels, 'test'> {
  const query = { dataset, split: 'test', epochs } as const;
  const has = table.columns.some(
    ({ dataset: d, split, epochs: e, measure }) =>
      d === dataset && split === 'test' && e === epochs && measure === 'accuracy',
  );
  return has ? { test: table.values(query) } : {};
}
