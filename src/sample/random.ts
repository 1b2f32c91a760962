/** Random search: every proposal is a uniform draw. */
import { noOptions } from '../base/names.js';
import type { SamplerFactory } from '../contracts/sampler.js';

const NAME = 'random';

/** Uniform draws with replacement; observations are not used. Takes no options. */
export const randomSampler: SamplerFactory = ({ space, random, options = {} }) => {
  noOptions(`the sampler ${NAME}`, options);
  return {
    name: NAME,
    needs: () => 0,
    propose: (index) => space.sample(random.child('proposal', index)),
  };
};
