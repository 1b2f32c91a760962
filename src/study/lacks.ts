/** What a table lacks for a published column, and what to import for it. */
import type { Table } from '../contracts/table.js';
import { type LabelQuery, labelsOf } from './labels.js';
import { OFFICIAL_FILES, type Preset } from './presets.js';

/**
 * @returns undefined where it has everything
 * @throws NascentError `usage` where it has the data set, but not the epochs or the trial that were asked for
 */
export function lackOf(table: Table, { measure }: Preset, space: string, query: LabelQuery): string | undefined {
  const { dataset } = query;
  if (table.space !== space) return `the table is of ${table.space}: ${importing(space)}`;
  const own = table.columns.filter((column) => column.dataset === dataset && column.measure === 'accuracy');
  const splits = new Set(own.map(({ split }) => split));
  if (splits.size === 0) return `the table has no ${dataset}: ${importing(space)}`;
  const only = [...splits].join(' and ');
  if (!splits.has('validation')) {
    return `the table has ${only} accuracies of ${dataset}, but none of validation: ${importing(space)}`;
  }
  const labels = labelsOf(table, query);
  const { rows, test } = labels.of(1);
  if (measure.split === 'validation' || rows.some((row) => test && !Number.isNaN(test[row]))) return undefined;
  const which = `${dataset} after ${labels.epochs} epochs`;
  return `the table has validation accuracies of ${which}, but none of test: ${importing(space)}`;
}

function importing(space: string): string {
  return `"nascent table import" makes one of ${space} from ${OFFICIAL_FILES[space].join(' or ')}`;
}
