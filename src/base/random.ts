/**
 * Seeded randomness. One seed a run; every use takes a named child stream, so that adding a draw in one place changes
 * nothing elsewhere, and a proposal's stream depends on its index, not on who was served first.
 *
 * Generator: xoshiro128** (Blackman & Vigna, 2018), state of 4×32 bits filled by SplitMix32 from a 32-bit hash.
 */
import { hash32 } from './hash.js';

/** A stream of random numbers. Streams of equal seeds give equal numbers on every machine. */
export interface Random {
  /** The next number in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** A whole number in [0, bound). */
  integer(bound: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** One of `items`. */
  pick<T>(items: readonly T[]): T;
  /** A new array: `items` in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** `count` different items in random order. */
  sample<T>(items: readonly T[], count: number): T[];
  /** A stream of its own, named; children of the same name and parent seed are equal, whatever was drawn before. */
  child(...path: readonly (string | number)[]): Random;
}

/** The stream of a seed (any finite number or string). */
export function random(seed: number | string): Random {
  return stream(String(seed));
}

function stream(path: string): Random {
  const next = xoshiro128(path);
  const self: Random = {
    uniform: () => next() / 4294967296,
    integer: (bound) => Math.floor((next() / 4294967296) * bound),
    normal: () => {
      const radius = Math.sqrt(-2 * Math.log(1 - self.uniform()));
      return radius * Math.cos(2 * Math.PI * self.uniform());
    },
    pick: (items) => items[self.integer(items.length)],
    shuffle: (items) => self.sample(items, items.length),
    sample: (items, count) => {
      const pool = [...items];
      for (let i = 0; i < count; i++) {
        const j = i + self.integer(pool.length - i);
        [pool[i], pool[j]] = [pool[j], pool[i]];
      }
      return pool.slice(0, count);
    },
    child: (...names) => stream([path, ...names].join('/')),
  };
  return self;
}

/** Whole numbers in [0, 2³²). */
function xoshiro128(path: string): () => number {
  let mix = hash32(path);
  const split = () => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) | 0;
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split();
  return () => {
    const scaled = Math.imul(b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}
