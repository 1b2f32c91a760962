/**
 * Regularised evolution (Real et al., AAAI 2019): the best of a few members drawn from the population is mutated once; the child
 * joins the population and the oldest member leaves it, however good it is.
 */
import { expected, wholeNumber } from '../base/errors.js';
import { unknownName } from '../base/names.js';
import type { Random } from '../base/random.js';
import type { JsonObject } from '../contracts/json.js';
import type { Observation, SamplerContext, SamplerFactory } from '../contracts/sampler.js';

export interface EvolutionOptions {
  /** Members that are alive at once, and first proposals that are drawn uniformly. Default 10, as in NATS-Bench (Dong et al., TPAMI 2021). */
  readonly population: number;
  /** Draws (with replacement) from the population; the best of them is the parent. Default 3, as in NATS-Bench. */
  readonly tournament: number;
  /**
   * Proposals that may be open at once: proposal i is made of observations 0 … i − lag, never of later ones that happen to be in
   * already, so that any number of workers gives one result. Default 4; 1 is the algorithm as published.
   */
  readonly lag: number;
}

const DEFAULTS: EvolutionOptions = { population: 10, tournament: 3, lag: 4 };

/** An observation that has a value. */
interface Member<A> {
  readonly proposal: number;
  readonly architecture: A;
  readonly value: number;
}

/**
 * Failed candidates join no population. While nothing that proposal i may see has succeeded, it is a uniform draw.
 * @throws NascentError of code 'usage' for an unknown option or a value out of range.
 */
export const evolutionSampler: SamplerFactory = <A>({ space, random, options }: SamplerContext<A>) => {
  const { population, tournament, lag } = completeOptions(options);
  const members: Member<A>[] = [];
  let observed = 0;

  return {
    name: 'evolution',
    lag,
    propose(index: number): A {
      const seen = index - lag + 1;
      if (observed < seen) throw expected(`observations before proposal ${index}`, `at least ${seen}`, observed);
      const stream = random.child('proposal', index);
      const alive = index < population ? [] : aliveAt(members, seen, population);
      if (alive.length === 0) return space.sample(stream);
      return space.mutate(bestOf(alive, tournament, stream).architecture, stream);
    },
    observe({ proposal, architecture, value }: Observation<A>): void {
      if (proposal !== observed) throw expected('the next observation', `of proposal ${observed}`, proposal);
      observed++;
      if (value !== undefined) members.push({ proposal, architecture, value });
    },
  };
};

/** The last `population` members among the first `seen` proposals. */
function aliveAt<A>(members: readonly Member<A>[], seen: number, population: number): readonly Member<A>[] {
  let end = members.length;
  while (end > 0 && members[end - 1].proposal >= seen) end--;
  return members.slice(Math.max(0, end - population), end);
}

/** The best of `tournament` draws; of equals the one drawn first. */
function bestOf<A>(members: readonly Member<A>[], tournament: number, random: Random): Member<A> {
  let best = random.pick(members);
  for (let draw = 1; draw < tournament; draw++) {
    const rival = random.pick(members);
    if (rival.value > best.value) best = rival;
  }
  return best;
}

function completeOptions(options: JsonObject = {}): EvolutionOptions {
  const known = Object.keys(DEFAULTS);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownName('an option of the sampler evolution', name, known);
  }
  const population = wholeNumber('`population`', options.population ?? DEFAULTS.population, 1);
  return {
    population,
    tournament: wholeNumber(
      '`tournament`',
      options.tournament ?? Math.min(DEFAULTS.tournament, population),
      1,
      population,
    ),
    lag: wholeNumber('`lag`', options.lag ?? DEFAULTS.lag, 1),
  };
}
