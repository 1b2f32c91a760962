import { describe, expect, it } from 'vitest';
import type { Genotype } from '../../../search-spaces/nas-bench-201/index.js';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import { mean } from '../../../src/base/rank-statistics.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { Observation, Sampler } from '../../../src/contracts/sampler.js';
import { evolutionSampler } from '../../../src/sample/evolution.js';
import { randomSampler } from '../../../src/sample/random.js';

const space = nasBench201();
const make = (options?: JsonObject, seed = 1) => evolutionSampler<Genotype>({ space, random: random(seed), options });

/** Number of 3×3 convolutions: a landscape without traps. */
const value = (architecture: Genotype) => architecture.filter((operation) => operation === 'nor_conv_3x3').length;

async function run(
  sampler: Sampler<Genotype>,
  count: number,
  valueAt: (architecture: Genotype, i: number) => number | undefined = value,
): Promise<Genotype[]> {
  const seen: Observation<Genotype>[] = [];
  for (let proposal = 0; proposal < count; proposal++) {
    const architecture = await sampler.propose(proposal, seen.slice(0, sampler.needs(proposal)));
    seen.push({ proposal, architecture, value: valueAt(architecture, proposal) });
  }
  return seen.map(({ architecture }) => architecture);
}

const isChildOf = (parent: Genotype, child: Genotype) =>
  space.neighbours(parent).map(space.format).includes(space.format(child));

describe('regularised evolution', () => {
  it('begins with uniform draws, those of random search', async () => {
    expect(await run(make(), 10)).toEqual(await run(randomSampler<Genotype>({ space, random: random(1) }), 10));
  });

  it('mutates a member of the population that its lag lets it see', async () => {
    const all = await run(make({ population: 5, tournament: 2, lag: 3 }), 60);
    for (let i = 5; i < all.length; i++) {
      const alive = all.slice(Math.max(0, i - 2 - 5), i - 2);
      expect(alive.some((parent) => isChildOf(parent, all[i]))).toBe(true);
    }
  });

  it('takes the best of the tournament', async () => {
    // A tournament of many draws from two members sees both.
    const all = await run(make({ population: 2, tournament: 2, lag: 1 }, 3), 200, (_, i) => i);
    const ofBest = all.filter((child, i) => i >= 2 && isChildOf(all[i - 1], child)).length;
    expect(ofBest).toBeGreaterThan(120);
  });

  it('never takes a failed candidate as parent', async () => {
    const all = await run(make({ population: 6, tournament: 3, lag: 1 }), 100, (architecture, i) =>
      i % 3 === 0 ? undefined : value(architecture),
    );
    for (let i = 6; i < all.length; i++) {
      const alive = all
        .slice(0, i)
        .filter((_, j) => j % 3 !== 0)
        .slice(-6);
      expect(alive.some((parent) => isChildOf(parent, all[i]))).toBe(true);
    }
  });

  it('climbs', async () => {
    const last = (await run(make(), 200)).slice(-100).map(value);
    expect(mean(last)).toBeGreaterThan(2.5); // 1.2 by chance
  });

  it.each([
    [{ population: 0 }, 'Expected `population` to be a whole number of at least 1, got 0.'],
    [{ population: 4, tournament: 5 }, 'Expected `tournament` to be a whole number from 1 to 4, got 5.'],
    [{ tournament: '3' }, 'Expected `tournament` to be a whole number from 1 to 10, got "3".'],
    [{ lag: 0 }, 'Expected `lag` to be a whole number of at least 1, got 0.'],
    [
      { populatoin: 5 },
      'Expected an option of the sampler evolution to be one of population, tournament, lag, got "populatoin". Did you mean "population"?',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => make(options)).toThrow(message);
  });
});
