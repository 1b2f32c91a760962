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
import { wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import type { JsonObject } from '../contracts/json.js';
import type { Features, Prediction } from '../contracts/predictor.js';
import type { SamplerContext, SamplerFactory } from '../contracts/sampler.js';
import { type ChoiceContext, expectedImprovements } from './choose.js';
import { firstByKnowledge } from './first-draws.js';
import { type FunctionPool, functionPool } from './functions.js';
import { labelScale } from './label-scale.js';
import { type Ranking, weakPredictorLoop } from './loop.js';
import { pools } from './pool.js';
import { predictorOf } from './predictor.js';

export interface NascentOptions {
  /** Evaluations before the first fit. Default 10. */
  readonly initial: number;
  /** Uniform draws of which those are the best by what is known without training. Default 100; `initial` for a random start. */
  readonly draws: number;
  /** Evaluations a fit. Default 3; as many as there are workers costs few samples more. */
  readonly batch: number;
  /** Architectures ranked where the space can't be listed. Default 5,000. */
  readonly pool: number;
}

const DEFAULTS: NascentOptions = { initial: 10, draws: 100, batch: 3, pool: 5000 };

/** Larger spaces are ranked by fresh pools, which near the best so far hold what the whole space does. */
const LISTED = 50_000;

export const nascentSampler: SamplerFactory = <A>(context: SamplerContext<A>) => {
  const { space } = context;
  const { initial, draws, batch, pool } = completeOptions(context.options);
  const first = firstByKnowledge(context, initial, draws);
  const make = (architectures: readonly A[]) => functionPool(space, architectures);
  let current: FunctionPool<A> | undefined;
  const poolOf = pools(context, { size: pool, listed: LISTED }, make);
  return weakPredictorLoop(context, {
    name: 'nascent',
    initial,
    batch,
    first: async (index) => (await first())[index],
    pool(seen, random) {
      current = poolOf(seen, random) as FunctionPool<A>;
      return current;
    },
    rank: (_, labelled, random) => rankFunctions(context, current!, labelled, random),
    choose: (choice) => bestOfEachFunction(choice, current!.functionOf),
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
  const prediction = await fitted.predict(functions, { variance: true });
  await fitted.release?.();
  return {
    predictor: predictor.name,
    prediction: spread(prediction, functionOf),
    best: Math.max(...scale.values),
    toUnits: scale.toUnits,
  };
}

function spread({ mean, variance }: Prediction, functionOf: Int32Array): Prediction {
  const all = (values: Float64Array) => Float64Array.from(functionOf, (number) => values[number]);
  return { mean: all(mean), ...(variance && { variance: all(variance) }) };
}

/** The greatest expected improvements, of each function one architecture: a second one of the same batch would tell little more. */
function bestOfEachFunction(
  { prediction, open, best, count, random }: ChoiceContext,
  functionOf: Int32Array,
): number[] {
  const improvement = expectedImprovements(prediction, best);
  const taken = new Set<number>();
  return random
    .shuffle(open)
    .sort((a, b) => improvement[b] - improvement[a])
    .filter((member) => {
      const isNew = !taken.has(functionOf[member]);
      taken.add(functionOf[member]);
      return isNew;
    })
    .slice(0, count);
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
    batch: wholeNumber('`batch`', given.batch, 1),
    pool: wholeNumber('`pool`', given.pool, 1, 1_000_000),
  };
}
