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
  /** Encodings of the space. */
  readonly features: Features;
}

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
 * @returns a function of what has been seen and the iteration's own stream
 */
export function pools<A>(
  { space, pool }: SamplerContext<A>,
  { size, listed }: PoolOptions,
): (seen: readonly Observation<A>[], random: Random) => CandidatePool<A> {
  const enumerable = space.enumerate && (space.size ?? Number.POSITIVE_INFINITY) <= listed;
  let all: CandidatePool<A> | undefined;
  return (seen, random) => {
    if (pool || enumerable) {
      all ??= poolOf(space, pool ?? [...space.enumerate!()]);
      return all;
    }
    return poolOf(space, freshDraws(space, seen, size, random));
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

/** Architectures with their texts and encodings. */
export function poolOf<A>(space: SearchSpace<A>, architectures: readonly A[]): CandidatePool<A> {
  return { architectures, texts: architectures.map(space.format), features: encoded(space, architectures) };
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
