/** Tabular benchmarks: results of architectures that somebody trained before, looked up instead of trained. */

/** What one column holds. Data set, split and epochs are always named. */
export interface TableColumn {
  /** `cifar10`, `cifar100`, `imagenet16-120`, … */
  readonly dataset: string;
  readonly split: 'train' | 'validation' | 'test';
  /** Epochs that were trained for. */
  readonly epochs: number;
  /** `accuracy` as a fraction of 1, `loss`, `seconds` of the training. */
  readonly measure: 'accuracy' | 'loss' | 'seconds';
  /** The training's seed or number, or the mean over all that there are. */
  readonly trial: number | 'mean';
}

/** What may be left open where only one column fits: everything but data set, split and epochs. */
export type ColumnQuery = Pick<TableColumn, 'dataset' | 'split' | 'epochs'> &
  Partial<Pick<TableColumn, 'measure' | 'trial'>>;

export interface Table {
  /** The search space, by its name in the catalogue. */
  readonly space: string;
  /** What it was made from, for people. */
  readonly source: string;
  /** SHA-256 of its content, hexadecimal. */
  readonly checksum: string;
  /** Number of architectures. */
  readonly count: number;
  readonly columns: readonly TableColumn[];
  /** The official text of row `index`, 0 … count − 1. */
  architecture(index: number): string;
  /** The row of an architecture in its official text; undefined where the table has none. */
  indexOf(architecture: string): number | undefined;
  /**
   * All values of one column, [count]; NaN where the table has none. `measure` is `accuracy` and `trial` is `mean` unless told.
   * @throws NascentError `usage` that names the columns there are
   */
  values(query: ColumnQuery): Float64Array;
}
