import { describe, expect, it } from 'vitest';
import type { Genotype } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { SamplerContext } from '../../../src/contracts/sampler.js';
import { topScoredSampler } from '../../../src/sample/top-scored.js';
import { ranked, recordedKnowledge, scoreOf, space } from './knowledge.js';

const make = (options: JsonObject, given: Partial<SamplerContext<Genotype>>) =>
  topScoredSampler<Genotype>({ space, random: random(1), options, ...given });

async function texts(count: number, options: JsonObject, given: Partial<SamplerContext<Genotype>>) {
  const sampler = make(options, given);
  const proposed: string[] = [];
  for (let i = 0; i < count; i++) proposed.push(space.format(await sampler.propose(i, [])));
  return proposed;
}

const parameters = (cell: Genotype) => space.cost!(cell).parameters;
const multiplyAdds = (cell: Genotype) => space.cost!(cell).multiplyAdds;

describe('search by score', () => {
  it('proposes the draws best first, those without a score last, then those of the next round', async () => {
    const { knowledge, asked } = recordedKnowledge();
    const proposed = await texts(70, { draws: 30 }, { knowledge });
    expect(asked.map(({ length }) => length)).toEqual([30, 30, 30]);
    const rounds = asked.map((draws) => ranked(draws, scoreOf));
    expect(proposed).toEqual(rounds.flat().slice(0, 70));
    expect(rounds[0]).not.toEqual(rounds[1]);
    expect(Number.isNaN(scoreOf(space.parse(rounds[0][29])))).toBe(true);
  });

  it('scores a thousand draws by default, all at once', async () => {
    const { knowledge, asked } = recordedKnowledge();
    const [first] = await texts(3, {}, { knowledge });
    expect(asked.map(({ length }) => length)).toEqual([1000]);
    expect(first).toBe(ranked(asked[0], scoreOf)[0]);
  });

  it.each([
    ['parameters', parameters],
    ['multiplyAdds', multiplyAdds],
  ])('by %s takes the costs, and needs no scores', async (by, worth) => {
    const { knowledge, asked } = recordedKnowledge();
    const proposed = await texts(40, { draws: 40, by }, { knowledge: { cost: knowledge.cost } });
    const draws = (await texts(40, { draws: 40 }, { knowledge })).sort();
    // The same draws, in another order.
    expect([...proposed].sort()).toEqual(draws);
    expect(proposed.map((text) => worth(space.parse(text)))).toEqual(
      draws.map((text) => worth(space.parse(text))).sort((a, b) => b - a),
    );
    expect(asked).toHaveLength(1);
  });

  it('draws from the table where there is one', async () => {
    const pool = Array.from({ length: 5 }, (_, i) => space.sample(random('table').child(i)));
    const proposed = await texts(50, { draws: 50 }, { ...recordedKnowledge(), pool });
    expect(new Set(proposed)).toEqual(new Set(pool.map(space.format)));
  });

  it('needs no observations', () => {
    expect([0, 5, 5000].map(make({}, {}).needs)).toEqual([0, 0, 0]);
  });

  it('refuses in one sentence where what it ranks by cannot be known', async () => {
    const { knowledge } = recordedKnowledge();
    const noScores = 'Expected `data` for the scores to be given, since the sampler ranks draws by them, got nothing.';
    await expect(texts(1, {}, {})).rejects.toThrow(noScores);
    // At once: nobody has to wait for the first proposal.
    expect(() => make({}, { knowledge: { cost: knowledge.cost } })).toThrow(noScores);
    await expect(texts(1, { by: 'parameters' }, {})).rejects.toThrow(
      'Expected the sampler to be told the parameters of architectures, got nothing.',
    );
  });

  it.each([
    [{ draws: 0 }, 'Expected `draws` to be a whole number from 1 to 1000000, got 0.'],
    [
      { by: 'parameter' },
      'Expected `by` to be one of score, parameters, multiplyAdds, got "parameter". Did you mean "parameters"?',
    ],
    [{ draw: 5 }, 'got "draw". Did you mean "draws"?'],
  ])('refuses %j', (options, message) => {
    expect(() => make(options, {})).toThrow(message);
  });
});
