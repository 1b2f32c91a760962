/**
 * The default strategy: training-free knowledge, a Gaussian process over what architectures compute, and expected improvement.
 *
 * What makes the published loop of weak predictors fail in a part of its runs, and what is done about it here:
 * - Its predictor has no doubt, so an optimum that it once ranked low is never looked at again. Here every architecture that was not
 *   evaluated stays open, and is weighed by its expected improvement, the doubt included.
 * - It sees positions of operations, not what the cell computes. Here cells of one function are one row, described by counts of operations
 *   and paths beside the encoding. Twins of good cells stay open: another training of the same function may turn out better, and the variance
 *   says by how much.
 * - Networks that learned nothing stretch the scale on which it learns; see `label-scale`.
 */
import { expected, flag, wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import type { JsonObject } from '../contracts/json.js';
import type { Features, FittedPredictor, Prediction } from '../contracts/predictor.js';
import type { SamplerContext, SamplerFactory } from '../contracts/sampler.js';
import { type ChoiceContext, expectedImprovements, largest } from './choose.js';
import { firstByKnowledge } from './first-draws.js';
import { type FunctionPool, functionPool } from './functions.js';
import { labelScale } from './label-scale.js';
import { type Ranking, weakPredictorLoop } from './loop.js';
import { pools } from './pool.js';
import { predictorOf } from './predictor.js';

export interface NascentOptions {
  /** Evaluations before the first fit. Default 10. */
  readonly initial: number;
  /** Uniform draws of which those are the best by parameters and multiply-adds. Default 100; `initial` for a random start. */
  readonly draws: number;
  /** Whether the draws are ranked by the training-free score too. Default false: on the tables it saved no evaluations. */
  readonly score: boolean;
  /**
   * Least evaluations a fit, default 3: as many as there are workers costs few samples more. Later fits change less and take longer, so a
   * twentieth of what is known is evaluated between two of them where that is more.
   */
  readonly batch: number;
  /** Architectures ranked where the space can't be listed. Default 5,000. */
  readonly pool: number;
}

const DEFAULTS: NascentOptions = { initial: 10, draws: 100, score: false, batch: 3, pool: 5000 };

const GROWTH = 1 / 20;

/** Architectures whose doubt is computed, best predicted first: those further down would have to beat their mean by several deviations. */
const DOUBTED = 2000;

/** Larger spaces are ranked by fresh pools, which near the best so far hold what the whole space does. */
const LISTED = 50_000;

export const nascentSampler: SamplerFactory = <A>(context: SamplerContext<A>) => {
  const { space } = context;
  const { initial, draws, score, batch, pool } = completeOptions(context.options);
  if (score && context.knowledge && !context.knowledge.score) {
    throw expected('data for the scores', 'given for `score` of the sampler nascent', undefined);
  }
  const first = firstByKnowledge(context, { count: initial, draws, score });
  const make = (architectures: readonly A[]) => functionPool(space, architectures);
  let current: FunctionPool<A> | undefined;
  let settled: readonly number[] = [];
  const poolOf = pools(context, { size: pool, listed: LISTED }, make);
  return weakPredictorLoop(context, {
    name: 'nascent',
    initial,
    batch: (evaluated) => Math.max(batch, Math.floor(GROWTH * evaluated)),
    first: async (index) => (await first())[index],
    pool(seen, random) {
      const candidates = poolOf(seen, random) as FunctionPool<A>;
      current = candidates;
      // A table holds another training of the same function; a search would be given the result that it has.
      settled = context.pool ? [] : seen.flatMap(({ architecture }) => candidates.numberOf(architecture) ?? []);
      return candidates;
    },
    rank: (_, labelled, random) => rankFunctions(context, current!, labelled, random),
    choose: (choice) => bestOfEachFunction(choice, current!.functionOf, settled),
  });
};

async function rankFunctions<A>(
  context: SamplerContext<A>,
  { functions, functionOf, groups }: FunctionPool<A>,
  { features, values }: { readonly features: Features; readonly values: Float64Array },
  random: SamplerContext['random'],
): Promise<Ranking> {
  const scale = labelScale(values);
  const options = { relevance: 'groups', groups: [...groups], standardise: false };
  const predictor = await predictorOf(context, 'gaussian-process', random, options);
  const fitted = await predictor.fit(features, scale.values);
  const { mean } = await fitted.predict(functions);
  const variance = await varianceOfBest(fitted, functions, mean);
  await fitted.release?.();
  return {
    predictor: predictor.name,
    prediction: spread({ mean, variance }, functionOf),
    best: Math.max(...scale.values),
    toUnits: scale.toUnits,
  };
}

/** Variances of the best predicted; 0 for the others. */
async function varianceOfBest(
  fitted: FittedPredictor,
  { width, values }: Features,
  mean: Float64Array,
): Promise<Float64Array> {
  const best = largest(mean, [...mean.keys()], DOUBTED);
  const rows = new Float32Array(best.length * width);
  best.forEach((row, i) => {
    rows.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  const { variance } = await fitted.predict({ count: best.length, width, values: rows }, { variance: true });
  const all = new Float64Array(mean.length);
  if (variance)
    best.forEach((row, i) => {
      all[row] = variance[i];
    });
  return all;
}

function spread({ mean, variance }: Prediction, functionOf: Int32Array): Prediction {
  const all = (values: Float64Array) => Float64Array.from(functionOf, (number) => values[number]);
  return { mean: all(mean), ...(variance && { variance: all(variance) }) };
}

/**
 * The greatest expected improvements, of each function that is not `settled` one architecture: a second one of the same batch would tell
 * little more. The rest comes after them, for a pool that is nearly used up.
 */
function bestOfEachFunction(
  { prediction, open, best, count, random }: ChoiceContext,
  functionOf: Int32Array,
  settled: readonly number[],
): number[] {
  const improvement = expectedImprovements(prediction, best);
  const order = random.shuffle(open).sort((a, b) => improvement[b] - improvement[a]);
  const taken = new Set(settled);
  const first = order.filter((member) => {
    const isNew = !taken.has(functionOf[member]);
    taken.add(functionOf[member]);
    return isNew;
  });
  if (first.length >= count) return first.slice(0, count);
  const chosen = new Set(first);
  return [...first, ...order.filter((member) => !chosen.has(member))].slice(0, count);
}

function completeOptions(options: JsonObject = {}): NascentOptions {
  knownOptions('an option of the sampler nascent', options, Object.keys(DEFAULTS));
  const given = { ...DEFAULTS, ...options };
  const initial = wholeNumber('`initial`', given.initial, 1);
  return {
    initial,
    draws: wholeNumber(
      '`draws`',
      Math.max(initial, options.draws === undefined ? DEFAULTS.draws : Number(given.draws)),
      initial,
    ),
    score: flag('`score`', given.score),
    batch: wholeNumber('`batch`', given.batch, 1),
    pool: wholeNumber('`pool`', given.pool, 1, 1_000_000),
  };
}
