/**
 * Genotypes of the cell spaces whose cells read the outputs of the two cells before them (Zoph et al., "NASNet", CVPR 2018): a normal
 * cell, and a reduction cell that halves the image.
 *
 * A cell has states. States 0 and 1 are its inputs, the output of the cell before the last one and that of the last one. Each node
 * makes one state more, the sum of two edges, each an operation of an earlier state, in most spaces also of the same one twice. The cell's output is
 * the concatenation of the nodes: of all, or of those that no other node reads.
 */
import type { OperationName } from './operations.js';

export interface Edge {
  readonly operation: OperationName;
  /** The state it reads. */
  readonly input: number;
}

/** Edges 2i and 2i + 1 are those of node i, which is state i + 2. */
export type Cell = readonly Edge[];

export interface Genotype {
  readonly normal: Cell;
  readonly reduce: Cell;
}

/** What tells these spaces apart. */
export interface CellRules {
  readonly name: string;
  readonly operations: readonly OperationName[];
  /** Nodes of a cell. */
  readonly nodes: number;
  /** Which nodes the output holds. */
  readonly concat: 'all' | 'loose-ends';
  /** The two edges of a node read different states. Default false. */
  readonly differentInputs?: boolean;
}

/** Inputs of a cell. */
export const INPUTS = 2;

export const KINDS = ['normal', 'reduce'] as const;
export type CellKind = (typeof KINDS)[number];

/** The states that the output concatenates, ascending. */
export function concatenatedStates(cell: Cell, concat: CellRules['concat']): number[] {
  const read = new Set(concat === 'all' ? [] : cell.map(({ input }) => input));
  return Array.from({ length: cell.length / 2 }, (_, node) => node + INPUTS).filter((state) => !read.has(state));
}

/** Number of genotypes, the order of a node's edges counted; beyond 2⁵³ rounded. */
export function sizeOf({ operations, nodes, differentInputs = false }: CellRules): number {
  let cells = 1;
  for (let node = 0; node < nodes; node++) {
    const states = node + INPUTS;
    cells *= states * (states - Number(differentInputs)) * operations.length ** 2;
  }
  return cells ** KINDS.length;
}
