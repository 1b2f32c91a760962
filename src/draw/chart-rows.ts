/** One value a named row, as a bar or as a point, with its interval and a published value to compare with. */
import { expected } from '../base/errors.js';
import type { Area, ChartAxis, ChartFrame } from './chart.js';
import {
  BELOW,
  checkedArea,
  group,
  type Header,
  header,
  horizontal,
  horizontalScale,
  MARGIN,
  SLACK,
  sizeOf,
  WIDTH,
  xAxis,
} from './chart-frame.js';
import { along, referenceLines } from './chart-reference.js';
import { numberFormat, type Scale } from './chart-scale.js';
import { mark } from './chart-style.js';
import { FONT_SIZE, INK, PALE_INK, printable, shortened, textAt, textWidth } from './chart-text.js';
import { element, rounded, svgDocument } from './svg.js';

export interface ChartRow {
  readonly name: string;
  /** Not finite: the row is named and has no mark. */
  readonly value: number;
  /** For example a bootstrap interval. On a logarithmic axis a low end ≤ 0 lies left of the picture. */
  readonly interval?: readonly [low: number, high: number];
  /** The value that somebody else published. */
  readonly published?: number;
}

export interface RowChart extends ChartFrame {
  readonly axis: ChartAxis;
  readonly rows: readonly ChartRow[];
  /** What the legend calls value, interval and published value. Default 'measured', 'interval' and 'published'. */
  readonly names?: { readonly value?: string; readonly interval?: string; readonly published?: string };
  /** Values that all rows are compared with. */
  readonly references?: readonly { readonly at: number; readonly label: string }[];
}

type Form = 'bars' | 'points';

const PITCH = 34;
/** Between the plot and the words beside it. */
const GAP = 12;
const LEAST_PITCH = 17;
const SIZE = FONT_SIZE.label;
const VALUE_SIZE = FONT_SIZE.tick;
const KEY_HEIGHT = 24;
const BLUE = '#0072b2';
const PALE_BLUE = '#8fc3e3';
const VERMILION = '#d55e00';
/** Of the picture's width, for the names of rows. */
const MOST = 0.34;

/**
 * Horizontal bars from zero, in the order of the rows.
 * @throws NascentError `usage` for a logarithmic axis, which has no zero, and if no value is finite
 */
export function barChart(chart: RowChart): string {
  if (chart.axis.scale === 'log') throw expected('the axis of a bar chart', 'linear, for bars begin at zero', 'log');
  return rowChart(chart, 'bars');
}

/**
 * Points with their intervals, in the order of the rows.
 * @throws NascentError `usage` if no value is finite, or one on a logarithmic axis is ≤ 0
 */
export function intervalChart(chart: RowChart): string {
  return rowChart(chart, 'points');
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly head: Header;
  readonly area: Area;
  readonly scale: Scale;
  /** The pixel of a value; values beyond the axis lie on its ends. */
  readonly at: (value: number) => number;
  /** The rows' centres, and from one to the next. */
  readonly heights: readonly number[];
  readonly pitch: number;
  /** The rows' values as they are written. */
  readonly texts: readonly string[];
}

function rowChart(chart: RowChart, form: Form): string {
  const { rows, references = [] } = chart;
  if (!rows.some(({ value }) => Number.isFinite(value)))
    throw expected(`the rows of "${chart.title}"`, 'at least one with a finite value', 'none');
  const layout = layOut(chart, form);
  const { width, height, area, at, heights } = layout;
  const lines = references.map((line) => ({ ...line, axis: 'x' as const }));
  const data = rows.flatMap((row, i) => along(extent(row, form).map((value) => ({ x: at(value), y: heights[i] }))));
  return svgDocument(width, height, printable(chart.title), [
    ...layout.head.parts,
    ...key(chart, form, area.left, layout.head.bottom + 2),
    ...xAxis(area, chart.axis, layout.scale, at),
    ...rows.map((row, i) => drawRow(row, i, form, layout)),
    ...referenceLines({ area, x: at, y: (y) => y }, lines, data),
  ]);
}

function layOut(chart: RowChart, form: Form): Layout {
  const { rows, axis } = chart;
  const head = header(chart, chart.width ?? WIDTH);
  const top = head.bottom + KEY_HEIGHT;
  const { width, height } = sizeOf(chart, Math.max(240, top + rows.length * PITCH + BELOW));
  const pitch = (height - top - BELOW) / rows.length;
  const least = Math.ceil(top + rows.length * LEAST_PITCH + BELOW);
  if (height < least) throw expected(`the height of a chart with ${rows.length} rows`, `at least ${least}`, height);
  const texts = rows.map((row) => valueText(row, chart));
  const widest = (words: readonly string[], size: number) =>
    Math.max(...words.map((word) => SLACK * textWidth(printable(word), size)));
  const names = Math.min(
    MOST * width,
    widest(
      rows.map(({ name }) => name),
      SIZE,
    ),
  );
  const [left, right] = [MARGIN + names + GAP, width - MARGIN - widest(texts, VALUE_SIZE) - GAP];
  const area = checkedArea({ left, top, right, bottom: height - BELOW }, width, height);
  const scale = horizontalScale(axis, valuesOf(chart), right - left, { padding: 0.05, zero: form === 'bars' });
  const exact = horizontal(area, axis, scale);
  const at = (value: number) => exact(Math.max(scale.low, Math.min(scale.high, value)));
  return { width, height, head, area, scale, at, heights: rows.map((_, i) => top + (i + 0.5) * pitch), pitch, texts };
}

