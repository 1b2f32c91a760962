/**
 * Ridge regression (Hoerl & Kennard, Technometrics 1970): minimises ‖y − ȳ − Xw‖² + λ‖w‖² over centred features, solved in its dual
 * form, w = Xᵀ(XXᵀ + λI)⁻¹(y − ȳ), so that the cost depends on the number of samples and not on the features.
 */
import { expected } from '../src/base/errors.js';
import { solvePositiveDefinite } from '../src/base/linear-algebra.js';
import { unknownName } from '../src/base/names.js';
import { mean } from '../src/base/rank-statistics.js';
import type { FittedPredictor, Predictor, PredictorFactory } from '../src/contracts/predictor.js';

/** Option `penalty`: λ > 0, default 1. */
export const ridge: PredictorFactory = (_random, options = {}): Predictor => {
  const unknown = Object.keys(options).find((name) => name !== 'penalty');
  if (unknown !== undefined) throw unknownName('an option of ridge', unknown, ['penalty']);
  const { penalty = 1 } = options;
  if (typeof penalty !== 'number' || !(penalty > 0)) throw expected('`penalty`', 'a number above 0', penalty);
  return {
    name: 'ridge',
    fit: async (encodings, labels) =>
      fitDual(
        encodings.map((row) => [...Array.from(row)]),
        Array.from(labels),
        penalty,
      ),
  };
};

function fitDual(rows: readonly number[][], labels: readonly number[], penalty: number): FittedPredictor {
  requireFinite(rows, labels);
  const centre = rows[0].map((_, feature) => mean(rows.map((row) => row[feature])));
  const centred = rows.map((row) => row.map((value, feature) => value - centre[feature]));
  const offset = mean(labels);
  const gram = centred.flatMap((a, i) => centred.map((b, j) => dot(a, b) + (i === j ? penalty : 0)));
  const dual = solvePositiveDefinite(
    gram,
    labels.map((label) => label - offset),
  );
  const weights = centre.map((_, feature) => centred.reduce((total, row, i) => total + row[feature] * dual[i], 0));
  return {
    predict: (encodings) => ({
      mean: Float64Array.from(
        encodings,
        (row) =>
          offset +
          dot(
            weights,
            Array.from(row, (value, i) => value - centre[i]),
          ),
      ),
    }),
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, i) => total + value * b[i], 0);
}

function requireFinite(rows: readonly number[][], labels: readonly number[]): void {
  if (rows.length === 0 || rows.length !== labels.length) {
    throw expected('samples', 'at least one encoding, each with a label', `${rows.length} and ${labels.length}`);
  }
  const wrong = [...rows.flat(), ...labels].find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw expected('encodings and labels', 'finite numbers', wrong);
}
