/** Architectures drawn: every part in its own form, one below the other. */
import type { Drawing, DrawingPart } from '../contracts/drawing.js';
import { drawCell } from './cell.js';
import { MARGIN, NODE_COLOR, type Picture, word } from './cell-style.js';
import { cellPicture } from './cell-svg.js';
import { drawChain } from './chain.js';
import { chainPicture } from './chain-svg.js';
import { element, svgDocument } from './svg.js';

export interface DrawOptions {
  /** Columns of the terminal; what does not fit becomes a list. Default 80. */
  readonly width?: number;
  /** No characters beyond ASCII. */
  readonly ascii?: boolean;
}

/** As text. */
export function drawArchitecture(drawing: Drawing, { width = 80, ascii = false }: DrawOptions = {}): string {
  const parts = drawing.map((part) => {
    const drawn = 'graph' in part ? drawCell(part.graph, { width, ascii }) : drawChain(part.chain, width, ascii);
    return part.title === undefined ? drawn : `${part.title}:\n\n${drawn}`;
  });
  return parts.join('\n\n');
}

/** As an SVG file. */
export function architectureSvg(drawing: Drawing): string {
  let height = 0;
  const children: string[] = [];
  const pictures = drawing.map(pictureOf);
  drawing.forEach(({ title }, i) => {
    if (title !== undefined) {
      height += MARGIN;
      children.push(word(title, { x: MARGIN, y: height }, NODE_COLOR, 'start'));
    }
    children.push(element('g', { transform: `translate(0 ${height})` }, ...pictures[i].children));
    height += pictures[i].height;
  });
  const width = Math.max(...pictures.map((picture) => picture.width));
  return svgDocument(width, height, pictures.map(({ title }, i) => titled(drawing[i], title)).join('. '), children);
}

function titled({ title }: DrawingPart, words: string): string {
  return title === undefined ? words : `${title}: ${words}`;
}

function pictureOf(part: DrawingPart): Picture {
  return 'graph' in part ? cellPicture(part.graph) : chainPicture(part.chain);
}
