/** Graphs to draw. */
import type { CellGraph } from '../../../src/contracts/cell-graph.js';

const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;

export const OPERATIONS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'] as const;

/** A NAS-Bench-201 cell; operations in the order 1←0, 2←0, 2←1, 3←0, 3←1, 3←2. */
export function cellOf(operations: readonly string[], nodes: readonly string[] = ['0', '1', '2', '3']): CellGraph {
  return {
    nodes,
    edges: PAIRS.map(([from, to], i) => ({ from, to, label: operations[i], empty: operations[i] === 'none' })),
  };
}

/** Every `step`-th of the 15,625 cells. */
export function* cells(step: number): Generator<CellGraph> {
  for (let index = 0; index < 5 ** 6; index += step) {
    yield cellOf(PAIRS.map((_, i) => OPERATIONS[Math.floor(index / 5 ** i) % 5]));
  }
}

export const MIXED = cellOf(['nor_conv_3x3', 'nor_conv_1x1', 'avg_pool_3x3', 'skip_connect', 'none', 'nor_conv_3x3']);

/** More nodes, arcs that must cross, two edges between the same nodes, nodes with arcs both in and out. */
export const LARGE: CellGraph = {
  nodes: ['in', '1', '2', '3', '4', '5', 'out'],
  edges: [
    [0, 1],
    [1, 2],
    [0, 2],
    [2, 3],
    [0, 4],
    [3, 5],
    [1, 4],
    [4, 6],
    [0, 6],
    [5, 6],
    [2, 5],
    [0, 1],
  ].map(([from, to], i) => ({ from, to, label: `op${i}` })),
};
