/** Every sampler proposes only what keeps the bounds, without knowing of them. */
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import { namesOf, resolve } from '../../../src/catalog.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { boundedSpace } from '../../../src/spaces/author.js';

const SKELETON = { channels: 16, cells: 1, classes: 10, inputShape: [3, 32, 32] } as const;
const MOST = 10e6;
const PROPOSALS = 14;

const OPTIONS: Readonly<Record<string, JsonObject>> = {
  evolution: { population: 4, lag: 1 },
  area: { population: 4, lag: 1 },
  'local-search': { initial: 2 },
  'top-scored': { draws: 30 },
  weaknas: { predictor: 'ridge', initial: 4, batch: 4, pool: 200 },
  nascent: { initial: 4, draws: 12, batch: 4, pool: 200 },
};

describe.each(['nas-bench-201', 'mobilenet-v3'])('within bounds of %s', (name) => {
  it.each(namesOf('samplers').filter((sampler) => sampler !== 'given'))('%s', async (sampler) => {
    const whole: SearchSpace = (await resolve('spaces', name))();
    const multiplyAdds = (architecture: unknown) => whole.cost!(architecture, SKELETON).multiplyAdds;
    const space = boundedSpace(whole, { atMost: { multiplyAdds: MOST } }, { multiplyAdds });
    const { propose, needs } = (await resolve('samplers', sampler))({
      space,
      random: random('bounds'),
      options: OPTIONS[sampler],
      knowledge: {
        cost: (architecture) => space.cost!(architecture, SKELETON),
        score: async (architectures) => Float64Array.from(architectures, multiplyAdds),
      },
      predictor: async (predictor, stream, options) =>
        (await resolve('predictors', predictor))({
          random: stream,
          options,
          engine: async () => referenceBackend(),
          predictor: (member) => resolve('predictors', member),
        }),
    });
    const seen: { proposal: number; architecture: unknown; value: number }[] = [];
    for (let proposal = 0; proposal < PROPOSALS; proposal++) {
      const architecture = await propose(proposal, seen.slice(0, needs(proposal)));
      expect(multiplyAdds(architecture)).toBeLessThanOrEqual(MOST);
      // The better, the dearer: searches press against the bound.
      seen.push({ proposal, architecture, value: multiplyAdds(architecture) });
    }
  });
});
