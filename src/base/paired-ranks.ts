/**
 * Two rankings of the same items, prepared once, so that rank correlations of many resamples are quick. A weight says how often an item
 * stands in a resample: its copies are tied in both rankings.
 */

export interface PairedRanks {
  /**
   * Kendall's τ-b. O(n log n).
   * @param weights how often each item counts, whole numbers of at least 0, [n]; default once
   * @returns NaN where fewer than two ranks differ in one of the lists, or a value is NaN
   */
  kendall(weights?: ArrayLike<number>): number;
  /** Spearman's ρ: Pearson's correlation of average ranks. O(n). */
  spearman(weights?: ArrayLike<number>): number;
}

/** @param a @param b of equal length; equal values are ties, infinite ones too */
export function pairedRanks(a: ArrayLike<number>, b: ArrayLike<number>): PairedRanks {
  const ranksOfA = denseRanks(a);
  const ranksOfB = denseRanks(b);
  const order = orderBy(ranksOfA);
  const once = new Uint8Array(a.length).fill(1);
  if (hasNaN(a) || hasNaN(b)) return { kendall: () => Number.NaN, spearman: () => Number.NaN };
  return {
    kendall: (weights = once) => kendall(order, ranksOfA, ranksOfB, weights),
    spearman: (weights = once) => spearman(ranksOfA, ranksOfB, weights),
  };
}

/** Each value's place among the different values, from 0. */
function denseRanks(values: ArrayLike<number>): Uint32Array {
  const order = orderBy(values);
  const ranks = new Uint32Array(values.length);
  for (let i = 1; i < order.length; i++) {
    ranks[order[i]] = ranks[order[i - 1]] + Number(values[order[i]] !== values[order[i - 1]]);
  }
  return ranks;
}

function orderBy(values: ArrayLike<number>): Uint32Array {
  // No difference: that of two infinite values is NaN.
  return Uint32Array.from(values, (_, i) => i).sort(
    (i, j) => Number(values[i] > values[j]) - Number(values[i] < values[j]),
  );
}

function hasNaN(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

/**
 * (concordant − discordant) / √((pairs − tied in a) (pairs − tied in b)). Items come in the order of a, those of one rank together; a
 * Fenwick tree holds the weight of what came before by its rank of b (Christensen, "Fast algorithms for the calculation of Kendall's τ",
 * Computational Statistics, 2005).
 */
function kendall(order: Uint32Array, ranksOfA: Uint32Array, ranksOfB: Uint32Array, weights: ArrayLike<number>): number {
  const before = new Float64Array(order.length + 1);
  const tiedInB = new Float64Array(order.length);
  let sum = 0;
  let tiedPairsOfA = 0;
  let total = 0;
  for (let start = 0; start < order.length; ) {
    let group = 0;
    let end = start;
    for (; end < order.length && ranksOfA[order[end]] === ranksOfA[order[start]]; end++) {
      const weight = weights[order[end]];
      if (weight === 0) continue;
      const rank = ranksOfB[order[end]];
      const notAbove = weightUpTo(before, rank);
      const below = rank === 0 ? 0 : weightUpTo(before, rank - 1);
      sum += weight * (below - (total - notAbove));
      group += weight;
    }
    for (; start < end; start++) {
      const weight = weights[order[start]];
      if (weight === 0) continue;
      addWeight(before, ranksOfB[order[start]], weight);
      tiedInB[ranksOfB[order[start]]] += weight;
    }
    tiedPairsOfA += pairsAmong(group);
    total += group;
  }
  const tiedPairsOfB = tiedInB.reduce((pairs, weight) => pairs + pairsAmong(weight), 0);
  const pairs = pairsAmong(total);
  return sum / Math.sqrt((pairs - tiedPairsOfA) * (pairs - tiedPairsOfB));
}

const pairsAmong = (count: number): number => (count * (count - 1)) / 2;

/** Fenwick tree: node i (from 1) holds the weight of the ranks i − (i & −i) … i − 1. */
function weightUpTo(tree: Float64Array, rank: number): number {
  let weight = 0;
  for (let node = rank + 1; node > 0; node &= node - 1) weight += tree[node];
  return weight;
}

function addWeight(tree: Float64Array, rank: number, weight: number): void {
  for (let node = rank + 1; node < tree.length; node += node & -node) tree[node] += weight;
}

function spearman(ranksOfA: Uint32Array, ranksOfB: Uint32Array, weights: ArrayLike<number>): number {
  const a = averageRanks(ranksOfA, weights);
  const b = averageRanks(ranksOfB, weights);
  let total = 0;
  for (let i = 0; i < ranksOfA.length; i++) total += weights[i];
  const mean = (total + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < ranksOfA.length; i++) {
    const fromA = a[ranksOfA[i]] - mean;
    const fromB = b[ranksOfB[i]] - mean;
    ab += weights[i] * fromA * fromB;
    aa += weights[i] * fromA * fromA;
    bb += weights[i] * fromB * fromB;
  }
  return ab / Math.sqrt(aa * bb);
}

/** By dense rank the average place, from 1, of the items that share it. */
function averageRanks(ranks: Uint32Array, weights: ArrayLike<number>): Float64Array {
  const places = new Float64Array(ranks.length);
  for (let i = 0; i < ranks.length; i++) places[ranks[i]] += weights[i];
  let before = 0;
  for (let rank = 0; rank < places.length; rank++) {
    const weight = places[rank];
    places[rank] = before + (weight + 1) / 2;
    before += weight;
  }
  return places;
}