function valuesOf({ rows, references = [], axis }: RowChart): number[] {
  const values = rows.flatMap(({ value, published, interval }) => [value, published, interval?.[1]]);
  const lows = rows.map(({ interval }) => interval?.[0]).filter((low = 0) => axis.scale !== 'log' || low > 0);
  return [...values, ...lows, ...references.map(({ at }) => at)].filter((value) => value !== undefined);
}

/** From the least to the greatest pixel that a row draws on. */
function extent({ value, interval = [value, value], published = value }: ChartRow, form: Form): number[] {
  const values = [value, ...interval, published, ...(form === 'bars' ? [0] : [])].filter(Number.isFinite);
  return values.length === 0 ? [] : [Math.min(...values), Math.max(...values)];
}

/**
 * The value and its interval in digits. On a logarithmic axis each row has three of its greatest number; else all rows have
 * the same decimals, which show about a hundredth of the range of all numbers.
 */
function valueText(row: ChartRow, { rows, axis }: RowChart): string {
  if (!Number.isFinite(row.value)) return 'no value';
  const compared = axis.scale === 'log' ? [row] : rows;
  const values = compared.flatMap(({ value, interval = [] }) => [value, ...interval]).filter(Number.isFinite);
  const largest = Math.max(...values.map(Math.abs)) || 1;
  const range = Math.max(...values) - Math.min(...values);
  const places =
    axis.scale === 'log' || range === 0 ? Math.floor(Math.log10(largest) + 1e-9) : Math.round(Math.log10(range));
  const write = numberFormat(largest, 10 ** (places - 2));
  const interval = row.interval?.every(Number.isFinite) ? ` [${row.interval.map(write).join(', ')}]` : '';
  return `${write(row.value)}${interval}`;
}

function drawRow(row: ChartRow, index: number, form: Form, { area, scale, at, heights, pitch, texts }: Layout): string {
  const { value, interval, published } = row;
  const y = heights[index];
  const inside = (v: number) => v >= scale.low && v <= scale.high;
  const name = shortened(printable(row.name), (area.left - GAP - MARGIN) / SLACK + 0.01, SIZE);
  const parts = [
    textAt(name, area.left - GAP + 2, y, { size: SIZE, anchor: 'end' }),
    textAt(texts[index], area.right + GAP, y, { size: VALUE_SIZE, color: PALE_INK }),
  ];
  if (Number.isFinite(value)) {
    if (form === 'bars') parts.push(drawBar(at(0), at(value), y, Math.min(20, 0.6 * pitch)));
    if (interval?.every(Number.isFinite)) parts.push(drawInterval(at(interval[0]), at(interval[1]), y, form));
    if (form === 'points' && inside(value)) parts.push(drawValue(at(value), y));
  }
  if (published !== undefined && inside(published)) parts.push(drawPublished(at(published), y));
  return group('row', parts, row.name);
}

function drawBar(from: number, to: number, y: number, height: number): string {
  return element('rect', {
    x: Math.min(from, to),
    y: y - height / 2,
    width: Math.abs(to - from),
    height,
    fill: PALE_BLUE,
  });
}

function drawInterval(from: number, to: number, y: number, form: Form): string {
  const caps = [from, to].map((x) => `M${rounded(x)} ${rounded(y - 5)}v10`).join('');
  const d = `M${rounded(from)} ${rounded(y)}H${rounded(to)}${caps}`;
  return element('path', { d, stroke: form === 'bars' ? INK : BLUE, 'stroke-width': 1.6, fill: 'none' });
}

/** Higher than all else, so that it is seen also where it lies on the value. */
function drawPublished(x: number, y: number): string {
  return element('path', { d: `M${rounded(x)} ${rounded(y - 10)}v20`, stroke: VERMILION, 'stroke-width': 2.5 });
}

function drawValue(x: number, y: number): string {
  return mark('circle', { x, y }, 4.5, { fill: BLUE, stroke: '#ffffff', 'stroke-width': 0.8 });
}

/** What the marks mean, over the plot: only those that occur. */
function key({ rows, names = {} }: RowChart, form: Form, left: number, y: number): string[] {
  const entries: [name: string, sample: (x: number) => string][] = [];
  const value = (x: number) => (form === 'bars' ? drawBar(x + 1, x + 19, y, 11) : drawValue(x + 10, y));
  entries.push([names.value ?? 'measured', value]);
  if (rows.some(({ interval }) => interval !== undefined))
    entries.push([names.interval ?? 'interval', (x) => drawInterval(x, x + 20, y, form)]);
  if (rows.some(({ published }) => published !== undefined))
    entries.push([names.published ?? 'published', (x) => drawPublished(x + 10, y)]);
  let x = left;
  return entries.map(([name, sample]) => {
    const start = x;
    x += 28 + SLACK * textWidth(printable(name), VALUE_SIZE) + 18;
    return group('legend', [sample(start), textAt(printable(name), start + 27, y, { size: VALUE_SIZE })]);
  });
}
