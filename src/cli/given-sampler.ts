/** The sampler behind `nascent train`: proposes the architectures that were given, in their order. */
import { NascentError } from '../base/errors.js';
import { catalog } from '../catalog.js';
import type { SamplerFactory } from '../contracts/sampler.js';

export const GIVEN = 'given';

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
    name: GIVEN,
    lag: Number.POSITIVE_INFINITY,
    propose: (index) => architectures[index % architectures.length],
    observe: () => {},
  };
};

/** Lets runs of this process name it; samplers run here, not in worker threads. */
export function offerGivenSampler(): void {
  catalog.samplers[GIVEN] = async () => givenSampler;
}
