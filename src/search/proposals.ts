/**
 * Proposals in order, each made from exactly the observations that it needs, however many more are in: what a sampler knows when it
 * proposes does not depend on how many workers were quick, and replaying the ledger gives the same proposals.
 */
import type { Observation, Sampler } from '../contracts/sampler.js';

export interface Proposals {
  /** Whether proposal `index` may be made once the first `recorded` candidates have their values. */
  ready(index: number, recorded: number): boolean;
  propose(index: number): Promise<unknown>;
}

/** @param observe gives the outcome of a recorded proposal: what was evaluated, and its value, higher is better */
export function proposals(
  sampler: Sampler,
  observe: (proposal: number) => Pick<Observation, 'architecture' | 'value'>,
): Proposals {
  const seen: Observation[] = [];
  return {
    ready: (index, recorded) => sampler.needs(index) <= recorded,
    async propose(index) {
      const needed = sampler.needs(index);
      while (seen.length < needed) seen.push({ proposal: seen.length, ...observe(seen.length) });
      return sampler.propose(index, seen.slice(0, needed));
    },
  };
}
