/** What charts have in common: size, title, and axes with ticks and grid. */
import { expected } from '../base/errors.js';
import type { Area, ChartAxis, ChartFrame } from './chart.js';
import { type Scale, type ScaleOptions, scaleOf } from './chart-scale.js';
import { FONT_SIZE, INK, PALE_INK, printable, shortened, textAt, textWidth, wrapped } from './chart-text.js';
import { element, escaped, rounded } from './svg.js';

export const WIDTH = 860;
export const HEIGHT = 520;
export const MARGIN = 16;
/** Below the plot: ticks, their labels and the axis's. */
export const BELOW = 62;
const SMALLEST = 200;
/** Width and height of a plot. */
const SMALLEST_PLOT = 60;
const LARGEST = 10_000;
const GRID = '#e3e6ea';
const AXIS = '#59636e';
/** From one tick to the next on the axis below the plot. */
const NARROWEST = 58;
const TICK = 5;
const MINOR_TICK = 3;
/** Fonts that stand in for Arial may be wider. */
export const SLACK = 1.1;

/**
 * The size of the picture.
 * @throws NascentError `usage` for less than 200 or more than 10,000 pixels
 */
export function sizeOf(frame: ChartFrame, height = HEIGHT): { readonly width: number; readonly height: number } {
  const size = { width: frame.width ?? WIDTH, height: frame.height ?? height };
  for (const [side, pixels] of Object.entries(size))
    if (!(pixels >= SMALLEST && pixels <= LARGEST))
      throw expected(`the ${side} of a chart`, `a number of pixels from ${SMALLEST} to ${LARGEST}`, pixels);
  return size;
}

export interface Header {
  readonly parts: readonly string[];
  /** Where the rest of the picture begins. */
  readonly bottom: number;
}

/** Title and subtitle, broken into as many lines as they need. */
export function header(frame: ChartFrame, width: number): Header {
  const parts: string[] = [];
  let bottom = MARGIN - 4;
  const write = (text: string | undefined, size: number, bold: boolean) => {
    const words = printable(text ?? '');
    for (const line of words === '' ? [] : wrapped(words, (width - 2 * MARGIN) / SLACK, size, bold)) {
      parts.push(textAt(line, MARGIN, bottom + 0.65 * size, { size, bold, color: bold ? INK : PALE_INK }));
      bottom += 1.35 * size;
    }
  };
  write(frame.title, FONT_SIZE.title, true);
  write(frame.subtitle, FONT_SIZE.subtitle, false);
  return { parts, bottom: bottom + 14 };
}

/** The pixel of a value along an axis that runs from `start` (its low end) to `end`. */
export function place(scale: Scale, value: number, start: number, end: number): number {
  return start + scale.share(value) * (end - start);
}

/**
 * The area of a plot, where the words around it leave one.
 * @throws NascentError `usage`
 */
export function checkedArea(area: Area, width: number, height: number): Area {
  if (Math.min(area.right - area.left, area.bottom - area.top) >= SMALLEST_PLOT) return area;
  throw expected('the size of a chart', 'large enough for its words', `${width} × ${height}`);
}

