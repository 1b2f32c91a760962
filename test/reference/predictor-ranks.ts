/** The same splits and settings as record-predictors.py, for this project's predictors. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
import { random } from '../../src/base/random.js';
import { spearman } from '../../src/base/rank-statistics.js';
import { resolve } from '../../src/catalog.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { KernelBackend } from '../../src/contracts/kernel-backend.js';
import type { Features } from '../../src/contracts/predictor.js';
import recorded from './predictors.json' with { type: 'json' };

const table = new URL('../../../shared/data/nas-bench-201.csv.gz', import.meta.url);
export const tableMissing = !existsSync(table);

/** Spearman's ρ that scikit-learn has reached, by setting; with the number of splits that it is the mean of. */
export const reference: Readonly<Record<string, Readonly<Record<string, number>>>> = recorded.correlations;

/** Predictors whose settings are those recorded under the same name. */
export const SETTINGS: Readonly<Record<string, { readonly predictor: string; readonly options?: JsonObject }>> = {
  ridge: { predictor: 'ridge' },
  'mlp-100': { predictor: 'mlp', options: { widths: [100, 100], patience: 100 } },
  'mlp-100-stopped': { predictor: 'mlp', options: { widths: [100, 100] } },
  'mlp-1000': { predictor: 'mlp' },
  'random-forest': { predictor: 'random-forest', options: { trees: 100, features: 1 } },
  'random-forest-third': { predictor: 'random-forest', options: { trees: 100, features: 1 / 3, depth: 10 } },
  'gradient-boosting': { predictor: 'gradient-boosting' },
  'histogram-boosting': { predictor: 'gradient-boosting', options: { leaves: 31, leaf: 5, depth: 1000 } },
  'gaussian-process': { predictor: 'gaussian-process' },
};

const LABELS = 200;
const HELD_OUT = 1000;

export interface Cells {
  readonly features: Features;
  /** CIFAR-10 validation accuracy, percent. */
  readonly accuracies: Float64Array;
}

/** All cells, in the order of the table. */
export function readCells(): Cells {
  const space = nasBench201();
  const [header, ...lines] = gunzipSync(readFileSync(table)).toString('utf8').trim().split('\n');
  const [architecture, accuracy] = ['arch', 'c10_val_200'].map((name) => header.split(',').indexOf(name));
  const width = space.encodingLength;
  const values = new Float32Array(lines.length * width);
  const accuracies = new Float64Array(lines.length);
  lines.forEach((line, row) => {
    const fields = line.split(',');
    values.set(space.encode(space.parse(fields[architecture])), row * width);
    accuracies[row] = Number(fields[accuracy]);
  });
  return { features: { count: lines.length, width, values }, accuracies };
}

/** Rows of one split: the shuffle that record-predictors.py describes. */
export function splitRows(split: number, count: number): { readonly train: number[]; readonly held: number[] } {
  let state = split;
  const draw = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state;
  };
  for (let i = 0; i < 16; i++) draw();
  const rows = Array.from({ length: count }, (_, row) => row);
  for (let i = 0; i < LABELS + HELD_OUT; i++) {
    const j = i + Math.floor((draw() * (count - i)) / 2 ** 32);
    [rows[i], rows[j]] = [rows[j], rows[i]];
  }
  return { train: rows.slice(0, LABELS), held: rows.slice(LABELS, LABELS + HELD_OUT) };
}

/** Mean over the splits of Spearman's ρ on held-out cells. */
export async function rankCorrelation(
  { predictor, options }: { readonly predictor: string; readonly options?: JsonObject },
  labels: number,
  splits: number,
  cells: Cells,
  engine: () => Promise<KernelBackend>,
): Promise<number> {
  const factory = await resolve('predictors', predictor);
  let sum = 0;
  for (let split = 0; split < splits; split++) {
    const { train, held } = splitRows(split, cells.features.count);
    const known = train.slice(0, labels);
    const context = {
      random: random(split),
      options,
      engine,
      predictor: (name: string) => resolve('predictors', name),
    };
    const fitted = await factory(context).fit(rowsOf(cells.features, known), at(cells.accuracies, known));
    const { mean } = await fitted.predict(rowsOf(cells.features, held));
    await fitted.release?.();
    sum += spearman([...mean], [...at(cells.accuracies, held)]);
  }
  return sum / splits;
}

function at(values: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row]);
}

function rowsOf({ width, values }: Features, rows: readonly number[]): Features {
  const chosen = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    chosen.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return { count: rows.length, width, values: chosen };
}
