/**
 * An independent judge of which cells are the same: it knows nothing of expressions, liveness or keys. It runs cells on numbers.
 *
 * A tensor is a pair of 32-bit words (two independent lanes, so that chance collisions have odds of about 2⁻⁶⁴); sums are sums
 * modulo 2³². A function with weights is a hash of its input and its weight; all functions map zero to zero. An edge whose weight
 * can be changed without changing the result has no say in it. The others are given the weights 0, 1, 2, … of their kind in every
 * order: two cells are the same up to the renaming of weights if and only if they can reach the same results, so the least
 * result over all orders names the class.
 */
import type { Genotype, Operation } from '../../../search-spaces/nas-bench-201/genotype.js';
import type { EquivalenceView } from '../../../src/contracts/search-space.js';

/** Which operations are functions of their own on every edge; the others are one function wherever they occur. */
export interface OracleRules {
  readonly ownConvolutions: boolean;
  readonly ownPools: boolean;
}

/** The rules of the shipped equivalence. */
export const SHIPPED: OracleRules = { ownConvolutions: true, ownPools: false };

const SOURCES = [0, 0, 1, 0, 1, 2];
const TARGETS = [1, 2, 2, 3, 3, 3];
const INPUT = [0x1e3779b9, 0x7f4a7c15];
/** Functions are numbered; each kind has eight weights, of which the last is for trying whether a weight matters. */
const KINDS: { readonly [K in Operation]?: number } = { nor_conv_3x3: 0, nor_conv_1x1: 8, avg_pool_3x3: 16 };
const TRIAL = 7;
const RELU = 24;
const LANE = 64;

type Result = readonly [number, number];

/** The class of a cell, exhaustive over the orders of weights. */
export function oracleName(genotype: Genotype, view: EquivalenceView, rules: OracleRules = SHIPPED): string {
  const run = (weights: readonly number[]) => evaluate(genotype, weights, view);
  const first = genotype.map((operation) => KINDS[operation] ?? 0);
  const own = genotype.map((operation) =>
    operation === 'avg_pool_3x3' ? rules.ownPools : operation.startsWith('nor_conv') && rules.ownConvolutions,
  );
  const base = first.map((weight, edge) => (own[edge] ? weight + edge : weight));
  const matters = own.map((is, edge) => is && String(run(base)) !== String(run(base.with(edge, first[edge] + TRIAL))));

  const weights = [...first];
  let least: Result | undefined;
  const assign = (edge: number, used: number): void => {
    if (edge === first.length) {
      const result = run(weights);
      if (least === undefined || isLess(result, least)) least = result;
    } else if (matters[edge]) {
      const count = first.filter((kind, other) => matters[other] && kind === first[edge]).length;
      for (let weight = first[edge]; weight < first[edge] + count; weight++) {
        if (used & (1 << weight)) continue;
        weights[edge] = weight;
        assign(edge + 1, used | (1 << weight));
      }
    } else {
      assign(edge + 1, used);
    }
  };
  assign(0, 0);
  return String(least);
}

const isLess = (a: Result, b: Result): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

/** What a view sees of a cell, both lanes, under one way of giving weights to edges. */
function evaluate(genotype: Genotype, weights: readonly number[], view: EquivalenceView): Result {
  const lane = (index: number): number => {
    const nodes = [INPUT[index], 0, 0, 0];
    let reluInputs = 0;
    for (let edge = 0; edge < weights.length; edge++) {
      const operation = genotype[edge];
      if (operation === 'none') continue;
      const read = nodes[SOURCES[edge]];
      // A sum of hashes stands for the multiset; zero is hashed too, so that a ReLU that reads zero counts.
      if (operation.startsWith('nor_conv')) reluInputs = (reluInputs + mix(read, LANE * index + RELU)) | 0;
      const written = operation === 'skip_connect' || read === 0 ? read : mix(read, LANE * index + weights[edge]);
      nodes[TARGETS[edge]] = (nodes[TARGETS[edge]] + written) | 0;
    }
    return view === 'function' ? nodes[3] : mix(nodes[3], reluInputs);
  };
  return [lane(0), lane(1)];
}

/** A hash of a word, one for each key. */
function mix(value: number, key: number): number {
  let h = value ^ Math.imul(key + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul((h ^ (h >>> 13)) + Math.imul(key, 0x27d4eb2f), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
