/** What a study searches for: the validation accuracies of one data set, and the best among them. */
import { expected, NascentError, show } from '../base/errors.js';
import { unknownName } from '../base/names.js';
import { type Random, random } from '../base/random.js';
import { mean } from '../base/rank-statistics.js';
import type { StudyTrial } from '../contracts/study.js';
import type { Table, TableColumn } from '../contracts/table.js';
import { trialTitle, usualTrial } from '../tables/columns.js';

/** What one run searches. */
export interface Labels {
  /** Rows that have a validation accuracy. */
  readonly rows: readonly number[];
  /** [count], fractions; NaN where there is none. */
  readonly validation: Float64Array;
  /** [count], means of trials, where the table has test accuracies of this data set and number of epochs. */
  readonly test?: Float64Array;
  /** The best validation accuracies, descending: `BEST` of them, or those of all rows where they are fewer. */
  readonly best: readonly number[];
  /** The first of them. */
  readonly optimum: number;
}

/** What the runs of a study search: all the same, or each its own draw of the trials. */
export interface StudyLabels extends Required<LabelQuery> {
  /** What is taken where no trial is asked for; absent where it has to be. */
  readonly usualTrial?: StudyTrial;
  /** Rows that have a validation accuracy, the same for every seed. */
  readonly rows: readonly number[];
  of(seed: number): Labels;
}

export interface LabelQuery {
  readonly dataset: string;
  /** Default: the most that the table has. */
  readonly epochs?: number;
  /** Default: the mean, or the only trial where the table has no mean. */
  readonly trial?: StudyTrial;
}

/** So many of the best accuracies are known to a run's labels. */
export const BEST = 100;

/** @throws NascentError `usage` that names what there is, for a data set, number of epochs or trial that the table does not have */
export function labelsOf(table: Table, { dataset, epochs: asked, trial: named }: LabelQuery): StudyLabels {
  const columns = table.columns.filter(({ split, measure }) => split === 'validation' && measure === 'accuracy');
  const known = [...new Set(columns.map((column) => column.dataset))];
  if (!known.includes(dataset)) throw refusedDataset(table, dataset, known);
  const lengths = lengthsOf(columns, dataset);
  const epochs = asked ?? Math.max(...lengths);
  if (!lengths.includes(epochs)) {
    throw expected('`epochs`', `one of ${lengths.join(', ')}, which the table has for ${dataset}`, epochs);
  }
  const query = { dataset, split: 'validation', epochs } as const;
  const trials = trialsOf(table, query);
  const trial = knownTrial(trials, named, `${dataset} after ${epochs} epochs`);
  const test = testOf(table, dataset, epochs);
  const facts = { dataset, epochs, trial, usualTrial: usualTrial(trials) };
  if (trial !== 'random') {
    const validation = table.values({ ...query, trial });
    const labels = ranked(validation, rowsOf(validation), test);
    return { ...facts, rows: labels.rows, of: () => labels };
  }
  const single = trials.filter((each) => each !== 'mean').map((each) => table.values({ ...query, trial: each }));
  const drawOf = (seed: number) => drawn(single, random(seed).child('trials'));
  const rows = rowsOf(drawOf(0));
  return { ...facts, rows, of: (seed) => ranked(drawOf(seed), rows, test) };
}

/** For people: what a study took of each architecture's trainings. */
export function studyTrialTitle(trial: StudyTrial): string {
  return trial === 'random' ? 'a random trial of each in every run' : trialTitle(trial);
}

/** @param known data sets that the table has validation accuracies of */
function refusedDataset(table: Table, dataset: string, known: readonly string[]): NascentError {
  if (known.length === 0) {
    const has = new Set(table.columns.map((column) => `${column.split} ${column.measure} of ${column.dataset}`));
    const got = [...has].join(', ');
    return new NascentError(
      'usage',
      `Expected the table to have validation accuracies to search for, got only ${got}.`,
    );
  }
  const others = table.columns.filter((column) => column.dataset === dataset && column.measure === 'accuracy');
  if (others.length === 0) return unknownName('`dataset`', dataset, known);
  const splits = [...new Set(others.map(({ split }) => split))].join(' and ');
  const choice = `one of ${known.join(', ')}, of which the table has validation accuracies`;
  return new NascentError(
    'usage',
    `Expected \`dataset\` to be ${choice}, got ${show(dataset)}, of which it has ${splits} accuracies only.`,
  );
}

function lengthsOf(columns: readonly TableColumn[], dataset: string): number[] {
  const lengths = columns.filter((column) => column.dataset === dataset).map(({ epochs }) => epochs);
  return [...new Set(lengths)].sort((a, b) => a - b);
}

/** Of the accuracies in question. */
function trialsOf(table: Table, query: Pick<TableColumn, 'dataset' | 'split' | 'epochs'>): TableColumn['trial'][] {
  return table.columns
    .filter(({ dataset, split, epochs, measure }) => {
      const fits = dataset === query.dataset && split === query.split && epochs === query.epochs;
      return fits && measure === 'accuracy';
    })
    .map(({ trial }) => trial);
}

function knownTrial(trials: readonly TableColumn['trial'][], named: StudyTrial | undefined, what: string): StudyTrial {
  const single = trials.filter((trial) => trial !== 'mean');
  const known: StudyTrial[] = single.length > 0 ? [...trials, 'random'] : [...trials];
  const trial = named ?? usualTrial(trials);
  if (trial !== undefined && known.includes(trial)) return trial;
  throw expected('`trial`', `one of ${known.join(', ')}, which the table has for ${what}`, trial);
}

/** The table's means, or those of the single trials where it has no means. */
function testOf(table: Table, dataset: string, epochs: number): Float64Array | undefined {
  const query = { dataset, split: 'test', epochs } as const;
  const trials = trialsOf(table, query);
  if (trials.length === 0) return undefined;
  if (trials.includes('mean')) return table.values({ ...query, trial: 'mean' });
  return ofEachRow(
    trials.map((trial) => table.values({ ...query, trial })),
    mean,
  );
}

/** Of each row one of the trials that it has. @param trials each [count] */
function drawn(trials: readonly Float64Array[], stream: Random): Float64Array {
  return ofEachRow(trials, (known) => stream.pick(known));
}

/** @param of takes the trials that a row has; a row without any is NaN */
function ofEachRow(trials: readonly Float64Array[], of: (known: readonly number[]) => number): Float64Array {
  return trials[0].map((_, row) => {
    const known = trials.map((values) => values[row]).filter((value) => !Number.isNaN(value));
    return known.length > 0 ? of(known) : Number.NaN;
  });
}

function rowsOf(validation: Float64Array): number[] {
  return [...validation.keys()].filter((row) => !Number.isNaN(validation[row]));
}

function ranked(validation: Float64Array, rows: readonly number[], test: Float64Array | undefined): Labels {
  const best = [
    ...Float64Array.from(rows, (row) => validation[row])
      .sort()
      .slice(-BEST),
  ].reverse();
  return { rows, validation, ...(test && { test }), best, optimum: best[0] };
}
