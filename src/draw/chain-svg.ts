/** A chain of blocks as SVG: boxes one below the other, joined by arrows; beside each what it computes, and its size as a bar. */
import type { ChainBlock } from '../contracts/drawing.js';
import { CHARACTER, colorsOf, FONT_SIZE, MARGIN, NODE_COLOR, type Picture, word } from './cell-style.js';
import { element } from './svg.js';

const BOX = 24;
const PITCH = 36;
const GAP = 16;
const LONGEST_BAR = 160;
const ARROW = 6;

export function chainPicture(chain: readonly ChainBlock[]): Picture {
  const widest = (text: (block: ChainBlock) => string) =>
    CHARACTER * Math.max(1, ...chain.map((block) => text(block).length));
  const box = widest(({ name }) => name) + GAP;
  const words = MARGIN + box + GAP;
  const bars = words + widest(({ operation }) => operation ?? '') + GAP;
  const largest = Math.max(0, ...chain.map(({ size = 0 }) => size));
  const numbers = largest === 0 ? 0 : LONGEST_BAR + GAP + widest(({ size }) => String(size ?? ''));
  const colors = colorsOf(chain.map(({ operation = '' }) => operation));
  const children = chain.flatMap((block, i) => {
    const y = MARGIN + BOX / 2 + i * PITCH;
    const color = colors.get(block.operation ?? '') ?? NODE_COLOR;
    return [
      ...(i === 0 ? [] : [arrow(MARGIN + box / 2, y - PITCH + BOX / 2, y - BOX / 2)]),
      element('rect', { x: MARGIN, y: y - BOX / 2, width: box, height: BOX, rx: 4, fill: NODE_COLOR }),
      word(block.name, { x: MARGIN + box / 2, y }, '#ffffff'),
      word(block.operation ?? '', { x: words, y }, color, 'start'),
      ...bar(block, { x: bars, y }, largest, color),
    ];
  });
  const height = 2 * MARGIN + BOX + (chain.length - 1) * PITCH;
  return { width: bars + numbers + MARGIN, height, title: chain.map(titleOf).join('; '), children };
}

function titleOf({ name, operation, size }: ChainBlock): string {
  return [name, operation, size].filter((part) => part !== undefined).join(' ');
}

function bar({ size }: ChainBlock, { x, y }: { x: number; y: number }, largest: number, fill: string): string[] {
  if (size === undefined) return [];
  const width = Math.max(1, (LONGEST_BAR * size) / largest);
  return [
    element('rect', { x, y: y - FONT_SIZE / 2, width, height: FONT_SIZE, fill, 'fill-opacity': 0.6 }),
    word(String(size), { x: x + width + 6, y }, NODE_COLOR, 'start'),
  ];
}

function arrow(x: number, from: number, to: number): string {
  const line = element('line', { x1: x, y1: from, x2: x, y2: to - ARROW, stroke: NODE_COLOR, 'stroke-width': 2 });
  const corners = `${x},${to} ${x - ARROW / 2},${to - ARROW} ${x + ARROW / 2},${to - ARROW}`;
  return line + element('polygon', { points: corners, fill: NODE_COLOR });
}
