/**
 * Proposals in order. Observation j reaches the sampler right before proposal j + lag, never earlier: what a sampler knows when it
 * proposes does not depend on how many workers were quick, and replaying the ledger gives the same proposals.
 */
import type { Sampler } from '../contracts/sampler.js';

export interface Proposals {
  /** Whether proposal `index` may be made once the first `recorded` candidates have their scores. */
  ready(index: number, recorded: number): boolean;
  propose(index: number): unknown;
}

/** A scored candidate as a sampler sees it. */
export interface Observed {
  readonly architecture: unknown;
  /** Higher is better; undefined where it failed. */
  readonly value: number | undefined;
}

/** @param observed gives the outcome of a recorded proposal */
export function proposals(sampler: Sampler, observed: (proposal: number) => Observed): Proposals {
  let next = 0;
  return {
    ready: (index, recorded) => index - sampler.lag < recorded,
    propose(index) {
      for (; next <= index - sampler.lag; next++) sampler.observe({ proposal: next, ...observed(next) });
      return sampler.propose(index);
    },
  };
}
