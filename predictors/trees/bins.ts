/** Columns as small whole numbers, in order of their values, so that splits are found by counting instead of sorting. */
import type { Features } from '../../src/contracts/predictor.js';

/** Bins a column may have. Up to so many different values, every split is one of the exact ones. */
export const MOST_BINS = 256;

export interface BinnedColumns {
  readonly count: number;
  /** Features that are not constant, by their index in the features. */
  readonly features: Int32Array;
  /** Bin of each value, column after column, [features, count]. */
  readonly bins: Uint8Array;
  /** Number of bins of each column. */
  readonly sizes: Int32Array;
  /** Least value in each bin, [features, MOST_BINS]. */
  readonly low: Float32Array;
  /** Greatest value in each bin. */
  readonly high: Float32Array;
}

/** Each value its own bin where there are few enough, else bins of about equal numbers of samples. */
export function binColumns({ count, width, values }: Features): BinnedColumns {
  const features: number[] = [];
  const columns: ColumnBins[] = [];
  const column = new Float32Array(count);
  for (let feature = 0; feature < width; feature++) {
    for (let row = 0; row < count; row++) column[row] = values[row * width + feature];
    const binned = binColumn(column);
    if (binned.starts.length === 1) continue;
    features.push(feature);
    columns.push(binned);
  }
  const result = {
    count,
    features: Int32Array.from(features),
    bins: new Uint8Array(features.length * count),
    sizes: Int32Array.from(columns, ({ starts }) => starts.length),
    low: new Float32Array(features.length * MOST_BINS),
    high: new Float32Array(features.length * MOST_BINS),
  };
  columns.forEach(({ bins, starts, ends }, i) => {
    result.bins.set(bins, i * count);
    result.low.set(starts, i * MOST_BINS);
    result.high.set(ends, i * MOST_BINS);
  });
  return result;
}

interface ColumnBins {
  readonly bins: Uint8Array;
  /** Least value of each bin. */
  readonly starts: Float32Array;
  /** Greatest value of each bin. */
  readonly ends: Float32Array;
}

function binColumn(column: Float32Array): ColumnBins {
  const sorted = column.slice().sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const starts = distinct.length <= MOST_BINS ? distinct : quantileStarts(sorted);
  const ends = starts.map((_, bin) => greatestBelow(sorted, starts[bin + 1]));
  return { bins: Uint8Array.from(column, (value) => lastAtMost(starts, value)), starts, ends };
}

/** The different values at MOST_BINS equally spaced places of the sorted column. */
function quantileStarts(sorted: Float32Array): Float32Array {
  const places = Float32Array.from(
    { length: MOST_BINS },
    (_, bin) => sorted[Math.floor((bin * sorted.length) / MOST_BINS)],
  );
  return places.filter((value, i) => i === 0 || value !== places[i - 1]);
}

function greatestBelow(sorted: Float32Array, bound: number | undefined): number {
  if (bound === undefined) return sorted[sorted.length - 1];
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}

/** Index of the last entry that is not above `value`. */
function lastAtMost(starts: Float32Array, value: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
