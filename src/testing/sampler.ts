/** What every sampler keeps, as tests for any runner. */
import { random } from '../base/random.js';
import type { JsonObject } from '../contracts/json.js';
import type { Sampler, SamplerContext, SamplerFactory } from '../contracts/sampler.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { TestRunner } from './runner.js';

export interface SamplerConformanceOptions<A> {
  /** Options of the sampler under test. */
  readonly options?: JsonObject;
  /** Proposals in one run, default 60. */
  readonly proposals?: number;
  /** What else the sampler is given: a pool, predictors, cheap knowledge. */
  readonly context?: Partial<SamplerContext<A>>;
  /** Whether its proposals depend on the seed. Default true. */
  readonly seeded?: boolean;
}

/**
 * Registers the suite for a sampler on a space; both are made several times. Candidates get made-up values, and every fifth or so
 * fails.
 */
export function samplerConformance<A>(
  runner: TestRunner,
  factory: SamplerFactory,
  makeSpace: () => SearchSpace<A>,
  { options, proposals = 60, context = {}, seeded = true }: SamplerConformanceOptions<A> = {},
): void {
  const { describe, it, expect } = runner;
  const space = makeSpace();
  const make = (seed: number | string): Sampler<A> => factory({ space, random: random(seed), options, ...context });
  const run = (seed: number | string, count = proposals) => proposalsOf(make(seed), space, count);

  describe(`sampler ${make(0).name} on ${space.name}`, () => {
    it('needs observations of earlier proposals only, and never fewer for later ones', () => {
      const { name, needs } = make(0);
      expect(name.length).toBeGreaterThan(0);
      for (let i = 0; i < 1000; i++) {
        expect(Number.isInteger(needs(i)) && needs(i) >= 0 && needs(i) <= i).toBe(true);
        expect(needs(i + 1) >= needs(i)).toBe(true);
      }
    });
    it('proposes architectures of the space', async () => {
      for (const text of await run('space')) expect(space.format(space.parse(text))).toBe(text);
    });
    it(`proposes the same for equal seeds${seeded ? ', something else for others' : ' and others'}`, async () => {
      const first = await run('a');
      expect(await run('a')).toEqual(first);
      expect((await run('b')).join() === first.join()).toBe(!seeded);
    });
    it('takes no notice of other draws from its stream', async () => {
      const stream = random('stream');
      const sampler = factory<A>({ space, random: stream, options, ...context });
      for (let i = 0; i < 10; i++) stream.uniform();
      expect(space.format(await sampler.propose(0, []))).toBe(space.format(await make('stream').propose(0, [])));
    });
    it('goes on from the observations alone as if it had never stopped', async () => {
      const whole = await run('replay');
      for (const done of [1, 7, Math.floor(proposals / 2)]) {
        expect(await proposalsOf(make('replay'), space, proposals, whole.slice(0, done))).toEqual(whole);
      }
    });
    it('goes on where every candidate fails', async () => {
      for (const text of await proposalsOf(make('failures'), space, proposals, [], () => undefined)) {
        expect(space.format(space.parse(text))).toBe(text);
      }
    });
  });
}

/** All proposals as text, those in `done` taken as made. */
async function proposalsOf<A>(
  sampler: Sampler<A>,
  space: SearchSpace<A>,
  count: number,
  done: readonly string[] = [],
  outcomeOf: (text: string) => number | undefined = madeUpValue,
): Promise<string[]> {
  const texts = [...done];
  while (texts.length < count) {
    const seen = texts.slice(0, sampler.needs(texts.length)).map((text, proposal) => ({
      proposal,
      architecture: space.parse(text),
      value: outcomeOf(text),
    }));
    texts.push(space.format(await sampler.propose(texts.length, seen)));
  }
  return texts;
}

/** That the text alone decides. */
function madeUpValue(text: string): number | undefined {
  const stream = random(text);
  return stream.uniform() < 0.2 ? undefined : stream.uniform();
}
