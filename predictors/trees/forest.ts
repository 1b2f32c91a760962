/** Regression trees as one table of nodes. */
/** Trees one after the other. A node's right child follows its left one. */
export class Forest {
  /** First node of each tree. */
  readonly roots: number[] = [];
  nodes = 0;
  /** Feature that a node asks for. */
  feature = new Int32Array(64);
  /** A row goes left where its feature is at most this. */
  threshold = new Float64Array(64);
  /** Left child; 0 at a leaf, for the first root is no child. */
  left = new Int32Array(64);
  /** Prediction of a leaf. */
  value = new Float64Array(64);

  /** @returns the first of `count` new leaves of value 0 */
  add(count: number): number {
    const first = this.nodes;
    this.nodes += count;
    if (this.nodes > this.left.length) {
      this.feature = grown(this.feature, new Int32Array(2 * this.nodes));
      this.threshold = grown(this.threshold, new Float64Array(2 * this.nodes));
      this.left = grown(this.left, new Int32Array(2 * this.nodes));
      this.value = grown(this.value, new Float64Array(2 * this.nodes));
    }
    return first;
  }
}

function grown<T extends Int32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** The leaf of one tree that a row ends in. @param offset of the row's first feature */
export function leafOf(
  { feature, threshold, left }: Forest,
  root: number,
  values: Float32Array,
  offset: number,
): number {
  let node = root;
  for (let next = left[node]; next !== 0; next = left[node]) {
    node = values[offset + feature[node]] <= threshold[node] ? next : next + 1;
  }
  return node;
}
