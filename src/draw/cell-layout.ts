/**
 * Where the edges of a cell go, for every kind of picture. Nodes stand in a row; an edge to the next node runs straight
 * between the two, every other one is an arc above or below the row, in lanes counted from the row outwards.
 */
import type { CellEdge, CellGraph } from '../contracts/cell-graph.js';

export interface Arc {
  readonly edge: CellEdge;
  readonly side: 'above' | 'below';
  /** From 1, next to the row. */
  readonly lane: number;
}

export interface CellLayout {
  /** Edges to the next node, at most one a node. */
  readonly straight: readonly CellEdge[];
  /** Inner lanes first. */
  readonly arcs: readonly Arc[];
  /** Number of lanes. */
  readonly above: number;
  readonly below: number;
}

export function layOutCell({ edges }: CellGraph): CellLayout {
  const straight = new Map<number, CellEdge>();
  const rest: CellEdge[] = [];
  for (const edge of edges) {
    if (edge.to === edge.from + 1 && !straight.has(edge.from)) straight.set(edge.from, edge);
    else rest.push(edge);
  }
  const arcs: Arc[] = [];
  // Short ones first: long arcs then lie around them.
  for (const edge of rest.toSorted((a, b) => span(a) - span(b))) arcs.push(placed(edge, arcs));
  const lanes = (side: Arc['side']) => Math.max(0, ...arcs.filter((arc) => arc.side === side).map(({ lane }) => lane));
  return { straight: [...straight.values()], arcs, above: lanes('above'), below: lanes('below') };
}

const span = ({ from, to }: CellEdge): number => to - from;

/** On the side where it crosses fewer arcs (above, if equal), outside of all that it overlaps. */
function placed(edge: CellEdge, arcs: readonly Arc[]): Arc {
  const on = (side: Arc['side']) => arcs.filter((arc) => arc.side === side);
  const crossings = (side: Arc['side']) => on(side).filter((arc) => crosses(arc.edge, edge)).length;
  const side = crossings('above') <= crossings('below') ? 'above' : 'below';
  const under = on(side).filter((arc) => arc.edge.from < edge.to && edge.from < arc.edge.to);
  return { edge, side, lane: 1 + Math.max(0, ...under.map(({ lane }) => lane)) };
}

function crosses(a: CellEdge, b: CellEdge): boolean {
  return (a.from < b.from && b.from < a.to && a.to < b.to) || (b.from < a.from && a.from < b.to && b.to < a.to);
}
