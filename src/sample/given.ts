/** The sampler for architectures that are known, as behind `nascent train`: proposes the architectures that were given, in their order. */
import { NascentError } from '../base/errors.js';
import type { SamplerFactory } from '../contracts/sampler.js';

/** Option `architectures`: their texts. They are kept with the run's configuration, so that it can be resumed. */
export const givenSampler: SamplerFactory = ({ space, options = {} }) => {
  const texts = options.architectures;
  if (!Array.isArray(texts) || texts.length === 0) {
    throw new NascentError(
      'usage',
      'Expected the sampler given to get `architectures`, got none; use "nascent train".',
    );
  }
  const architectures = texts.map((text) => space.parse(String(text)));
  return {
    name: 'given',
    needs: () => 0,
    propose: (index) => architectures[index % architectures.length],
  };
};
