/**
 * A weighted mean of other predictors. Each counts by how well it ranks samples that it was not fitted to: Spearman's ρ of its
 * cross-validated predictions (stacking with one number a member; Wolpert, Neural Networks 1992).
 */
import difference from 'lodash/difference.js';
import once from 'lodash/once.js';
import { expected } from '../src/base/errors.js';
import type { Random } from '../src/base/random.js';
import { spearman } from '../src/base/rank-statistics.js';
import type { Json, JsonObject } from '../src/contracts/json.js';
import type {
  Features,
  FittedPredictor,
  Prediction,
  PredictOptions,
  Predictor,
  PredictorContext,
  PredictorFactory,
} from '../src/contracts/predictor.js';
import { optionReader } from './options.js';
import { requireRows, requireSamples } from './samples.js';

const DEFAULT_MEMBERS = [{ name: 'random-forest', options: { trees: 100 } }, 'gradient-boosting', 'gaussian-process'];

/**
 * Options: `members`, names or { name, options }, default a random-forest of 100 trees, gradient-boosting and
 * gaussian-process; `folds` of the cross-validation at most, default 5.
 *
 * Members that rank no better than chance (ρ ≤ 0) do not count; where none does better, or there are fewer than 4 samples, all count
 * equally. The variance is the weighted mean of those members' that have one, plus the members' disagreement; where none that counts has
 * one, those that do not count are asked for theirs.
 */
export const ensemble: PredictorFactory = (context) => {
  const read = optionReader('ensemble', context.options, ['members', 'folds']);
  const members = memberOptions(context.options?.members ?? DEFAULT_MEMBERS);
  const folds = read.whole('folds', 5, 2);
  return {
    name: 'ensemble',
    async fit(features, labels) {
      requireSamples(features, labels);
      const { random } = context;
      const make = (path: string) =>
        Promise.all(members.map((member, i) => makeMember(context, member, random.child('member', i, path))));
      const assigned = foldsOf(labels.length, folds, random.child('folds'));
      const weights = await memberWeights(members.length, make, features, labels, assigned);
      const fitted: WeightedMember[] = [];
      const others: Predictor[] = [];
      for (const [i, predictor] of (await make('all')).entries()) {
        if (weights[i] > 0) fitted.push({ weight: weights[i], fitted: await predictor.fit(features, labels) });
        else others.push(predictor);
      }
      const fitOthers = () => Promise.all(others.map((predictor) => predictor.fit(features, labels)));
      return mixture(fitted, once(fitOthers), features.width);
    },
  };
};

interface MemberOptions {
  readonly name: string;
  readonly options?: JsonObject;
}

