/** Tabular benchmarks: results of architectures that somebody trained before, looked up instead of trained. */

/** What one column holds. Data set, split and epochs are always named. */
export interface TableColumn {
  /**
   * `cifar10`, `cifar100`, `imagenet16-120`, …
   *
   * NAS-Bench-201 and NATS-Bench train on CIFAR-10 twice: on half of its training images, so that the other half validates, and on all
   * of them. As in their publications `cifar10` is the validation accuracy of the first and everything else of the second;
   * `cifar10-halftrain` is everything else of the first.
   */
  readonly dataset: string;
  readonly split: 'train' | 'validation' | 'test';
  /** Epochs that were trained for; the value is that after the last of them. */
  readonly epochs: number;
  /** `accuracy` as a fraction of 1, `loss` as published, `seconds` of the whole training (split `train`). */
  readonly measure: 'accuracy' | 'loss' | 'seconds';
  /** The training's seed or number, or the mean over all that there are of an architecture. */
  readonly trial: number | 'mean';
}

/** What may be left open is measure and trial, where only one column fits. */
export type ColumnQuery = Pick<TableColumn, 'dataset' | 'split' | 'epochs'> &
  Partial<Pick<TableColumn, 'measure' | 'trial'>>;

export interface Table {
  /** The search space, by its name in the catalogue. */
  readonly space: string;
  /** What it was made from, for people. */
  readonly source: string;
  /** SHA-256 of its content (space, architectures, columns), hexadecimal: equal for equal tables, whatever file they came from. */
  readonly checksum: string;
  /** Number of architectures. */
  readonly count: number;
  readonly columns: readonly TableColumn[];
  /** The official text of row `index`, 0 … count − 1. */
  architecture(index: number): string;
  /**
   * The row of an architecture in its official text; undefined where the table has none. Where a space's tables hold one row for all
   * isomorphic architectures (NAS-Bench-101), any of them is found.
   * @throws NascentError `usage` where such a space finds no architecture in the text
   */
  indexOf(architecture: string): number | undefined;
  /**
   * All values of one column, [count]; NaN where the table has none. `measure` is `accuracy` unless told; `trial` is `mean` unless
   * told, or the only one where there is no mean. The array belongs to the table: it is not to be changed.
   * @throws NascentError `usage` that names the columns there are
   */
  values(query: ColumnQuery): Float64Array;
  /**
   * Reads everything once, some 30 ms for 30 MB; otherwise only what is asked for is read, and refused where it was
   * changed. Absent where a table is not in a file.
   * @throws NascentError `data` where anything in the file is not as it was written
   */
  verify?(): void;
}
