/** What a weak predictor ranks: the whole space where it can be listed, else a fresh pool for every iteration. */
import type { Random } from '../base/random.js';
import type { Features } from '../contracts/predictor.js';
import type { Observation, SamplerContext } from '../contracts/sampler.js';
import type { SearchSpace } from '../contracts/search-space.js';

/** Architectures with what a predictor sees of them. */
export interface CandidatePool<A> {
  readonly architectures: readonly A[];
  /** Official texts. */
  readonly texts: readonly string[];
  /** Of the architectures. */
  readonly features: Features;
  /** The features of others, in the same units. */
  describe(architectures: readonly A[]): Features;
}

/** Architectures as a pool. */
export type MakePool<A> = (architectures: readonly A[]) => CandidatePool<A>;

export interface PoolOptions {
  /** Architectures in a fresh pool. */
  readonly size: number;
  /** Spaces of at most this size are listed whole. */
  readonly listed: number;
}

/** Mutants in a fresh pool: a tenth of it are children of the best so far, since a uniform pool holds few good architectures. */
const MUTANTS = 0.1;
const PARENTS = 10;

/**
 * The pool of one iteration: always the same where everything is listed.
 * @param make describes architectures as the strategy's predictors want them
 * @returns a function of what has been seen and the iteration's own stream
 */
export function pools<A>(
  { space, pool }: SamplerContext<A>,
  { size, listed }: PoolOptions,
  make: MakePool<A>,
): (seen: readonly Observation<A>[], random: Random) => CandidatePool<A> {
  const enumerable = space.enumerate && (space.size ?? Number.POSITIVE_INFINITY) <= listed;
  let all: CandidatePool<A> | undefined;
  return (seen, random) => {
    if (pool || enumerable) {
      all ??= make(pool ?? [...space.enumerate!()]);
      return all;
    }
    return make(freshDraws(space, seen, size, random));
  };
}

function freshDraws<A>(space: SearchSpace<A>, seen: readonly Observation<A>[], size: number, random: Random): A[] {
  const parents = seen
    .filter(({ value }) => value !== undefined)
    .sort((a, b) => b.value! - a.value!)
    .slice(0, PARENTS);
  const mutants = parents.length > 0 ? Math.floor(size * MUTANTS) : 0;
  const draws = new Map<string, A>();
  for (let i = 0; i < size; i++) {
    const parent = parents[i % Math.max(1, parents.length)];
    const draw = i < mutants ? space.mutate(parent.architecture, random) : space.sample(random);
    draws.set(space.format(draw), draw);
  }
  return [...draws.values()];
}

/** Architectures described by the space's encodings. */
export function encodedPool<A>(space: SearchSpace<A>): MakePool<A> {
  return (architectures) => ({
    architectures,
    texts: architectures.map(space.format),
    features: encoded(space, architectures),
    describe: (others) => encoded(space, others),
  });
}

/** Encodings, [architectures, encodingLength]. */
export function encoded<A>(space: SearchSpace<A>, architectures: readonly A[]): Features {
  const width = space.encodingLength;
  const values = new Float32Array(architectures.length * width);
  architectures.forEach((architecture, row) => {
    values.set(space.encode(architecture), row * width);
  });
  return { count: architectures.length, width, values };
}
