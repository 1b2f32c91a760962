/** Features as distances need them: standardised, without the columns that were constant; or as they are. */
import type { Features } from '../../src/contracts/predictor.js';
import { columnScales } from '../samples.js';

export interface InputScaling {
  /** Columns that distances are made of, [dimensions]. */
  readonly columns: Int32Array;
  /** The median of each; distances do not ask where the origin is, and from here one-hot features stay mostly zero. */
  readonly origin: Float64Array;
  /** Deviation of each. */
  readonly deviation: Float64Array;
}

/** @param standardise false: every column as it is, those that are constant too */
export function inputScaling(features: Features, standardise: boolean): InputScaling {
  const { count, width, values } = features;
  if (!standardise) return asTheyAre(width);
  const { deviation } = columnScales(features);
  const varies = (column: number) => {
    for (let row = 1; row < count; row++) if (values[row * width + column] !== values[column]) return true;
    return false;
  };
  const columns = Int32Array.from(Array.from({ length: width }, (_, column) => column).filter(varies));
  return {
    columns,
    origin: Float64Array.from(columns, (column) => median(features, column)),
    deviation: Float64Array.from(columns, (column) => deviation[column]),
  };
}

function asTheyAre(width: number): InputScaling {
  const columns = Int32Array.from({ length: width }, (_, column) => column);
  return { columns, origin: new Float64Array(width), deviation: new Float64Array(width).fill(1) };
}

/** The lower median, which is one of the values. */
function median({ count, width, values }: Features, column: number): number {
  return Float32Array.from({ length: count }, (_, row) => values[row * width + column]).sort()[(count - 1) >> 1];
}

/** Column after column, [dimensions, count], each divided by its deviation and `lengths` (default 1). */
export function scaledColumns(features: Features, scaling: InputScaling, lengths?: Float64Array): Float64Array {
  const { count, width, values } = features;
  const { columns, origin, deviation } = scaling;
  const result = new Float64Array(columns.length * count);
  columns.forEach((column, dimension) => {
    const unit = deviation[dimension] * (lengths?.[dimension] ?? 1);
    for (let row = 0; row < count; row++) {
      result[dimension * count + row] = (values[row * width + column] - origin[dimension]) / unit;
    }
  });
  return result;
}
