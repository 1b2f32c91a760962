/**
 * Growing regression trees (Breiman et al., Classification and Regression Trees, 1984, chapter 8) that lower the squared error, on binned
 * columns: one pass over a node's samples for each column, one over its occupied bins.
 */
import type { Random } from '../../src/base/random.js';
import { type BinnedColumns, MOST_BINS } from './bins.js';
import type { Forest } from './forest.js';

export interface GrowOptions {
  /** Splits on the way to any leaf, at most. */
  readonly depth: number;
  /** Leaves of a tree, at most; those that gain most are split first. */
  readonly leaves: number;
  /** Weight of samples in a leaf, at least. */
  readonly leaf: number;
  /** λ, added to the weight of a leaf: its value is Σwy / (Σw + λ). */
  readonly penalty: number;
  /** Columns that are looked at for one split, drawn anew for each; all, in their order, where there is no `random`. */
  readonly columns: number;
  readonly random?: Random;
  /** Factor of what leaves predict. */
  readonly shrinkage: number;
}

/** A leaf of the growing tree. */
interface Leaf {
  readonly node: number;
  /** Its samples are those from here … */
  readonly start: number;
  /** … to before here. */
  readonly end: number;
  readonly depth: number;
  readonly weight: number;
  readonly sum: number;
  /** Columns that are not known to be constant in it. */
  readonly columns: number[];
  /** The split that is best for it. */
  split: Split | undefined;
}

interface Split {
  /** Index among the binned columns. */
  readonly column: number;
  /** The greatest bin that goes left. */
  readonly bin: number;
  readonly threshold: number;
  /** What the squared error is lowered by. */
  readonly gain: number;
  readonly leftWeight: number;
  readonly leftSum: number;
}

/** Of splits that gain the same but for rounding, the one looked at first is taken. */
const CLEARLY = 1 + 1e-9;

/** Grows trees on the same columns; buffers are made once. */
export class Grower {
  /** Samples in the order of the leaves that they are in. */
  private readonly rows: Int32Array;
  private readonly other: Int32Array;
  /** Weights, and weights times targets, of the samples of the node that is looked at. */
  private readonly nodeWeights: Float64Array;
  private readonly nodeSums: Float64Array;
  private readonly binWeights = new Float64Array(MOST_BINS);
  private readonly binSums = new Float64Array(MOST_BINS);
  /** A bit for each bin that holds a sample. */
  private readonly occupied = new Int32Array(MOST_BINS / 32);
  private targets: Float64Array = new Float64Array(0);
  private weights: Float64Array = new Float64Array(0);
  private leastGain = 0;

  constructor(
    private readonly data: BinnedColumns,
    private readonly options: GrowOptions,
  ) {
    this.rows = new Int32Array(data.count);
    this.other = new Int32Array(data.count);
    this.nodeWeights = new Float64Array(data.count);
    this.nodeSums = new Float64Array(data.count);
  }

  /**
   * Adds one tree to the forest.
   * @param targets [count] @param weights [count]; samples of weight 0 are left out
   * @param fitted [count], to which what the tree predicts of its own samples is added, where given
   */
  grow(forest: Forest, targets: Float64Array, weights: Float64Array, fitted?: Float64Array): void {
    this.targets = targets;
    this.weights = weights;
    const open = [this.rootLeaf(forest)];
    const done: Leaf[] = [];
    while (open.length > 0) {
      const leaf = this.takeNext(open);
      if (leaf.split === undefined || open.length + done.length + 2 > this.options.leaves) done.push(leaf);
      else open.push(...this.divide(forest, leaf, leaf.split));
    }
    for (const { node, start, end, weight, sum } of done) {
      const value = (this.options.shrinkage * sum) / (weight + this.options.penalty);
      forest.value[node] = value;
      if (fitted !== undefined) for (let i = start; i < end; i++) fitted[this.rows[i]] += value;
    }
  }

  private rootLeaf(forest: Forest): Leaf {
    let used = 0;
    let weight = 0;
    let sum = 0;
    let squares = 0;
    for (let row = 0; row < this.data.count; row++) {
      if (this.weights[row] === 0) continue;
      this.rows[used++] = row;
      weight += this.weights[row];
      sum += this.weights[row] * this.targets[row];
      squares += this.weights[row] * this.targets[row] ** 2;
    }
    // Less than this is rounding.
    this.leastGain = 1e-12 * squares;
    const node = forest.add(1);
    forest.roots.push(node);
    const columns = Array.from(this.data.features, (_, column) => column);
    return this.leaf(node, 0, used, 0, weight, sum, columns);
  }

  private leaf(
    node: number,
    start: number,
    end: number,
    depth: number,
    weight: number,
    sum: number,
    columns: number[],
  ): Leaf {
    const leaf: Leaf = { node, start, end, depth, weight, sum, columns, split: undefined };
    const mayDivide = depth < this.options.depth && end - start > 1 && weight >= 2 * this.options.leaf;
    if (mayDivide) leaf.split = this.bestSplit(leaf);
    return leaf;
  }

  /** The leaf that gains most where their number is bounded, else the last. */
  private takeNext(open: Leaf[]): Leaf {
    if (this.options.leaves === Number.POSITIVE_INFINITY) return open.pop()!;
    let best = 0;
    for (let i = 1; i < open.length; i++) if ((open[i].split?.gain ?? 0) > (open[best].split?.gain ?? 0)) best = i;
    return open.splice(best, 1)[0];
  }

