import { describe, expect, it } from 'vitest';
import type { Genotype } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { Observation, SamplerContext } from '../../../src/contracts/sampler.js';
import { areaSampler } from '../../../src/sample/area.js';
import { ranked, recordedKnowledge, scoreOf, space } from './knowledge.js';

const make = (options: JsonObject, given: Partial<SamplerContext<Genotype>>) =>
  areaSampler<Genotype>({ space, random: random(1), options, ...given });

async function run(count: number, options: JsonObject, given: Partial<SamplerContext<Genotype>>) {
  const sampler = make(options, given);
  const seen: Observation<Genotype>[] = [];
  for (let proposal = 0; proposal < count; proposal++) {
    const architecture = await sampler.propose(proposal, seen.slice(0, sampler.needs(proposal)));
    seen.push({ proposal, architecture, value: architecture.filter((each) => each === 'nor_conv_3x3').length });
  }
  return seen.map(({ architecture }) => architecture);
}

describe('assisted regularised evolution', () => {
  it.each([
    [{}, 10, 20],
    [{ population: 4, draws: 30 }, 4, 30],
    [{ population: 5, draws: 5 }, 5, 5],
  ])('with %j: the best of the draws by score are the first population', async (options, population, draws) => {
    const { knowledge, asked } = recordedKnowledge();
    const cells = await run(population + 2, options, { knowledge });
    expect(asked.map(({ length }) => length)).toEqual([draws]);
    expect(cells.slice(0, population).map(space.format)).toEqual(ranked(asked[0], scoreOf).slice(0, population));
  });

  it('then mutates members of the population, as evolution does', async () => {
    const { knowledge, asked } = recordedKnowledge();
    const cells = await run(60, { population: 6, tournament: 2, lag: 1, draws: 12 }, { knowledge });
    for (let i = 6; i < cells.length; i++) {
      const alive = cells.slice(i - 6, i).flatMap((parent) => space.neighbours(parent).map(space.format));
      expect(alive).toContain(space.format(cells[i]));
    }
    expect(asked).toHaveLength(1);
  });

  it('scores draws of the table where there is one', async () => {
    const { knowledge, asked } = recordedKnowledge();
    const pool = Array.from({ length: 40 }, (_, i) => space.sample(random('table').child(i)));
    await run(10, {}, { knowledge, pool });
    const texts = pool.map(space.format);
    expect(asked[0].every((cell) => texts.includes(space.format(cell)))).toBe(true);
  });

  it('refuses to begin where no score can be computed', async () => {
    const { knowledge } = recordedKnowledge();
    const sentence = 'Expected `data` for the scores to be given, since the sampler ranks draws by them, got nothing.';
    await expect(run(1, {}, {})).rejects.toThrow(sentence);
    // At once: nobody has to wait for the first proposal.
    expect(() => make({}, { knowledge: { cost: knowledge.cost } })).toThrow(sentence);
  });

  it.each([
    [{ draws: 9 }, 'Expected `draws` to be a whole number from 10 to 1000000, got 9.'],
    [{ population: 0 }, 'Expected `population` to be a whole number of at least 1, got 0.'],
    [{ population: 4, tournament: 5 }, 'Expected `tournament` to be a whole number from 1 to 4, got 5.'],
    [
      { drwas: 20 },
      'Expected an option of the sampler area to be one of population, tournament, lag, draws, got "drwas". Did you mean "draws"?',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => make(options, recordedKnowledge())).toThrow(message);
  });
});
