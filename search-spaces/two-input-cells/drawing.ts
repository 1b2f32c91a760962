/** A genotype as it is drawn: its two cells one below the other. */
import type { Drawing } from '../../src/contracts/drawing.js';
import { type CellRules, concatenatedStates, type Genotype, INPUTS, KINDS } from './genotype.js';
import { CONCAT, edgesOf } from './graph.js';

const TITLES = { normal: 'normal cell', reduce: 'reduction cell' } as const;

/** `c k−2` and `c k−1` are the outputs of the two cells before. */
export function cellDrawing(genotype: Genotype, { concat }: CellRules): Drawing {
  return KINDS.map((kind) => {
    const cell = genotype[kind];
    const states = Array.from({ length: cell.length / 2 }, (_, node) => String(node + INPUTS));
    const nodes = ['c k-2', 'c k-1', ...states, 'output'];
    const to = nodes.length - 1;
    const joins = concatenatedStates(cell, concat).map((from) => ({ from, to, label: CONCAT }));
    return { title: TITLES[kind], graph: { nodes, edges: [...edgesOf(cell, 0), ...joins] } };
  });
}
