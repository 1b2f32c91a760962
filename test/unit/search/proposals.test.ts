import { describe, expect, test } from 'vitest';
import type { FitReport, Sampler } from '../../../src/contracts/sampler.js';
import { proposals } from '../../../src/search/proposals.js';

/** Writes down what it is asked and told; proposal i needs the observations up to i − lag. */
function noting(lag: number): { readonly make: () => Sampler; readonly notes: string[] } {
  const notes: string[] = [];
  const sampler: Sampler = {
    name: 'noting',
    needs: (index) => Math.max(0, index - lag + 1),
    propose: (index, seen) => {
      notes.push(`${index} from ${seen.map(({ proposal, value }) => `${proposal}:${value}`).join()}`);
      return index;
    },
  };
  return { make: () => sampler, notes };
}

const observed = (proposal: number) => ({ architecture: proposal, value: proposal * 10 });

describe('proposals', () => {
  test('see exactly the observations that they need, however many are in', async () => {
    const { make, notes } = noting(2);
    const proposer = proposals(make, observed);
    expect(proposer.ready(1, 0)).toBe(true);
    expect(proposer.ready(2, 0)).toBe(false);
    expect(proposer.ready(2, 1)).toBe(true);
    for (let index = 0; index < 4; index++) expect(await proposer.propose(index)).toBe(index);
    expect(notes).toEqual(['0 from ', '1 from ', '2 from 0:0', '3 from 0:0,1:10']);
  });

  test('go on after a replay with what they would have seen', async () => {
    const { make, notes } = noting(1);
    await proposals(make, observed).propose(3);
    expect(notes).toEqual(['3 from 0:0,1:10,2:20']);
  });

  test('of a sampler that does not learn are always ready and see nothing', async () => {
    const { make, notes } = noting(Number.POSITIVE_INFINITY);
    const proposer = proposals(make, observed);
    expect(proposer.ready(1_000_000, 0)).toBe(true);
    await proposer.propose(100);
    expect(notes).toEqual(['100 from ']);
  });

  test('hand on what the sampler reports with what it saw', async () => {
    const fit = { iteration: 1, predictor: 'p', labels: 2, ranked: 3, proposals: [] };
    const make = (report: (fit: FitReport) => void): Sampler => ({
      name: 'reporting',
      needs: (index) => index,
      propose: () => report(fit),
    });
    const heard: unknown[] = [];
    await proposals(make, observed, (report, seen) => heard.push([report, seen.length])).propose(2);
    expect(heard).toEqual([[fit, 2]]);
  });
});