  private divide(forest: Forest, leaf: Leaf, split: Split): [Leaf, Leaf] {
    const { node, start, end, columns } = leaf;
    const { column, bin, leftWeight, leftSum } = split;
    const middle = this.partition(start, end, column, bin);
    const left = forest.add(2);
    forest.feature[node] = this.data.features[column];
    forest.threshold[node] = split.threshold;
    forest.left[node] = left;
    const depth = leaf.depth + 1;
    return [
      this.leaf(left, start, middle, depth, leftWeight, leftSum, columns.slice()),
      this.leaf(left + 1, middle, end, depth, leaf.weight - leftWeight, leaf.sum - leftSum, columns),
    ];
  }

  /** Puts the samples that go left before the others, each side in its order. @returns where the others begin */
  private partition(start: number, end: number, column: number, bin: number): number {
    const { rows, other, data } = this;
    const offset = column * data.count;
    let middle = start;
    let moved = 0;
    for (let i = start; i < end; i++) {
      const row = rows[i];
      if (data.bins[offset + row] <= bin) rows[middle++] = row;
      else other[moved++] = row;
    }
    for (let i = 0; i < moved; i++) rows[middle + i] = other[i];
    return middle;
  }

  /** Also takes columns that turn out to be constant out of the leaf's list. */
  private bestSplit(leaf: Leaf): Split | undefined {
    const { random, columns: enough } = this.options;
    const { start, end, columns } = leaf;
    this.readNode(start, end);
    let split: Split | undefined;
    let looked = 0;
    let i = 0;
    for (; i < columns.length && looked < enough; i++) {
      if (random) swap(columns, i, i + random.integer(columns.length - i));
      const column = columns[i];
      // One that is constant does not count among those looked at.
      if (!this.countColumn(column, start, end)) continue;
      columns[looked++] = column;
      split = this.betterSplit(leaf, column, split);
    }
    columns.splice(looked, i - looked);
    return split;
  }

  private readNode(start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const row = this.rows[i];
      this.nodeWeights[i - start] = this.weights[row];
      this.nodeSums[i - start] = this.weights[row] * this.targets[row];
    }
  }

  /** Weights and sums of every bin that holds samples. @returns whether several do; where only one does, nothing is left behind */
  private countColumn(column: number, start: number, end: number): boolean {
    return this.data.sizes[column] === 2 ? this.countBinary(column, start, end) : this.countBins(column, start, end);
  }

  /** Of a column of two bins, without waiting for one addition to the same bin after the other. */
  private countBinary(column: number, start: number, end: number): boolean {
    const { rows, nodeWeights, nodeSums, binWeights, binSums } = this;
    const { bins, count } = this.data;
    const offset = column * count;
    let samples = 0;
    let weight = 0;
    let sum = 0;
    let weightAbove = 0;
    let sumAbove = 0;
    for (let i = 0; i < end - start; i++) {
      const bin = bins[offset + rows[start + i]];
      samples += bin;
      weight += nodeWeights[i];
      sum += nodeSums[i];
      weightAbove += bin * nodeWeights[i];
      sumAbove += bin * nodeSums[i];
    }
    if (samples === 0 || samples === end - start) return false;
    binWeights[0] = weight - weightAbove;
    binSums[0] = sum - sumAbove;
    binWeights[1] = weightAbove;
    binSums[1] = sumAbove;
    this.occupied[0] = 3;
    return true;
  }

  private countBins(column: number, start: number, end: number): boolean {
    const { rows, nodeWeights, nodeSums, binWeights, binSums, occupied } = this;
    const { bins, count } = this.data;
    const offset = column * count;
    const first = bins[offset + rows[start]];
    let varies = false;
    for (let i = 0; i < end - start; i++) {
      const bin = bins[offset + rows[start + i]];
      if (bin !== first) varies = true;
      occupied[bin >> 5] |= 1 << (bin & 31);
      binWeights[bin] += nodeWeights[i];
      binSums[bin] += nodeSums[i];
    }
    if (varies) return true;
    occupied[first >> 5] = 0;
    binWeights[first] = 0;
    binSums[first] = 0;
    return false;
  }

  /** Goes through the occupied bins in order, leaves them empty, and keeps the best place to cut. */
  private betterSplit(leaf: Leaf, column: number, best: Split | undefined): Split | undefined {
    const { binWeights, binSums, occupied } = this;
    const { leaf: least, penalty } = this.options;
    const words = (this.data.sizes[column] + 31) >> 5;
    const whole = leaf.sum ** 2 / (leaf.weight + penalty);
    let gain = best?.gain ?? this.leastGain;
    let cut = -1;
    let after = -1;
    let leftWeight = 0;
    let leftSum = 0;
    let previous = -1;
    let weight = 0;
    let sum = 0;
    for (let word = 0; word < words; word++) {
      for (let bits = occupied[word]; bits !== 0; bits &= bits - 1) {
        const bin = 32 * word + 31 - Math.clz32(bits & -bits);
        const rest = leaf.weight - weight;
        if (previous >= 0 && weight >= least && rest >= least) {
          const gained = sum ** 2 / (weight + penalty) + (leaf.sum - sum) ** 2 / (rest + penalty) - whole;
          if (gained > gain * CLEARLY) {
            gain = gained;
            cut = previous;
            after = bin;
            leftWeight = weight;
            leftSum = sum;
          }
        }
        weight += binWeights[bin];
        sum += binSums[bin];
        binWeights[bin] = 0;
        binSums[bin] = 0;
        previous = bin;
      }
      occupied[word] = 0;
    }
    if (cut < 0) return best;
    return { column, bin: cut, threshold: this.between(column, cut, after), gain, leftWeight, leftSum };
  }

  /** Halfway between the values that the cut parts. */
  private between(column: number, cut: number, after: number): number {
    const { high, low } = this.data;
    return (high[column * MOST_BINS + cut] + low[column * MOST_BINS + after]) / 2;
  }
}

function swap(items: number[], i: number, j: number): void {
  const held = items[i];
  items[i] = items[j];
  items[j] = held;
}
