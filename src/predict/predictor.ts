/** The predictor of a learning sampler. */
import { expected, NascentError } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { JsonObject } from '../contracts/json.js';
import type { Predictor } from '../contracts/predictor.js';
import type { SamplerContext } from '../contracts/sampler.js';

/** @throws NascentError `usage` for an unknown name, or where who runs the sampler has no predictors */
export async function predictorOf(
  { predictor }: Pick<SamplerContext, 'predictor'>,
  name: string,
  random: Random,
  options: JsonObject = {},
): Promise<Predictor> {
  if (!predictor)
    throw new NascentError('usage', `Expected predictors to be at hand for a sampler that learns, got none.`);
  return predictor(name, random, options);
}

/**
 * Fits it to one made-up label, which costs nothing and meets whatever it would refuse later: its name, its options, those of its members.
 * @param forVariance the option that needs a variance, e.g. `choose=thompson`; undefined where none does
 * @throws NascentError `usage`, also for a predictor that has no variance where one is needed
 */
export async function checkPredictor(
  { predictor, random, space }: Pick<SamplerContext, 'predictor' | 'random' | 'space'>,
  name: string,
  options: JsonObject,
  forVariance: string | undefined,
): Promise<void> {
  const made = await predictorOf({ predictor }, name, random.child('check'), options);
  const width = space.encodingLength;
  const row = { count: 1, width, values: new Float32Array(width) };
  const fitted = await made.fit(row, Float64Array.of(0.5));
  const { variance } = await fitted.predict(row, { variance: forVariance !== undefined });
  await fitted.release?.();
  if (forVariance === undefined || variance !== undefined) return;
  throw expected('`predictor`', `one that says a variance, such as gaussian-process, for ${forVariance}`, name);
}
