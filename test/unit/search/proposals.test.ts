import { describe, expect, test } from 'vitest';
import type { Sampler } from '../../../src/contracts/sampler.js';
import { proposals } from '../../../src/search/proposals.js';

/** Writes down what it is asked and told. */
function noting(lag: number): { readonly sampler: Sampler; readonly notes: string[] } {
  const notes: string[] = [];
  const sampler: Sampler = {
    name: 'noting',
    lag,
    propose: (index) => {
      notes.push(`propose ${index}`);
      return index;
    },
    observe: ({ proposal, value }) => void notes.push(`observe ${proposal}: ${value}`),
  };
  return { sampler, notes };
}

const observed = (proposal: number) => ({ architecture: proposal, value: proposal * 10 });

describe('proposals', () => {
  test('see exactly the observations up to their lag, however many are in', () => {
    const { sampler, notes } = noting(2);
    const proposer = proposals(sampler, observed);
    expect(proposer.ready(1, 0)).toBe(true);
    expect(proposer.ready(2, 0)).toBe(false);
    expect(proposer.ready(2, 1)).toBe(true);
    for (let index = 0; index < 4; index++) proposer.propose(index);
    expect(notes).toEqual(['propose 0', 'propose 1', 'observe 0: 0', 'propose 2', 'observe 1: 10', 'propose 3']);
  });

  test('go on after a replay with what they would have seen', () => {
    const { sampler, notes } = noting(1);
    proposals(sampler, observed).propose(3);
    expect(notes).toEqual(['observe 0: 0', 'observe 1: 10', 'observe 2: 20', 'propose 3']);
  });

  test('of a sampler that does not learn are always ready and see nothing', () => {
    const { sampler, notes } = noting(Number.POSITIVE_INFINITY);
    const proposer = proposals(sampler, observed);
    expect(proposer.ready(1_000_000, 0)).toBe(true);
    proposer.propose(100);
    expect(notes).toEqual(['propose 100']);
  });
});
