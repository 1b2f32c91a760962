/** The predictor of a learning sampler. */
import { NascentError } from '../base/errors.js';
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
