/** Words in charts: how wide they are, how they are broken and written. */
import { element, escaped, type SvgAttributes } from './svg.js';

/** Arial, Helvetica, Liberation Sans and Arimo have the same widths; one of the first two names is known everywhere. */
const FONT = 'Arial, Helvetica, sans-serif';

export const FONT_SIZE = { title: 18, subtitle: 14, label: 14, tick: 13 } as const;
export const INK = '#1f2328';
export const PALE_INK = '#59636e';

/** Advance widths of Arial for the characters 32 to 126, in thousandths of the font size. */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];
const MINUS = 584;
const SUPERSCRIPT = 333;
/** Greek and accented letters lie around this; ideographs and pictures are as wide as high. */
const OTHER_LETTER = 600;
const IDEOGRAPH = 1000;
const BOLD = 1.08;

/** Pixels that a line of text takes in Arial. */
export function textWidth(text: string, size: number, bold = false): number {
  let thousandths = 0;
  for (const character of text) thousandths += characterWidth(character);
  return (thousandths / 1000) * size * (bold ? BOLD : 1);
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 32 && code < 127) return WIDTHS[code - 32];
  if (character === '−') return MINUS;
  if (/[⁰¹²³⁴-⁹⁻]/u.test(character)) return SUPERSCRIPT;
  return code < 0x2e80 ? OTHER_LETTER : IDEOGRAPH;
}

/** Without what XML cannot hold: control characters, halves of surrogate pairs and the two codes that are no characters. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ').trim();
}

/** The text, or as much of its beginning as fits into `width` pixels, and an ellipsis. */
export function shortened(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, size) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Lines of at most `width` pixels, broken between words; a longer word is shortened. */
export function wrapped(text: string, width: number, size: number, bold = false): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, size, bold) <= width) lines[lines.length - 1] = longer;
    else lines.push(shortened(word, width / (bold ? BOLD : 1), size));
  }
  return lines;
}

export interface TextStyle {
  readonly size: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly color?: string;
  readonly bold?: boolean;
  /** The text runs upwards. */
  readonly upright?: boolean;
}

/** One line of text whose small letters are centred at `y`: `dominant-baseline` is not known to every renderer. */
export function textAt(text: string, x: number, y: number, style: TextStyle): string {
  const base = 0.35 * style.size;
  const place: SvgAttributes = style.upright
    ? { x: 0, y: 0, transform: `translate(${(x + base).toFixed(2)} ${y.toFixed(2)}) rotate(-90)` }
    : { x, y: y + base };
  const attributes = {
    ...place,
    fill: style.color ?? INK,
    'font-family': FONT,
    'font-size': style.size,
    'font-weight': style.bold ? 'bold' : undefined,
    'text-anchor': style.anchor === 'start' ? undefined : style.anchor,
  };
  return element('text', attributes, escaped(text));
}
