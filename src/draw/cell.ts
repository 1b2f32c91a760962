/** A cell as text: boxes in a row, straight edges between them, arcs above and below. */
import type { CellEdge, CellGraph } from '../contracts/cell-graph.js';
import { type Arc, layOutCell } from './cell-layout.js';
import { CharacterCanvas } from './character-canvas.js';

export interface DrawCellOptions {
  /** Columns of the terminal; a cell that does not fit becomes a list of edges. Default 80. */
  readonly width?: number;
  /** No characters beyond ASCII. */
  readonly ascii?: boolean;
}

interface Arrows {
  readonly right: string;
  readonly down: string;
  readonly up: string;
}

const ARROWS: Arrows = { right: '►', down: '▼', up: '▲' };
/** Of edges that carry nothing. */
const EMPTY_ARROWS: Arrows = { right: '▷', down: '▽', up: '△' };
const ASCII_ARROWS: Arrows = { right: '>', down: 'v', up: '^' };

/**
 * The columns of a node's box. Arcs leave at `out` and come in at `in`: apart where a node has both, so that neither is
 * taken for the other.
 */
interface Box {
  readonly name: string;
  readonly left: number;
  readonly right: number;
  readonly in: number;
  readonly out: number;
}

export function drawCell(graph: CellGraph, { width = 80, ascii = false }: DrawCellOptions = {}): string {
  const { straight, arcs, above, below } = layOutCell(graph);
  const boxes = boxesFor(graph, straight, arcs);
  const columns = (boxes.at(-1)?.right ?? -1) + 1;
  if (columns > width) return listOfEdges(graph, ascii);
  // Beside the lanes, one row for arrow heads.
  const top = above + Math.sign(above);
  const canvas = new CharacterCanvas(columns, top + 3 + below + Math.sign(below));
  const arrowsOf = ({ empty }: CellEdge) => (ascii ? ASCII_ARROWS : empty ? EMPTY_ARROWS : ARROWS);
  for (const { name, left, right } of boxes) {
    canvas.rectangle(left, top, right, top + 2);
    canvas.text(left + 2, top + 1, name);
  }
  for (const edge of straight) drawStraight(canvas, edge, boxes, top + 1, arrowsOf(edge));
  for (const arc of arcs) drawArc(canvas, arc, boxes, top, arrowsOf(arc.edge));
  // After all lines, so that no label is crossed.
  for (const arc of arcs) {
    const { from, to, label } = arc.edge;
    canvas.label(boxes[from].out + 2, boxes[to].in - 2, laneRow(arc, top), ` ${label} `);
  }
  return canvas.toString(ascii);
}

function boxesFor({ nodes }: CellGraph, straight: readonly CellEdge[], arcs: readonly Arc[]): Box[] {
  // `─ label ─►`
  let gap = Math.max(3, ...straight.map(({ label }) => label.length + 5));
  for (;;) {
    const boxes = boxesApart(nodes, arcs, gap);
    const room = ({ edge }: Arc) => boxes[edge.to].in - boxes[edge.from].out - 1;
    // `┌─ label ─┐`
    if (arcs.every((arc) => room(arc) >= arc.edge.label.length + 4)) return boxes;
    gap++;
  }
}

function boxesApart(nodes: readonly string[], arcs: readonly Arc[], gap: number): Box[] {
  let left = 0;
  return nodes.map((name, i) => {
    const right = left + name.length + 3;
    const middle = Math.floor((left + right) / 2);
    const apart = Number(arcs.some(({ edge }) => edge.from === i) && arcs.some(({ edge }) => edge.to === i));
    const box = { name, left, right, in: middle - apart, out: middle + apart };
    left = right + gap + 1;
    return box;
  });
}

function drawStraight(
  canvas: CharacterCanvas,
  edge: CellEdge,
  boxes: readonly Box[],
  row: number,
  arrows: Arrows,
): void {
  const [start, end] = [boxes[edge.from].right, boxes[edge.to].left - 1];
  canvas.line([start, row], [end, row], { broken: edge.empty });
  canvas.label(start + 1, end - 1, row, ` ${edge.label} `);
  canvas.text(end, row, arrows.right);
}

function drawArc(canvas: CharacterCanvas, arc: Arc, boxes: readonly Box[], top: number, arrows: Arrows): void {
  const { edge, side } = arc;
  const style = { broken: edge.empty };
  const [start, end] = [boxes[edge.from].out, boxes[edge.to].in];
  const lane = laneRow(arc, top);
  const border = side === 'above' ? top : top + 2;
  const beside = side === 'above' ? border - 1 : border + 1;
  canvas.line([start, border], [start, lane], style);
  canvas.line([start, lane], [end, lane], style);
  canvas.line([end, lane], [end, beside], style);
  canvas.text(end, beside, side === 'above' ? arrows.down : arrows.up);
}

function laneRow({ side, lane }: Arc, top: number): number {
  return side === 'above' ? top - 1 - lane : top + 3 + lane;
}

/** For terminals that are too narrow: the edges of each node, one a line. */
function listOfEdges({ nodes, edges }: CellGraph, ascii: boolean): string {
  const longest = Math.max(...nodes.map((name) => name.length));
  const lines = nodes.flatMap((name, to) => {
    return edges
      .filter((edge) => edge.to === to)
      .map(({ from, label }, i) => {
        const target = (i === 0 ? name : '').padEnd(longest);
        return `${target} ${ascii ? '<-' : '◄─'} ${nodes[from].padEnd(longest)}  ${label}`;
      });
  });
  return lines.join('\n');
}
