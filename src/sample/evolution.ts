/**
 * Regularised evolution (Real et al., AAAI 2019): the best of a few members drawn from the population is mutated once; the child
 * joins the population and the oldest member leaves it, however good it is.
 */
import { wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
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
type Member<A> = Observation<A> & { readonly value: number };

/**
 * Failed candidates join no population. While nothing that proposal i may see has succeeded, it is a uniform draw.
 * @throws NascentError of code 'usage' for an unknown option or a value out of range.
 */
export const evolutionSampler: SamplerFactory = <A>({ space, random, options }: SamplerContext<A>) => {
  const { population, tournament, lag } = completeOptions(options);
  return {
    name: 'evolution',
    needs: (index) => Math.max(0, index - lag + 1),
    propose(index: number, seen: readonly Observation<A>[]): A {
      const stream = random.child('proposal', index);
      const alive = index < population ? [] : lastSuccesses(seen, population);
      if (alive.length === 0) return space.sample(stream);
      return space.mutate(bestOf(alive, tournament, stream).architecture, stream);
    },
  };
};

/** The youngest `population` members, oldest first. */
export function lastSuccesses<A>(seen: readonly Observation<A>[], population: number): Member<A>[] {
  const members: Member<A>[] = [];
  for (let i = seen.length - 1; i >= 0 && members.length < population; i--) {
    const observation = seen[i];
    if (isMember(observation)) members.push(observation);
  }
  return members.reverse();
}

function isMember<A>(observation: Observation<A>): observation is Member<A> {
  return observation.value !== undefined;
}

/** The best of `tournament` draws; of equals the one drawn first. */
export function bestOf<A>(members: readonly Member<A>[], tournament: number, random: Random): Member<A> {
  let best = random.pick(members);
  for (let draw = 1; draw < tournament; draw++) {
    const rival = random.pick(members);
    if (rival.value > best.value) best = rival;
  }
  return best;
}

function completeOptions(options: JsonObject = {}): EvolutionOptions {
  knownOptions('an option of the sampler evolution', options, Object.keys(DEFAULTS));
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
