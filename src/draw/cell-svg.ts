/** A cell as SVG: circles in a row, straight edges between them, arcs above and below; one colour an operation. */
import type { CellEdge, CellGraph } from '../contracts/cell-graph.js';
import { type Arc, layOutCell } from './cell-layout.js';
import { CHARACTER, colorsOf, FONT_SIZE, MARGIN, NODE_COLOR, type Picture, type Point, word } from './cell-style.js';
import { element, rounded, svgDocument } from './svg.js';

const LANE = 34;
/** From a node's rim to its first lane. */
const FIRST_LANE = 36;
const CORNER = 12;
const ARROW = 9;
/** Half the distance between the ways in and out of a node that has both. */
const APART = 8;

const EMPTY_COLOR = '#8a9097';

interface Node extends Point {
  readonly name: string;
  readonly radius: number;
  /** Where arcs come in and leave. */
  readonly in: number;
  readonly out: number;
}

interface Style {
  readonly color: string;
  readonly empty: boolean;
}

export function cellSvg(graph: CellGraph): string {
  const { width, height, title, children } = cellPicture(graph);
  return svgDocument(width, height, title, children);
}

export function cellPicture(graph: CellGraph): Picture {
  const { straight, arcs, above, below } = layOutCell(graph);
  const radius = 8 + (CHARACTER * Math.max(1, ...graph.nodes.map((name) => name.length))) / 2;
  const reach = (lanes: number) => radius + (lanes === 0 ? 0 : FIRST_LANE + (lanes - 1) * LANE + FONT_SIZE / 2);
  const nodes = nodesInRow(graph, arcs, radius, MARGIN + reach(above));
  const colors = colorsOf(graph.edges.flatMap(({ label, empty }) => (empty ? [] : [label])));
  const styleOf = (edge: CellEdge): Style => ({ color: colors.get(edge.label) ?? EMPTY_COLOR, empty: !!edge.empty });
  const width = (nodes.at(-1)?.x ?? 0) + radius + MARGIN;
  const height = 2 * MARGIN + reach(above) + reach(below);
  const children = [
    // Outer arcs first: inner ones and labels lie over them.
    ...arcs.toReversed().map((arc) => drawArc(arc, nodes, styleOf(arc.edge))),
    ...straight.map((edge) => drawStraight(edge, nodes, styleOf(edge))),
    ...arcs.map((arc) => label(arc.edge.label, middleOfArc(arc, nodes), styleOf(arc.edge))),
    ...nodes.map(drawNode),
  ];
  return { width, height, title: titleOf(graph), children };
}

function titleOf({ nodes, edges }: CellGraph): string {
  return edges.map(({ from, to, label: operation }) => `${nodes[from]} to ${nodes[to]}: ${operation}`).join('; ');
}

function nodesInRow({ nodes, edges }: CellGraph, arcs: readonly Arc[], radius: number, y: number): Node[] {
  const longest = Math.max(0, ...edges.map((edge) => edge.label.length));
  const pitch = 2 * radius + longest * CHARACTER + 2 * (CORNER + ARROW) + 12;
  return nodes.map((name, i) => {
    const x = MARGIN + radius + i * pitch;
    const both = arcs.some(({ edge }) => edge.from === i) && arcs.some(({ edge }) => edge.to === i);
    return { name, radius, x, y, in: both ? x - APART : x, out: both ? x + APART : x };
  });
}

function drawNode({ x, y, radius, name }: Node): string {
  const circle = element('circle', { cx: x, cy: y, r: radius, fill: NODE_COLOR });
  return circle + word(name, { x, y }, '#ffffff');
}

function drawStraight(edge: CellEdge, nodes: readonly Node[], style: Style): string {
  const [from, to] = [nodes[edge.from], nodes[edge.to]];
  const [start, end] = [from.x + from.radius, to.x - to.radius];
  const line = stroke(`M ${rounded(start)} ${rounded(from.y)} H ${rounded(end - ARROW)}`, style);
  const middle = { x: (start + end - ARROW) / 2, y: from.y };
  return line + arrowHead({ x: end, y: from.y }, { x: 1, y: 0 }, style) + label(edge.label, middle, style);
}

/** Up (or down) from one node, along the lane, and back to the row. */
function drawArc(arc: Arc, nodes: readonly Node[], style: Style): string {
  const [from, to] = [nodes[arc.edge.from], nodes[arc.edge.to]];
  const away = arc.side === 'above' ? -1 : 1;
  const y = laneHeight(arc, from);
  const end = { x: to.in, y: to.y + away * rim(to, to.in) };
  const path = [
    `M ${rounded(from.out)} ${rounded(from.y + away * rim(from, from.out))}`,
    `V ${rounded(y - away * CORNER)}`,
    `Q ${rounded(from.out)} ${rounded(y)} ${rounded(from.out + CORNER)} ${rounded(y)}`,
    `H ${rounded(to.in - CORNER)}`,
    `Q ${rounded(to.in)} ${rounded(y)} ${rounded(to.in)} ${rounded(y - away * CORNER)}`,
    `V ${rounded(end.y + away * ARROW)}`,
  ];
  return stroke(path.join(' '), style) + arrowHead(end, { x: 0, y: -away }, style);
}

/** Height of a node's rim over its centre, at a place beside it. */
function rim({ x, radius }: Node, at: number): number {
  return Math.sqrt(radius ** 2 - (at - x) ** 2);
}

function laneHeight({ side, lane }: Arc, { y, radius }: Node): number {
  return y + (side === 'above' ? -1 : 1) * (radius + FIRST_LANE + (lane - 1) * LANE);
}

function middleOfArc(arc: Arc, nodes: readonly Node[]): Point {
  const [from, to] = [nodes[arc.edge.from], nodes[arc.edge.to]];
  return { x: (from.out + to.in) / 2, y: laneHeight(arc, from) };
}

function stroke(path: string, { color, empty }: Style): string {
  return element('path', {
    d: path,
    fill: 'none',
    stroke: color,
    'stroke-width': empty ? 1.5 : 2,
    'stroke-dasharray': empty ? '4 4' : undefined,
  });
}

/** @param direction unit vector in which the arrow points */
function arrowHead(tip: Point, direction: Point, { color, empty }: Style): string {
  const corner = (side: number) => {
    const x = tip.x - ARROW * direction.x + side * 0.5 * ARROW * direction.y;
    const y = tip.y - ARROW * direction.y + side * 0.5 * ARROW * direction.x;
    return `${rounded(x)},${rounded(y)}`;
  };
  const points = [`${rounded(tip.x)},${rounded(tip.y)}`, corner(1), corner(-1)].join(' ');
  return element('polygon', { points, fill: empty ? '#ffffff' : color, stroke: color, 'stroke-linejoin': 'round' });
}

/** A word over its line, which it hides. */
function label(text: string, at: Point, { color }: Style): string {
  const width = text.length * CHARACTER + 8;
  const ground = { x: at.x - width / 2, y: at.y - FONT_SIZE / 2 - 2, width, height: FONT_SIZE + 4, fill: '#ffffff' };
  return element('rect', ground) + word(text, at, color);
}
