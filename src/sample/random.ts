/** Random search: every proposal is a uniform draw. */
import { NascentError } from '../base/errors.js';
import type { SamplerFactory } from '../contracts/sampler.js';

const NAME = 'random';

/** Uniform draws with replacement; observations are not used. Takes no options. */
export const randomSampler: SamplerFactory = ({ space, random, options = {} }) => {
  const [unknown] = Object.keys(options);
  if (unknown !== undefined) {
    throw new NascentError('usage', `Expected no options for the sampler ${NAME}, got ${JSON.stringify(unknown)}.`);
  }
  return {
    name: NAME,
    needs: () => 0,
    propose: (index) => space.sample(random.child('proposal', index)),
  };
};
