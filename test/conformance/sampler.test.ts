/** Every sampler of the catalogue, with all that a run or a study tells it, on a space that can be listed and one that cannot. */
import { describe, expect, it } from 'vitest';
import { darts } from '../../search-spaces/darts/index.js';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
import { hash32 } from '../../src/base/hash.js';
import { random } from '../../src/base/random.js';
import { namesOf, resolve } from '../../src/catalog.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { SamplerContext } from '../../src/contracts/sampler.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { onnxruntimeBackend } from '../../src/kernels/onnxruntime/index.js';
import { samplerConformance } from '../../src/testing/index.js';

const runner = { describe, it, expect };
const spaces: readonly SearchSpace<unknown>[] = [nasBench201(), darts()];

/** What a sampler needs, or what keeps it quick; all else is by default. */
const OPTIONS: Readonly<Record<string, JsonObject>> = {
  'local-search': { initial: 4 },
  'top-scored': { draws: 50 },
  weaknas: { predictor: 'ridge', initial: 6, batch: 6, pool: 1000 },
  nascent: { initial: 6, draws: 20, batch: 8, pool: 1000 },
};

function optionsOf(name: string, space: SearchSpace<unknown>): JsonObject | undefined {
  if (name !== 'given') return OPTIONS[name];
  const drawn = Array.from({ length: 40 }, (_, i) => space.sample(random('given').child('cell', i)));
  return { architectures: drawn.map(space.format) };
}

/** Scores are made up, one in twenty is missing. */
const toldOf = (space: SearchSpace<unknown>): Partial<SamplerContext<unknown>> => ({
  knowledge: {
    cost: (architecture) => space.cost!(architecture),
    metric: 'made-up',
    score: async (architectures) =>
      Float64Array.from(architectures, (each) => {
        const hash = hash32(space.format(each));
        return hash % 20 === 0 ? Number.NaN : hash / 2 ** 32;
      }),
  },
  predictor: async (name, stream, options) =>
    (await resolve('predictors', name))({
      random: stream,
      options,
      engine: () => onnxruntimeBackend(),
      predictor: (member) => resolve('predictors', member),
    }),
});

for (const name of namesOf('samplers')) {
  const factory = await resolve('samplers', name);
  for (const space of spaces) {
    const options = optionsOf(name, space);
    const subject = { options, proposals: 30, context: toldOf(space), seeded: name !== 'given' };
    samplerConformance(runner, factory, () => space, subject);
  }
}

const evolution = await resolve('samplers', 'evolution');
samplerConformance(runner, evolution, nasBench201, { options: { population: 4, tournament: 2, lag: 1 } });
