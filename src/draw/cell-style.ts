/** What pictures of architectures have in common: type, colours, words. */
import { hash32 } from '../base/hash.js';
import { element, escaped } from './svg.js';

export const FONT = 'DejaVu Sans Mono, Menlo, Consolas, monospace';
export const FONT_SIZE = 13;
/** Width of one character: monospaced fonts lie between .6 and .61 of their size. */
export const CHARACTER = 0.61 * FONT_SIZE;
export const MARGIN = 20;

/** Dark enough for words on white, and told apart also where red and green are not. */
const COLORS = ['#0b6e99', '#b04a00', '#6b3fa0', '#1b7f5c', '#b0156b', '#5a5f00', '#3046b5', '#7a4a2b'];
export const NODE_COLOR = '#22303c';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** SVG that is not yet a file: `children` lie within [0, width] × [0, height]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** What it shows, in words. */
  readonly title: string;
  readonly children: readonly string[];
}

/** A colour for each operation, the same in every picture as long as no two meet in one. */
export function colorsOf(operations: Iterable<string>): Map<string, string> {
  const colors = new Map<string, string>();
  for (const operation of [...new Set(operations)].toSorted()) {
    const start = hash32(operation) % COLORS.length;
    const order = COLORS.map((_, i) => COLORS[(start + i) % COLORS.length]);
    const taken = [...colors.values()];
    colors.set(operation, order.find((color) => !taken.includes(color)) ?? order[0]);
  }
  return colors;
}

/** A word whose middle, or whose left end, is at a point. */
export function word(text: string, { x, y }: Point, color: string, anchor: 'middle' | 'start' = 'middle'): string {
  const attributes = {
    x,
    // Half the height of small letters: `dominant-baseline` is not known to every renderer.
    y: y + 0.35 * FONT_SIZE,
    fill: color,
    'font-family': FONT,
    'font-size': FONT_SIZE,
    'text-anchor': anchor,
  };
  return element('text', attributes, escaped(text));
}
