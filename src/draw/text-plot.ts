/** Plots as text: eight dots a character where the terminal has braille, one mark a character where it has only ASCII. */
import { decimal } from '../base/numbers.js';

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
}

export interface TextPlot {
  /** Characters, axes included. */
  readonly width: number;
  /** Lines, axes included; at least 3. */
  readonly height: number;
  /** Each is drawn as a line through its points, in their order. */
  readonly lines?: readonly (readonly PlotPoint[])[];
  /** Each is drawn as a mark. */
  readonly points?: readonly PlotPoint[];
  /** How the ends of an axis are written. Default: as decimal numbers. */
  readonly format?: { readonly x?: (value: number) => string; readonly y?: (value: number) => string };
  /** What the axis of x is, written in the middle below it. */
  readonly label?: string;
  readonly ascii?: boolean;
}

/** The lines of a plot, each `width` characters. Values that are not finite are left out; without any value all is empty. */
export function textPlot({
  width,
  height,
  lines = [],
  points = [],
  format = {},
  label = '',
  ascii = false,
}: TextPlot): string[] {
  const given = [...points, ...lines.flat()].filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (given.length === 0) return Array.from({ length: height }, () => ' '.repeat(width));
  const [xRange, yRange] = [rangeOf(given.map(({ x }) => x)), rangeOf(given.map(({ y }) => y))];
  const { x: formatX = decimal, y: formatY = decimal } = format;
  const [top, bottom] = [formatY(yRange.high), formatY(yRange.low)];
  const gutter = Math.max(top.length, bottom.length);
  const dots = new DotCanvas(Math.max(1, width - gutter - 1), Math.max(1, height - 1), ascii);
  const place = ({ x, y }: PlotPoint): Place => [
    share(x, xRange) * (dots.columns - 1),
    (1 - share(y, yRange)) * (dots.rows - 1),
  ];
  for (const line of lines)
    drawLine(dots, line.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)).map(place));
  for (const point of points) if (Number.isFinite(point.x) && Number.isFinite(point.y)) dots.mark(place(point));
  const axis = ascii ? '|' : '│';
  const rows = dots.toLines().map((row, i, all) => {
    const end = i === 0 ? top : i === all.length - 1 ? bottom : '';
    return `${end.padStart(gutter)}${axis}${row}`;
  });
  const below = axisBelow(formatX(xRange.low), label, formatX(xRange.high), width - gutter - 1);
  return [...rows, `${' '.repeat(gutter + 1)}${below}`].map((row) => row.padEnd(width).slice(0, width));
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(values: readonly number[]): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}

/** Where all are equal they lie in the middle. */
function share(value: number, { low, high }: Range): number {
  return high > low ? (value - low) / (high - low) : 0.5;
}

/** Both ends of the axis, and what it is where there is room. */
function axisBelow(low: string, label: string, high: string, width: number): string {
  const ends =
    low === high ? high.padStart(Math.ceil((width + high.length) / 2)) : low.padEnd(width - high.length) + high;
  const room = width - low.length - high.length - 2;
  if (label === '' || low === high || label.length > room) return ends;
  const start = low.length + 1 + Math.floor((room - label.length) / 2);
  return ends.slice(0, start) + label + ends.slice(start + label.length);
}

type Place = readonly [column: number, row: number];

function drawLine(dots: DotCanvas, places: readonly Place[]): void {
  if (places.length === 1) dots.set(places[0]);
  for (let i = 1; i < places.length; i++) {
    const [[x1, y1], [x2, y2]] = [places[i - 1], places[i]];
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1))));
    for (let step = 0; step <= steps; step++) {
      dots.set([x1 + ((x2 - x1) * step) / steps, y1 + ((y2 - y1) * step) / steps]);
    }
  }
}

/** Braille's dots of a character, by row and column (Unicode 15, section 21.1). */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

class DotCanvas {
  readonly columns: number;
  readonly rows: number;
  private readonly cells: number[][];

  /** @param width characters @param height lines */
  constructor(
    width: number,
    height: number,
    private readonly ascii: boolean,
  ) {
    this.columns = ascii ? width : width * 2;
    this.rows = ascii ? height : height * 4;
    this.cells = Array.from({ length: height }, () => new Array<number>(width).fill(0));
  }

  set([column, row]: Place): void {
    const [x, y] = [Math.round(column), Math.round(row)];
    if (this.ascii) this.cells[y][x] = 1;
    else this.cells[y >> 2][x >> 1] |= DOTS[y & 3][x & 1];
  }

  /** A point on its own, large enough to be seen. */
  mark([column, row]: Place): void {
    this.set([column, row]);
    if (this.ascii) return;
    const [x, y] = [Math.round(column), Math.round(row)];
    this.set([Math.min(x ^ 1, this.columns - 1), y]);
  }

  toLines(): string[] {
    const character = (cell: number) => {
      if (cell === 0) return ' ';
      return this.ascii ? '*' : String.fromCodePoint(0x2800 + cell);
    };
    return this.cells.map((row) => row.map(character).join(''));
  }
}
