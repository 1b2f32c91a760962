/** Reads charts back: what tests compare with the data is what people would read off the picture. */
import { Resvg } from '@resvg/resvg-js';

export interface Mark {
  readonly x: number;
  readonly y: number;
}

/** The contents of groups of a class; groups of charts hold no groups of classes. */
export function groups(svg: string, name: string): string[] {
  return [...svg.matchAll(new RegExp(`<g class="${name}">(.*?)</g>`, 'g'))].map(([, content]) => content);
}

export interface Word extends Mark {
  readonly text: string;
  readonly anchor: string;
  readonly size: number;
}

/** Texts with their places, escapes resolved. */
export function words(svg: string): Word[] {
  return [...svg.matchAll(/<text ([^>]*)>(.*?)<\/text>/g)].map(([, attributes, text]) => ({
    x: numberOf(attributes, 'x'),
    y: numberOf(attributes, 'y'),
    size: numberOf(attributes, 'font-size'),
    anchor: /text-anchor="(\w+)"/.exec(attributes)?.[1] ?? 'start',
    text: unescaped(text),
  }));
}

export function numberOf(attributes: string, name: string): number {
  return Number(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1]);
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** A tick's label as a number. */
export function read(label: string): number {
  const plain = label.replaceAll(',', '').replaceAll('−', '-');
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const power = /^(?:(.*)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/u.exec(plain);
  if (!power) return Number(plain);
  const exponent = [...power[2]].map((sign) => (sign === '⁻' ? '-' : digits.indexOf(sign))).join('');
  return Number(`${power[1] ?? 1}e${exponent}`);
}

/** From a pixel to the value that the ticks of an axis say: between (or beyond) the two outermost, in proportion. */
export function reader(svg: string, axis: 'x' | 'y', log = false): (pixel: number) => number {
  const ticks = words(groups(svg, `${axis}-ticks`)[0]);
  // Words of the upright axis are drawn .35 of their size below their tick.
  const pixel = (word: Word) => (axis === 'x' ? word.x : word.y - 0.35 * word.size);
  const value = (word: Word) => (log ? Math.log(read(word.text)) : read(word.text));
  const [first, last] = [ticks[0], ticks[ticks.length - 1]];
  const slope = (value(last) - value(first)) / (pixel(last) - pixel(first));
  return (at) => {
    const found = value(first) + (at - pixel(first)) * slope;
    return log ? Math.exp(found) : found;
  };
}

/** Corners of a path of absolute M, L, H and V. */
export function corners(d: string): Mark[] {
  return [...d.matchAll(/([ML])?(-?[\d.]+) (-?[\d.]+)/g)].map(([, , x, y]) => ({ x: Number(x), y: Number(y) }));
}

/** The corners of a series' line, one list for each piece between gaps. */
export function lineOf(svg: string, index: number): Mark[][] {
  const d = / d="([^"]*)"/.exec(groups(svg, 'series')[index])?.[1] ?? '';
  return d.split('M').slice(1).map(corners);
}

/** Throws where the text is not XML. */
export function parse(svg: string): void {
  new Resvg(svg, { font: { loadSystemFonts: false } });
}