function memberOptions(value: Json): MemberOptions[] {
  if (!Array.isArray(value) || value.length === 0)
    throw expected('`members`', 'a list of at least one predictor', value);
  return value.map((member: Json) => {
    if (typeof member === 'string') return { name: member };
    if (!isObject(member) || typeof member.name !== 'string') throw notAMember(member);
    const { name, options, ...rest } = member;
    if (Object.keys(rest).length > 0 || (options !== undefined && !isObject(options))) throw notAMember(member);
    return { name, options };
  });
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notAMember(value: Json) {
  return expected('each of `members`', 'a name or { name, options }', value);
}

async function makeMember(
  context: PredictorContext,
  { name, options }: MemberOptions,
  random: Random,
): Promise<Predictor> {
  const factory = await context.predictor(name);
  return factory({ ...context, random, options });
}

/** Fold of each sample: as equal in size as can be, at random. Too few samples make none. */
function foldsOf(count: number, most: number, random: Random): Int32Array | undefined {
  if (count < 4) return undefined;
  const folds = Math.min(most, count);
  const order = random.shuffle(Array.from({ length: count }, (_, row) => row));
  const fold = new Int32Array(count);
  order.forEach((row, i) => {
    fold[row] = i % folds;
  });
  return fold;
}

/** Of sum 1. */
async function memberWeights(
  members: number,
  make: (path: string) => Promise<Predictor[]>,
  features: Features,
  labels: Float64Array,
  folds: Int32Array | undefined,
): Promise<number[]> {
  const equal = new Array<number>(members).fill(1 / members);
  if (folds === undefined || members === 1) return equal;
  const outOfFold = equal.map(() => new Float64Array(labels.length));
  for (let fold = 0; fold <= Math.max(...folds); fold++) {
    const within = rowsWhere(folds, (other) => other !== fold);
    const without = rowsWhere(folds, (other) => other === fold);
    const [training, held] = [rowsOf(features, within), rowsOf(features, without)];
    const known = Float64Array.from(within, (row) => labels[row]);
    for (const [member, predictor] of (await make(`fold${fold}`)).entries()) {
      const fitted = await predictor.fit(training, known);
      const { mean } = await fitted.predict(held);
      await fitted.release?.();
      without.forEach((row, i) => {
        outOfFold[member][row] = mean[i];
      });
    }
  }
  const scores = outOfFold.map((predicted) => rankCorrelation(predicted, labels));
  const total = scores.reduce((sum, score) => sum + score, 0);
  return total > 0 ? scores.map((score) => score / total) : equal;
}

/** Spearman's ρ, 0 where it is below or where one side is constant. */
function rankCorrelation(predicted: Float64Array, labels: Float64Array): number {
  const correlation = spearman(Array.from(predicted), Array.from(labels));
  return correlation > 0 ? correlation : 0;
}

function rowsWhere(folds: Int32Array, holds: (fold: number) => boolean): number[] {
  return Array.from(folds.keys()).filter((row) => holds(folds[row]));
}

function rowsOf({ width, values }: Features, rows: readonly number[]): Features {
  const chosen = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    chosen.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return { count: rows.length, width, values: chosen };
}

interface WeightedMember {
  readonly weight: number;
  readonly fitted: FittedPredictor;
}

/** @param fitOthers members that do not count, once they are needed for their variance */
function mixture(
  members: readonly WeightedMember[],
  fitOthers: () => Promise<readonly FittedPredictor[]>,
  width: number,
): FittedPredictor {
  const fitted = members.map((member) => member.fitted);
  return {
    async predict(features, options) {
      requireRows(features, width);
      const counted = await weighted(members, features, options);
      if (!options?.variance) return mixed(counted, [], features.count);
      let certain = counted.filter(hasVariance);
      if (certain.length === 0) {
        const others = await fitOthers();
        fitted.push(...difference(others, fitted));
        const equally = others.map((other): WeightedMember => ({ weight: 1, fitted: other }));
        certain = (await weighted(equally, features, options)).filter(hasVariance);
      }
      return mixed(counted, certain, features.count);
    },
    async release() {
      for (const each of fitted) await each.release?.();
    },
  };
}

async function weighted(
  members: readonly WeightedMember[],
  features: Features,
  options: PredictOptions | undefined,
): Promise<WeightedPrediction[]> {
  const predictions: WeightedPrediction[] = [];
  for (const { weight, fitted } of members) {
    predictions.push({ weight, prediction: await fitted.predict(features, options) });
  }
  return predictions;
}

function hasVariance({ prediction }: WeightedPrediction): boolean {
  return prediction.variance !== undefined;
}

interface WeightedPrediction {
  readonly weight: number;
  readonly prediction: Prediction;
}

/**
 * Mean and variance of a mixture: Σ w·mean, and Σ w·(mean − Σ w·mean)² beside the members' own variances.
 * @param certain whose variances are taken; without any there is none
 */
function mixed(
  members: readonly WeightedPrediction[],
  certain: readonly WeightedPrediction[],
  count: number,
): Prediction {
  const mean = weightedMean(members, count, ({ mean }, row) => mean[row]);
  if (certain.length === 0) return { mean };
  const own = weightedMean(certain, count, ({ variance }, row) => variance![row]);
  const between = weightedMean(members, count, (prediction, row) => (prediction.mean[row] - mean[row]) ** 2);
  return { mean, variance: own.map((value, row) => value + between[row]) };
}

function weightedMean(
  members: readonly WeightedPrediction[],
  count: number,
  of: (prediction: Prediction, row: number) => number,
): Float64Array {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const result = new Float64Array(count);
  for (const { weight, prediction } of members) {
    for (let row = 0; row < count; row++) result[row] += (weight / total) * of(prediction, row);
  }
  return result;
}
