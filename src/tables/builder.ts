/** A table while it is read: rows and columns in any order, as a file brings them. */
import { show } from '../base/errors.js';
import type { TableColumn } from '../contracts/table.js';
import { columnTitle, compareColumns } from './columns.js';
import { Malformed } from './refusal.js';
import type { TextRule } from './spaces.js';

export interface ColumnContent {
  readonly description: TableColumn;
  /** [count], NaN where there is none */
  readonly values: Float64Array;
}

/** A whole table in memory. */
export interface TableContent {
  readonly space: string;
  readonly source: string;
  readonly architectures: readonly string[];
  /** In the order of `compareColumns`. */
  readonly columns: readonly ColumnContent[];
}

export class TableBuilder {
  readonly #rows = new Map<string, number>();
  readonly #columns = new Map<string, GrowingColumn>();

  constructor(
    readonly space: string,
    readonly rule: TextRule,
  ) {}

  get count(): number {
    return this.#rows.size;
  }

  /**
   * Opens the row of an architecture.
   * @param place where in the file, for the refusal, e.g. `line 7`
   * @throws Malformed where it is no architecture of the space, or is there already
   */
  row(text: string, place: string): number {
    const architecture = this.rule(text, place);
    if (this.#rows.has(architecture)) throw new Malformed('hold every architecture once', `${text} again in ${place}`);
    this.#rows.set(architecture, this.#rows.size);
    return this.#rows.size - 1;
  }

  /** @throws Malformed where the value cannot be one of that measure. Losses that are no number count as none. */
  set(row: number, column: TableColumn, value: number): void {
    if (!isPossible(column, value)) {
      throw new Malformed(`hold ${RANGE[column.measure]}`, `${show(value)} as ${columnTitle(column)} of row ${row}`);
    }
    const key = columnTitle(column);
    const values = this.#columns.get(key) ?? new GrowingColumn(column);
    this.#columns.set(key, values);
    if (Number.isFinite(value)) values.set(row, value);
  }

  /** Adds to single trials the mean over all that a row has. */
  addMeans(): void {
    const groups = new Map<string, GrowingColumn[]>();
    for (const column of this.#columns.values()) {
      const key = columnTitle({ ...column.description, trial: 'mean' });
      groups.set(key, [...(groups.get(key) ?? []), column]);
    }
    for (const [key, trials] of groups) {
      const description: TableColumn = { ...trials[0].description, trial: 'mean' };
      const sorted = trials.toSorted((a, b) => compareColumns(a.description, b.description));
      const mean = new GrowingColumn(description);
      for (let row = 0; row < this.count; row++) mean.set(row, meanOf(sorted.map((trial) => trial.get(row))));
      this.#columns.set(key, mean);
    }
  }

  /** @throws Malformed where nothing was read */
  finish(source: string): TableContent {
    if (this.count === 0) throw new Malformed('hold architectures', 'none');
    const columns = [...this.#columns.values()].sort((a, b) => compareColumns(a.description, b.description));
    if (columns.length === 0) throw new Malformed('hold accuracies, losses or seconds', 'none');
    return {
      space: this.space,
      source,
      architectures: [...this.#rows.keys()],
      columns: columns.map((column) => ({ description: column.description, values: column.all(this.count) })),
    };
  }
}

const RANGE = {
  accuracy: 'accuracies from 0 to 1 (100 %)',
  loss: 'losses',
  seconds: 'seconds of at least 0',
} as const;

function isPossible({ measure }: TableColumn, value: number): boolean {
  if (measure === 'loss') return true;
  return value >= 0 && (measure === 'seconds' ? value < Number.POSITIVE_INFINITY : value <= 1);
}

function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Numbers by row; rows may come in any order, and how many there will be is not known. */
class GrowingColumn {
  #values = new Float64Array(1024).fill(Number.NaN);

  constructor(readonly description: TableColumn) {}

  get(row: number): number {
    return row < this.#values.length ? this.#values[row] : Number.NaN;
  }

  set(row: number, value: number): void {
    if (row >= this.#values.length) this.#resize(Math.max(row + 1, this.#values.length * 2));
    this.#values[row] = value;
  }

  all(count: number): Float64Array {
    this.#resize(count);
    return this.#values;
  }

  #resize(length: number): void {
    const resized = new Float64Array(length).fill(Number.NaN);
    resized.set(this.#values.subarray(0, length));
    this.#values = resized;
  }
}
