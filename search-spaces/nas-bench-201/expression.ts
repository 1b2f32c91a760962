/**
 * What a cell computes, as expressions over its input.
 *
 * An expression is a flattened sum: a multiset of terms; the empty one is zero. `skip_connect` hands a node's terms on as they are,
 * `none` hands on nothing. A convolution edge is one function with weights of its own, so its term is the edge itself: read
 * through two skips it is the same term twice, which two convolutions of one input are not. Average pooling has no weights
 * and is opaque: it is not distributed over sums, and pooling nothing gives nothing.
 *
 * A convolution of zero is taken as zero. Before training this is exact: no convolution has a bias, and normalisation maps
 * a constant to its offset, which starts at 0. (Training may move that offset away from 0; it then adds a constant
 * to each channel and reads no input.)
 */
import { EDGES, type Genotype } from './genotype.js';

export type Term =
  | { readonly kind: 'input' }
  | { readonly kind: 'convolution'; readonly edge: number }
  | { readonly kind: 'pool'; readonly of: Expression };

export type Expression = readonly Term[];

/** A convolution edge of a cell. */
export interface Convolution {
  /** Index into `EDGES`. */
  readonly edge: number;
  /** Side of its kernel. */
  readonly kernel: 1 | 3;
  /** What its ReLU reads. */
  readonly input: Expression;
}

export interface CellExpressions {
  /** What the last node holds. */
  readonly output: Expression;
  /** Every convolution edge, live or dead, in the order of edges. */
  readonly convolutions: readonly Convolution[];
}

const INPUT: Term = { kind: 'input' };

/** What a genotype's nodes and convolutions compute. */
export function cellExpressions(genotype: Genotype): CellExpressions {
  const nodes: Term[][] = [[INPUT], [], [], []];
  const convolutions: Convolution[] = [];
  // Edges are ordered by target, so that a source is complete before an edge reads it.
  EDGES.forEach(({ source, target }, edge) => {
    const operation = genotype[edge];
    const input = nodes[source];
    if (operation === 'skip_connect') nodes[target].push(...input);
    if (operation === 'avg_pool_3x3' && input.length > 0) nodes[target].push({ kind: 'pool', of: input });
    if (operation === 'nor_conv_1x1' || operation === 'nor_conv_3x3') {
      convolutions.push({ edge, kernel: operation === 'nor_conv_1x1' ? 1 : 3, input });
      if (input.length > 0) nodes[target].push({ kind: 'convolution', edge });
    }
  });
  return { output: nodes[3], convolutions };
}
