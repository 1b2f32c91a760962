/** What every sampler keeps, as tests for any runner. */
import { type Random, random } from '../base/random.js';
import type { JsonObject } from '../contracts/json.js';
import type { Sampler, SamplerFactory } from '../contracts/sampler.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { TestRunner } from './runner.js';

export interface SamplerConformanceOptions {
  /** Options of the sampler under test. */
  readonly options?: JsonObject;
  /** Proposals in one run, default 60. */
  readonly proposals?: number;
}

/** A workplace: how many proposals are open at once and how often the next one is made before an observation comes in. */
interface Workplace {
  readonly name: string;
  readonly workers: number;
  /** True: make another proposal now, although an observation could come in. */
  proposesFirst(random: Random): boolean;
}

const EAGER: Workplace = { name: 'many workers', workers: Number.POSITIVE_INFINITY, proposesFirst: () => true };
const WORKPLACES: readonly Workplace[] = [
  { name: 'one worker', workers: 1, proposesFirst: () => true },
  { name: 'two workers', workers: 2, proposesFirst: () => true },
  EAGER,
  { name: 'workers of changing speed', workers: 8, proposesFirst: (stream) => stream.uniform() < 0.5 },
];

/**
 * Registers the suite for a sampler on a space; both are made several times. Candidates get made-up values, and every fifth or so
 * fails.
 */
export function samplerConformance<A>(
  runner: TestRunner,
  factory: SamplerFactory,
  makeSpace: () => SearchSpace<A>,
  { options, proposals = 60 }: SamplerConformanceOptions = {},
): void {
  const { describe, it, expect } = runner;
  const space = makeSpace();
  const make = (seed: number | string): Sampler<A> => factory({ space, random: random(seed), options });
  const run = (seed: number | string, workplace: Workplace) => proposalsOf(make(seed), space, workplace, proposals);

  describe(`sampler ${make(0).name} on ${space.name}`, () => {
    it('names itself and lets at least one proposal be open', () => {
      const { name, lag } = make(0);
      expect(name.length).toBeGreaterThan(0);
      expect(lag === Number.POSITIVE_INFINITY || (Number.isInteger(lag) && lag >= 1)).toBe(true);
    });
    it('proposes architectures of the space', () => {
      for (const text of run('space', EAGER)) expect(space.format(space.parse(text))).toBe(text);
    });
    it('proposes the same for equal seeds, something else for others', () => {
      expect(run('a', EAGER)).toEqual(run('a', EAGER));
      expect(run('a', EAGER).join() === run('b', EAGER).join()).toBe(false);
    });
    for (const workplace of WORKPLACES) {
      it(`proposes the same with ${workplace.name}`, () => {
        expect(run('workers', workplace)).toEqual(run('workers', EAGER));
      });
    }
    it('takes no notice of other draws from its stream', () => {
      const stream = random('stream');
      const sampler = factory<A>({ space, random: stream, options });
      for (let i = 0; i < 10; i++) stream.uniform();
      expect(space.format(sampler.propose(0))).toBe(space.format(make('stream').propose(0)));
    });
    it('goes on from a replay as if it had never stopped', () => {
      const whole = run('replay', EAGER);
      for (const done of [1, 7, Math.floor(proposals / 2)]) {
        const sampler = make('replay');
        for (let i = 0; i < done; i++) sampler.observe(observationOf(space, whole[i], i));
        expect(proposalsOf(sampler, space, EAGER, proposals, done)).toEqual(whole.slice(done));
      }
    });
    it('goes on where every candidate fails', () => {
      const sampler = make('failures');
      for (let i = 0; i < proposals; i++) {
        const architecture = sampler.propose(i);
        expect(space.format(space.parse(space.format(architecture)))).toBe(space.format(architecture));
        sampler.observe({ proposal: i, architecture, value: undefined });
      }
    });
  });
}

/** Proposals from number `first` on, as text, with observations in the order of proposals. */
function proposalsOf<A>(
  sampler: Sampler<A>,
  space: SearchSpace<A>,
  { workers, proposesFirst }: Workplace,
  count: number,
  first = 0,
): string[] {
  const stream = random('workplace');
  const texts: string[] = [];
  let observed = first;
  for (let next = first; next < count; ) {
    const mayPropose = next - observed < Math.min(workers, sampler.lag);
    if (mayPropose && (observed === next || proposesFirst(stream))) {
      texts.push(space.format(sampler.propose(next)));
      next++;
    } else {
      sampler.observe(observationOf(space, texts[observed - first], observed));
      observed++;
    }
  }
  return texts;
}

/** A made-up value that the text alone decides. */
function observationOf<A>(space: SearchSpace<A>, text: string, proposal: number) {
  const stream = random(text);
  const value = stream.uniform() < 0.2 ? undefined : stream.uniform();
  return { proposal, architecture: space.parse(text), value };
}
