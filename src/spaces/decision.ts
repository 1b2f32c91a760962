/**
 * Decisions: what an architecture is made of when it is chosen part by part. There are three kinds, and each may stand inside the others:
 * one of several options, several decisions side by side, and one decision made again and again.
 *
 * Whatever a search space does with genotypes (draw, list, change, encode, write, read) is done by each kind for itself, so that a space
 * needs no code of its own for it.
 */
import type { Random } from '../base/random.js';
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

/** The neighbours of a value, in their order. */
export function neighboursOf<T>(decision: Decision<T>, value: T): T[] {
  return Array.from({ length: decision.neighbourCount(value) }, (_, i) => decision.neighbour(value, i));
}

/** One of the neighbours, each equally likely; the value itself where there are none. */
export function mutantOf<T>(decision: Decision<T>, value: T, random: Random): T {
  const count = decision.neighbourCount(value);
  return count === 0 ? value : decision.neighbour(value, random.integer(count));
}

/** float32 [encodingLength] */
export function encodingOf<T>(decision: Decision<T>, value: T): Float32Array {
  const features = new Float32Array(decision.encodingLength);
  decision.encode(value, features, 0);
  return features;
}
