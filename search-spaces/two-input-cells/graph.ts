/** A genotype as it is drawn: a normal cell, and the reduction cell that reads it twice. */
import type { CellEdge, CellGraph } from '../../src/contracts/cell-graph.js';
import { type Cell, type CellRules, concatenatedStates, type Genotype, INPUTS, KINDS } from './genotype.js';

/** What leads from a cell's output into the next one, and from its nodes into its output. */
const JOIN = 'read';
export const CONCAT = 'concat';

export function cellGraph(genotype: Genotype, { concat }: CellRules): CellGraph {
  const nodes = ['input'];
  const edges: CellEdge[] = [];
  for (const kind of KINDS) {
    const output = nodes.length - 1;
    const first = nodes.length;
    const cell = genotype[kind];
    nodes.push(...namesOf(kind, cell));
    for (let input = 0; input < INPUTS; input++) edges.push({ from: output, to: first + input, label: JOIN });
    edges.push(...edgesOf(cell, first));
    const last = nodes.length - 1;
    for (const state of concatenatedStates(cell, concat)) edges.push({ from: first + state, to: last, label: CONCAT });
  }
  return { nodes, edges };
}

function namesOf(kind: string, cell: Cell): string[] {
  const states = Array.from({ length: INPUTS + cell.length / 2 }, (_, state) => `${kind} ${state}`);
  return [...states, `${kind} output`];
}

export function edgesOf(cell: Cell, first: number): CellEdge[] {
  return cell.map(({ operation, input }, i) => ({
    from: first + input,
    to: first + INPUTS + Math.floor(i / 2),
    label: operation,
    ...(operation === 'none' && { empty: true }),
  }));
}
