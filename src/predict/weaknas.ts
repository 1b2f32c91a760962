/** WeakNAS as published (Wu et al., NeurIPS 2021; algorithm 1 and section 4.1). */
import { expected, wholeNumber } from '../base/errors.js';
import { knownOptions, unknownName } from '../base/names.js';
import type { JsonObject } from '../contracts/json.js';
import type { Sampler, SamplerContext, SamplerFactory } from '../contracts/sampler.js';
import { type Choice, expectedImprovement, greedy, thompson, uniformOfTop } from './choose.js';
import { weakPredictorLoop } from './loop.js';
import { encodedPool, pools } from './pool.js';
import { checkPredictor, predictorOf } from './predictor.js';

export interface WeakNasOptions {
  /** Uniform draws before the first fit. Default 10; in spaces of more than 100,000 architectures 100: as on NAS-Bench-201 and -101. */
  readonly initial: number;
  /** Architectures a fit. Default 10. */
  readonly batch: number;
  /** Best predicted architectures among which the batch is drawn. Default 100. */
  readonly top: number;
  /** `uniform` (default, as published), `greedy`, `expected-improvement` or `thompson`. */
  readonly choose: string;
  /** Name in the catalogue; default `mlp`: four hidden layers of 1000. */
  readonly predictor: string;
  readonly predictorOptions: JsonObject;
  /** Architectures ranked where the space can't be listed. Default 10,000. */
  readonly pool: number;
}

const LARGE = 100_000;

const DEFAULTS: WeakNasOptions = {
  initial: 10,
  batch: 10,
  top: 100,
  choose: 'uniform',
  predictor: 'mlp',
  predictorOptions: {},
  pool: 10_000,
};

/** Spaces that fit into memory with their encodings are ranked whole, NAS-Bench-101 among them. */
const LISTED = 500_000;

/** Labels are standardised by those seen only; the published code uses the whole table's, which nobody has. */
export const weakNasSampler: SamplerFactory = <A>(context: SamplerContext<A>): Sampler<A> => {
  const { space, random } = context;
  const { initial, batch, top, choose, predictor, predictorOptions, pool } = completeOptions(context);
  const draw = (index: number) => {
    const stream = random.child('proposal', index);
    return context.pool ? stream.pick(context.pool) : space.sample(stream);
  };
  const needsVariance = choose === 'expected-improvement' || choose === 'thompson';
  const loop = weakPredictorLoop(context, {
    name: 'weaknas',
    initial,
    batch: () => batch,
    first: draw,
    pool: pools(context, { size: pool, listed: LISTED }, encodedPool(space)),
    async rank({ features }, labels, stream) {
      const made = await predictorOf(context, predictor, stream, predictorOptions);
      const fitted = await made.fit(labels.features, labels.values);
      const prediction = await fitted.predict(features, { variance: needsVariance });
      await fitted.release?.();
      return { predictor, prediction, best: Math.max(...labels.values) };
    },
    choose: choiceNamed(choose, top),
  });
  const check = () =>
    checkPredictor(context, predictor, predictorOptions, needsVariance ? `\`choose=${choose}\`` : undefined);
  return { ...loop, check };
};

function choiceNamed(name: string, top: number): Choice {
  const choices: Readonly<Record<string, Choice>> = {
    uniform: uniformOfTop(top),
    greedy,
    'expected-improvement': expectedImprovement,
    thompson,
  };
  const choice = Object.hasOwn(choices, name) ? choices[name] : undefined;
  if (!choice) throw unknownName('`choose`', name, Object.keys(choices));
  return choice;
}

function completeOptions({ options = {}, space }: Pick<SamplerContext, 'options' | 'space'>): WeakNasOptions {
  knownOptions('an option of the sampler weaknas', options, Object.keys(DEFAULTS));
  const large = (space.size ?? Number.POSITIVE_INFINITY) > LARGE;
  const given = { ...DEFAULTS, ...(large && { initial: 100 }), ...options };
  const { predictorOptions } = given;
  if (typeof predictorOptions !== 'object' || predictorOptions === null || Array.isArray(predictorOptions)) {
    throw expected('`predictorOptions`', 'an object of options', predictorOptions);
  }
  return {
    initial: wholeNumber('`initial`', given.initial, 1),
    batch: wholeNumber('`batch`', given.batch, 1),
    top: wholeNumber('`top`', given.top, 1),
    choose: String(given.choose),
    predictor: String(given.predictor),
    predictorOptions,
    pool: wholeNumber('`pool`', given.pool, 1, 1_000_000),
  };
}
