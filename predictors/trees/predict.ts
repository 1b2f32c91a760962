/**
 * What a forest says of many rows. They go down each tree together, as lists that every node parts in two: a row that walks alone waits
 * for a mispredicted branch at almost every node.
 */
import type { Features } from '../../src/contracts/predictor.js';
import type { Forest } from './forest.js';

/** Rows that go together. */
const BLOCK = 4096;

/**
 * Adds what every tree says of every row.
 * @param sums [count] @param squares [count], of the squares, where they are wanted
 */
export function addTrees(forest: Forest, features: Features, sums: Float64Array, squares?: Float64Array): void {
  const ranks = new ThresholdRanks(forest, features.width);
  const size = Math.min(BLOCK, features.count);
  const block: Block = {
    size,
    ranks: new Uint16Array(features.width * size),
    rows: new Int32Array(size),
    other: new Int32Array(size),
    first: 0,
  };
  for (let start = 0; start < features.count; start += BLOCK) {
    const used = Math.min(size, features.count - start);
    block.first = start;
    ranks.read(features, start, used, block.ranks, size);
    for (const root of forest.roots) {
      for (let row = 0; row < used; row++) block.rows[row] = row;
      descend(forest, ranks.ofNode, block, root, 0, used, sums, squares);
    }
  }
}

interface Block {
  readonly size: number;
  /** Rank of each feature among the thresholds, [width, size]. */
  readonly ranks: Uint16Array;
  /** Rows of the block, those of one node side by side. */
  readonly rows: Int32Array;
  readonly other: Int32Array;
  /** Row that the block begins with. */
  first: number;
}

function descend(
  forest: Forest,
  nodeRanks: Int32Array,
  block: Block,
  node: number,
  start: number,
  end: number,
  sums: Float64Array,
  squares: Float64Array | undefined,
): void {
  const next = forest.left[node];
  if (next === 0) {
    const value = forest.value[node];
    for (let i = start; i < end; i++) sums[block.first + block.rows[i]] += value;
    if (squares !== undefined) for (let i = start; i < end; i++) squares[block.first + block.rows[i]] += value * value;
    return;
  }
  const middle = part(block, forest.feature[node] * block.size, nodeRanks[node], start, end);
  if (middle > start) descend(forest, nodeRanks, block, next, start, middle, sums, squares);
  if (end > middle) descend(forest, nodeRanks, block, next + 1, middle, end, sums, squares);
}

/** Puts the rows whose rank is above `most` behind the others, without a branch. @returns where they begin */
function part({ ranks, rows, other }: Block, offset: number, most: number, start: number, end: number): number {
  let middle = start;
  let moved = 0;
  for (let i = start; i < end; i++) {
    const row = rows[i];
    const right = (most - ranks[offset + row]) >>> 31;
    rows[middle] = row;
    other[moved] = row;
    middle += 1 - right;
    moved += right;
  }
  for (let i = 0; i < moved; i++) rows[middle + i] = other[i];
  return middle;
}

/** Thresholds of each feature in order: comparing with one is comparing whole numbers. */
class ThresholdRanks {
  /** For each inner node how many thresholds of its feature are below its own: a row of at most this rank goes left. */
  readonly ofNode: Int32Array;
  private readonly thresholds: readonly Float64Array[];

  constructor({ nodes, left, feature, threshold }: Forest, width: number) {
    const all = Array.from({ length: width }, () => new Set<number>());
    for (let node = 0; node < nodes; node++) if (left[node] !== 0) all[feature[node]].add(threshold[node]);
    this.thresholds = all.map((values) => Float64Array.from(values).sort());
    this.ofNode = new Int32Array(nodes);
    for (let node = 0; node < nodes; node++) {
      if (left[node] !== 0) this.ofNode[node] = countBelow(this.thresholds[feature[node]], threshold[node]);
    }
  }

  /** Ranks of `used` rows, [width, size]. */
  read({ width, values }: Features, start: number, used: number, ranks: Uint16Array, size: number): void {
    this.thresholds.forEach((thresholds, feature) => {
      if (thresholds.length === 0) return;
      for (let row = 0, i = start * width + feature; row < used; row++, i += width) {
        ranks[feature * size + row] = countBelow(thresholds, values[i]);
      }
    });
  }
}

/** How many of the sorted values are below this one. */
function countBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
