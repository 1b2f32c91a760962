/**
 * Decisions: what an architecture is made of when it is chosen part by part. There are three kinds, and each may stand inside the others:
 * one of several options, several decisions side by side, and one decision made again and again.
 *
 * Whatever a search space does with genotypes (draw, list, change, encode, write, read) is done by each kind for itself, so that a space
 * needs no code of its own for it.
 */
import type { Random } from '../base/random.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { TextReader } from './text-reader.js';

export interface Decision<T> {
  /** How many values there are. */
  readonly size: number;
  /** The value of this number, 0 … size − 1; exact while `size` is below 2⁵³. */
  at(index: number): T;
  /** A uniform draw. */
  sample(random: Random): T;
  /** How many values differ from this one by one change: another option, or one repetition more or fewer at the end. */
  neighbourCount(value: T): number;
  /** The neighbour of this number, 0 … neighbourCount − 1, as a copy. */
  neighbour(value: T, index: number): T;
  readonly encodingLength: number;
  /** Writes `encodingLength` features from `start` on; `features` holds zeros there. */
  encode(value: T, features: Float32Array, start: number): void;
  format(value: T): string;
  /** @throws NascentError `usage` */
  read(text: TextReader): T;
}

/** Larger spaces are not listed, though the order of their architectures is known. */
const LISTED = 100_000_000;

type DecisionMethods<A> = Pick<
  SearchSpace<A>,
  'sample' | 'mutate' | 'neighbours' | 'enumerate' | 'encode' | 'encodingLength'
> &
  Required<Pick<SearchSpace<A>, 'size'>>;

/**
 * What of a search space follows from its decisions alone. A mutation is one of the neighbours, each equally likely; an architecture that has
 * none stays as it is.
 */
export function decisionMethods<A>(decision: Decision<A>): DecisionMethods<A> {
  return {
    size: decision.size,
    sample: decision.sample,
    mutate(architecture, random) {
      const count = decision.neighbourCount(architecture);
      return count === 0 ? architecture : decision.neighbour(architecture, random.integer(count));
    },
    neighbours: (architecture) => neighboursOf(decision, architecture),
    ...(decision.size <= LISTED && { enumerate: () => listed(decision) }),
    encode: (architecture) => encodingOf(decision, architecture),
    encodingLength: decision.encodingLength,
  };
}

function* listed<A>(decision: Decision<A>): Generator<A> {
  for (let index = 0; index < decision.size; index++) yield decision.at(index);
}

/** The neighbours of a value, in their order. */
export function neighboursOf<A>(decision: Decision<A>, value: A): A[] {
  return Array.from({ length: decision.neighbourCount(value) }, (_, i) => decision.neighbour(value, i));
}

/** float32 [encodingLength] */
export function encodingOf<A>(decision: Decision<A>, value: A): Float32Array {
  const features = new Float32Array(decision.encodingLength);
  decision.encode(value, features, 0);
  return features;
}
