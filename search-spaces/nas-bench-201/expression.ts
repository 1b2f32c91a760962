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
import mapValues from 'lodash/mapValues.js';
import { EDGES, type Edge, type Genotype, type Operation } from './genotype.js';

export type Term =
  | { readonly kind: 'input' }
  | { readonly kind: 'convolution'; readonly edge: number }
  | { readonly kind: 'pool'; readonly of: Expression };

export type Expression = readonly Term[];

/** A convolution edge of a cell. */
export interface Convolution {
  /** Index into the cell's edges. */
  readonly edge: number;
  /** Convolutions of one kernel differ in their weights only: the side of the kernel, or the name of another layer with weights. */
  readonly kernel: string;
  /** What its ReLU reads. */
  readonly input: Expression;
}

export interface CellExpressions {
  /** What the last node holds. */
  readonly output: Expression;
  /** Every convolution edge, live or dead, in the order of edges. */
  readonly convolutions: readonly Convolution[];
}

/** What an edge does to the node that it leaves: nothing comes through, it comes as it is, pooled, or through a layer with weights. */
export type EdgeKind = 'zero' | 'identity' | 'pool' | { readonly kernel: string };

const INPUT: Term = { kind: 'input' };

const KINDS: Readonly<Record<Operation, EdgeKind>> = {
  none: 'zero',
  skip_connect: 'identity',
  nor_conv_1x1: { kernel: '1' },
  nor_conv_3x3: { kernel: '3' },
  avg_pool_3x3: 'pool',
};

type OperatedEdge = Edge & { readonly kind: EdgeKind };

/** Each edge with each operation, made once: all cells of the space are classed by what they compute. */
const OPERATED = EDGES.map(
  (edge) => mapValues(KINDS, (kind): OperatedEdge => ({ ...edge, kind })) as Readonly<Record<Operation, OperatedEdge>>,
);

/** What a genotype's nodes and convolutions compute. */
export function cellExpressions(genotype: Genotype): CellExpressions {
  return edgeExpressions(genotype.map((operation, edge) => OPERATED[edge][operation]));
}

/** The same for any cell whose node 0 is its input and whose last node is its output. @param edges ordered by target */
export function edgeExpressions(edges: readonly OperatedEdge[]): CellExpressions {
  const nodes: Term[][] = [[INPUT]];
  const convolutions: Convolution[] = [];
  // A source is complete before an edge reads it.
  edges.forEach(({ source, target, kind }, edge) => {
    const input = nodes[source];
    nodes[target] ??= [];
    if (kind === 'identity') nodes[target].push(...input);
    if (kind === 'pool' && input.length > 0) nodes[target].push({ kind: 'pool', of: input });
    if (typeof kind === 'object') {
      convolutions.push({ edge, kernel: kind.kernel, input });
      if (input.length > 0) nodes[target].push({ kind: 'convolution', edge });
    }
  });
  return { output: nodes[nodes.length - 1], convolutions };
}