/** Both axes of a plot: `x` and `y` give the pixels of values. */
export interface Plot {
  readonly area: Area;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export function plotOf(area: Area, axes: { x: ChartAxis; y: ChartAxis }, scales: { x: Scale; y: Scale }): Plot {
  return { area, x: horizontal(area, axes.x, scales.x), y: vertical(area, axes.y, scales.y) };
}

/** A scale for an axis of `width` pixels below the plot: as many ticks as their labels leave room for. */
export function horizontalScale(
  axis: ChartAxis,
  values: Iterable<number>,
  width: number,
  options: Omit<ScaleOptions, 'room'> = {},
): Scale {
  const scale = scaleOf(axis, values, { ...options, room: width / NARROWEST });
  const pitch = SLACK * widestTick(scale) + 18;
  return pitch <= NARROWEST ? scale : scaleOf(axis, values, { ...options, room: width / pitch });
}

/** The pixels of values on an axis below the plot. */
export function horizontal({ left, right }: Area, axis: ChartAxis, scale: Scale): (value: number) => number {
  return (value) => (axis.reversed ? place(scale, value, right, left) : place(scale, value, left, right));
}

function vertical({ top, bottom }: Area, axis: ChartAxis, scale: Scale): (value: number) => number {
  return (value) => (axis.reversed ? place(scale, value, top, bottom) : place(scale, value, bottom, top));
}

export function axisLabel({ label, unit }: ChartAxis): string {
  return printable(unit === undefined ? label : `${label} (${unit})`);
}

/** Grid lines, axis line, ticks and words of the axis below the plot. */
export function xAxis({ left, top, right, bottom }: Area, axis: ChartAxis, scale: Scale, at: (v: number) => number) {
  const words = axisLabel(axis);
  const label = shortened(words, (right - left) / SLACK, FONT_SIZE.label);
  return [
    lines(
      'grid',
      GRID,
      scale.ticks.map(({ value }) => `M${rounded(at(value))} ${rounded(top)}V${rounded(bottom)}`),
    ),
    lines('axis', AXIS, [
      `M${rounded(left)} ${rounded(bottom)}H${rounded(right)}`,
      ...scale.ticks.map(({ value }) => `M${rounded(at(value))} ${rounded(bottom)}v${TICK}`),
      ...scale.minor.map((value) => `M${rounded(at(value))} ${rounded(bottom)}v${MINOR_TICK}`),
    ]),
    group(
      'x-ticks',
      scale.ticks.map((tick) =>
        textAt(tick.label, at(tick.value), bottom + TICK + 11, { size: FONT_SIZE.tick, anchor: 'middle' }),
      ),
    ),
    group('x-label', [textAt(label, (left + right) / 2, bottom + 42, { size: FONT_SIZE.label, anchor: 'middle' })]),
  ];
}

/** The same for the axis left of the plot. */
export function yAxis({ left, top, right, bottom }: Area, axis: ChartAxis, scale: Scale, at: (v: number) => number) {
  const label = shortened(axisLabel(axis), (bottom - top) / SLACK, FONT_SIZE.label);
  const labelAt = left - TICK - 4 - SLACK * widestTick(scale) - 16;
  return [
    lines(
      'grid',
      GRID,
      scale.ticks.map(({ value }) => `M${rounded(left)} ${rounded(at(value))}H${rounded(right)}`),
    ),
    lines('axis', AXIS, [
      `M${rounded(left)} ${rounded(top)}V${rounded(bottom)}`,
      ...scale.ticks.map(({ value }) => `M${rounded(left)} ${rounded(at(value))}h-${TICK}`),
      ...scale.minor.map((value) => `M${rounded(left)} ${rounded(at(value))}h-${MINOR_TICK}`),
    ]),
    group(
      'y-ticks',
      scale.ticks.map((tick) =>
        textAt(tick.label, left - TICK - 4, at(tick.value), { size: FONT_SIZE.tick, anchor: 'end' }),
      ),
    ),
    group('y-label', [
      textAt(label, labelAt, (top + bottom) / 2, { size: FONT_SIZE.label, anchor: 'middle', upright: true }),
    ]),
  ];
}

/** Left of the plot: ticks, their labels and the axis's. */
export function yAxisWidth(scale: Scale): number {
  return MARGIN + FONT_SIZE.label + TICK + 4 + SLACK * widestTick(scale) + 8;
}

function widestTick({ ticks }: Scale): number {
  return Math.max(0, ...ticks.map(({ label }) => textWidth(label, FONT_SIZE.tick)));
}

function lines(name: string, color: string, paths: readonly string[]): string {
  return element('path', { class: name, d: paths.join(''), stroke: color, 'stroke-width': 1, fill: 'none' });
}

/** Parts that belong together, or nothing where there is none; the title is what viewers show when one points at them. */
export function group(name: string, parts: readonly string[], title?: string): string {
  if (parts.every((part) => part === '')) return '';
  const described = title === undefined ? [] : [element('title', {}, escaped(printable(title)))];
  return element('g', { class: name }, ...described, ...parts);
}
