/** Columns of a table: their order, their names for people, and the one that a query asks for. */
import { NascentError, show } from '../base/errors.js';
import { nearestName } from '../base/names.js';
import type { ColumnQuery, TableColumn } from '../contracts/table.js';

const SPLITS = ['train', 'validation', 'test'];
const MEASURES = ['accuracy', 'loss', 'seconds'];

/** `cifar10 validation accuracy after 200 epochs (mean)`, for people; equal for equal columns only. */
export function columnTitle({ dataset, split, epochs, measure, trial }: TableColumn): string {
  return `${dataset} ${split} ${measure} after ${epochs} epochs (${trialTitle(trial)})`;
}

/** `mean` or `trial 777`. */
export function trialTitle(trial: TableColumn['trial']): string {
  return trial === 'mean' ? 'mean' : `trial ${trial}`;
}

/** The trial that is taken where none is asked for: the mean, or the only one; undefined where one has to be named. */
export function usualTrial(trials: readonly TableColumn['trial'][]): TableColumn['trial'] | undefined {
  if (trials.includes('mean')) return 'mean';
  return trials.length === 1 ? trials[0] : undefined;
}

/** Their fixed order: data set, split, epochs, measure, the mean before single trials. */
export function compareColumns(a: TableColumn, b: TableColumn): number {
  return (
    (a.dataset < b.dataset ? -1 : Number(a.dataset > b.dataset)) ||
    SPLITS.indexOf(a.split) - SPLITS.indexOf(b.split) ||
    a.epochs - b.epochs ||
    MEASURES.indexOf(a.measure) - MEASURES.indexOf(b.measure) ||
    trialRank(a) - trialRank(b)
  );
}

/** A column that not all architectures have. */
export interface ColumnGap extends TableColumn {
  /** How many have no value. */
  readonly architectures: number;
}

/** The gap of a column, or none. */
export function gapOf(column: TableColumn, values: Float64Array): ColumnGap[] {
  const architectures = values.reduce((count, value) => count + Number(Number.isNaN(value)), 0);
  return architectures === 0 ? [] : [{ ...column, architectures }];
}

function trialRank({ trial }: TableColumn): number {
  return trial === 'mean' ? -1 : trial;
}

/**
 * The place of the column that a query names.
 * @throws NascentError `usage` that lists what there is at the first word that does not fit
 */
export function columnIndex(columns: readonly TableColumn[], query: ColumnQuery): number {
  const { dataset, split, epochs, measure = 'accuracy', trial } = query;
  let fitting = narrowed(columns, 'dataset', dataset, 'the data set of the table');
  fitting = narrowed(fitting, 'split', split, `the split of ${dataset} in the table`);
  fitting = narrowed(fitting, 'epochs', epochs, `the epochs of ${dataset} ${split} in the table`);
  fitting = narrowed(fitting, 'measure', measure, `the measure of ${dataset} ${split} after ${epochs} epochs`);
  const usual = usualTrial(fitting.map((column) => column.trial));
  const what = `the trial of ${dataset} ${split} ${measure} after ${epochs} epochs`;
  [fitting[0]] = narrowed(fitting, 'trial', trial ?? usual, what);
  return columns.indexOf(fitting[0]);
}

/**
 * The columns whose `key` is `value`.
 * @throws NascentError `usage` that lists the values there are
 */
export function narrowed<K extends keyof TableColumn>(
  columns: readonly TableColumn[],
  key: K,
  value: unknown,
  what: string,
): TableColumn[] {
  const fitting = columns.filter((column) => column[key] === value);
  if (fitting.length > 0) return fitting;
  const known = [...new Set(columns.map((column) => String(column[key])))];
  const near = typeof value === 'string' ? nearestName(value, known) : undefined;
  const hint = near === undefined ? '' : ` Did you mean ${show(near)}?`;
  throw new NascentError('usage', `Expected ${what} to be one of ${known.join(', ')}, got ${show(value)}.${hint}`);
}
