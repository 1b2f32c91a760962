/**
 * The default strategy: training-free knowledge, a Gaussian process over what architectures compute, and expected improvement.
 *
 * What makes the published loop of weak predictors fail in a part of its runs, and what is done about it here:
 * - Its predictor has no doubt, so an optimum that it once ranked low is never looked at again. Here every architecture that was not
 *   evaluated stays open, and is weighed by its expected improvement, the doubt included.
 * - It sees positions of operations, not what the cell computes. Here cells of one function are one row, described by counts of operations
 *   and paths. Twins of good cells stay open: another training of the same function may turn out better, and the variance
 *   says by how much.
 * - One predictor has blind spots in which an optimum can lie. Here a second one, which sees where operations stand instead of what the cell
 *   computes, makes every third proposal.
 * - Networks that learned nothing stretch the scale on which it learns; see `label-scale`.
 */
import difference from 'lodash/difference.js';
import mapValues from 'lodash/mapValues.js';
import range from 'lodash/range.js';
import { expected, flag, wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import type { JsonObject } from '../contracts/json.js';
import type { Features, FittedPredictor, Prediction } from '../contracts/predictor.js';
import type { SamplerContext, SamplerFactory } from '../contracts/sampler.js';
import { type ChoiceContext, expectedImprovements, largest } from './choose.js';
import { firstByKnowledge } from './first-draws.js';
import { type FunctionPool, functionPool, viewed } from './functions.js';
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

/** Every so many-th proposal comes from the second view. */
const SECOND_VIEW = 3;

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
  const batchAfter = (evaluated: number) => Math.max(batch, Math.floor(GROWTH * evaluated));
  let current: Iteration<A> | undefined;
  const poolOf = pools(context, { size: pool, listed: LISTED }, make);
  return weakPredictorLoop(context, {
    name: 'nascent',
    initial,
    batch: batchAfter,
    first: async (index) => (await first())[index],
    pool(seen, random) {
      const candidates = poolOf(seen, random) as FunctionPool<A>;
      const proposals = range(seen.length, seen.length + batchAfter(seen.length));
      current = {
        pool: candidates,
        // A table holds another training of the same function; a search would be given the result that it has.
        settled: context.pool ? [] : seen.flatMap(({ architecture }) => candidates.numberOf(architecture) ?? []),
        views: proposals.map((proposal) => viewOf(proposal, candidates)),
        predictions: new Map(),
      };
      return candidates;
    },
    rank: (_, labelled, random) => rankFunctions(context, current!, labelled, random),
    choose: (choice) => bestOfEachFunction(choice, current!),
  });
};

/** What one fit and its batch share. */
interface Iteration<A> {
  readonly pool: FunctionPool<A>;
  /** Functions that are not proposed again. */
  readonly settled: readonly number[];
  /** Of each proposal of the batch, which view makes it. */
  readonly views: readonly number[];
  /** By view, of each architecture of the pool. */
  readonly predictions: Map<number, Prediction>;
}

function viewOf<A>(proposal: number, { views }: FunctionPool<A>): number {
  return views.length > 1 && proposal % SECOND_VIEW === SECOND_VIEW - 1 ? 1 : 0;
}

/** Fits the views that the batch needs. */
async function rankFunctions<A>(
  context: SamplerContext<A>,
  { pool, views, predictions }: Iteration<A>,
  { features, values }: { readonly features: Features; readonly values: Float64Array },
  random: SamplerContext['random'],
): Promise<Ranking> {
  const scale = labelScale(values);
  for (const view of new Set(views)) {
    const { groups } = pool.views[view];
    const options = { relevance: 'groups', groups: [...groups], standardise: false };
    const predictor = await predictorOf(context, 'gaussian-process', random.child('view', view), options);
    const fitted = await predictor.fit(viewed(features, pool.views[view]), scale.values);
    const functions = viewed(pool.functions, pool.views[view]);
    const { mean } = await fitted.predict(functions);
    const variance = await varianceOfBest(fitted, functions, mean);
    await fitted.release?.();
    predictions.set(view, spread({ mean, variance }, pool.functionOf));
  }
  return {
    predictor: 'gaussian-process',
    prediction: predictions.get(views[0])!,
    predictionOf: (place) => predictions.get(views[place])!,
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
 * For each proposal the greatest expected improvement by its view, of each function that is not `settled` one architecture: a second one of
 * the same batch would tell little more. The rest comes after them, for a pool that is nearly used up.
 */
function bestOfEachFunction<A>(
  { open, best, count, random }: ChoiceContext,
  { pool: { functionOf }, settled, views, predictions }: Iteration<A>,
): number[] {
  const shuffled = random.shuffle(open);
  const orders = mapValues(Object.fromEntries(predictions), (prediction) => {
    const improvement = expectedImprovements(prediction, best);
    return shuffled.toSorted((a, b) => improvement[b] - improvement[a]);
  });
  const taken = new Set(settled);
  const chosen: number[] = [];
  for (const view of views) {
    const next = orders[view].find((member) => !taken.has(functionOf[member]));
    if (next === undefined) break;
    taken.add(functionOf[next]);
    chosen.push(next);
  }
  return [...chosen, ...difference(orders[views[0]], chosen)].slice(0, count);
}

function completeOptions(options: JsonObject = {}): NascentOptions {
  knownOptions('an option of the sampler nascent', options, Object.keys(DEFAULTS));
  const given = { ...DEFAULTS, ...options };
  const initial = wholeNumber('`initial`', given.initial, 1);
  return {
    initial,
    draws: wholeNumber('`draws`', options.draws ?? Math.max(initial, DEFAULTS.draws), initial),
    score: flag('`score`', given.score),
    batch: wholeNumber('`batch`', given.batch, 1),
    pool: wholeNumber('`pool`', given.pool, 1, 1_000_000),
  };
}
