import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import { randomSampler } from '../../../src/sample/random.js';

const space = nasBench201();

describe('random search', () => {
  it('draws each proposal from its own stream, in any order', async () => {
    const sampler = randomSampler({ space, random: random(7) });
    const later = space.format(await sampler.propose(5, []));
    expect(later).toBe(space.format(space.sample(random(7).child('proposal', 5))));
    expect(sampler.needs(5)).toBe(0);
  });

  it('refuses options', () => {
    expect(() => randomSampler({ space, random: random(0), options: { population: 3 } })).toThrow(
      'Expected no options for the sampler random, got "population".',
    );
  });
});
