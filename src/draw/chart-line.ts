/** Lines over a common axis, with confidence bands: regret over samples, accuracy over epochs. */
import { expected } from '../base/errors.js';
import type { Area, ChartAxis, ChartFrame, Point, ReferenceLine } from './chart.js';
import { group, type Plot } from './chart-frame.js';
import type { LegendEntry } from './chart-legend.js';
import { planeOf } from './chart-plane.js';
import { along, referenceLines } from './chart-reference.js';
import type { Scale } from './chart-scale.js';
import { mark, type SeriesStyle, seriesStyle } from './chart-style.js';
import { element, rounded } from './svg.js';

export interface LineSeries {
  /** Empty: not named in the picture. */
  readonly name: string;
  /** In the order in which they are joined. A value that is not finite leaves a gap; a point between gaps is a mark. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Interval around the line, for example of confidence. On a logarithmic axis a low end ≤ 0 lies below the picture. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
  /** A value holds until the next one. Default false: values are joined by straight lines. */
  readonly steps?: boolean;
  /** A mark at each point. Default false. */
  readonly marks?: boolean;
  /** Whether the name says it where there is no finite point. Default true. */
  readonly empty?: boolean;
}

export interface LineChart extends ChartFrame {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly LineSeries[];
  readonly references?: readonly ReferenceLine[];
}

type Band = NonNullable<LineSeries['band']>;

const LINE_WIDTH = 2;
const MARK_RADIUS = 3.6;
/** From a line's end up or down to its name: further ones would lie on each other. */
const LONGEST_LEADER = 40;
/** A band that goes down very far on a logarithmic axis shows this part of the lowest line. */
const LOWEST_BAND = 1 / 3;

/**
 * The chart as SVG.
 * @throws NascentError `usage` if no point is finite, a logarithmic axis gets a value ≤ 0, or names do not fit
 */
export function lineChart(chart: LineChart): string {
  const { series, references = [] } = chart;
  if (!series.some(({ points }) => points.some(isFinitePoint)))
    throw expected(`the series of "${chart.title}"`, 'at least one point of finite numbers', 'none');
  const names = series.map(nameOf);
  const { plot, yScale, draw } = planeOf(chart, {
    x: xValues(chart),
    y: yValues(chart),
    names,
    padding: { x: 0, y: 0.04 },
  });
  const drawn = series.map((one, i) => drawSeries(one, seriesStyle(i), plot, yScale));
  const data = drawn.flatMap(({ runs, edges }) => [...runs, ...edges].flatMap(along));
  const parts = [
    clipped(plot.area, [...drawn.map(({ band }) => band), ...drawn.map(({ line }) => line)]),
    ...drawn.map(({ marks }) => marks),
    ...referenceLines(plot, references, data),
  ];
  return draw(
    parts,
    series.map((one, i) => legendEntry(one, seriesStyle(i), drawn[i].runs, plot.area)),
  );
}

/** As the legend writes it. */
function nameOf({ name, points, empty = true }: LineSeries): string {
  return name === '' || !empty || points.some(isFinitePoint) ? name : `${name} (no data)`;
}

function isFinitePoint(point: readonly number[]): boolean {
  return point.every(Number.isFinite);
}

function xValues({ series, references = [] }: LineChart): number[] {
  const points = series.flatMap(({ points, band = [] }) => [...points, ...band]).filter(isFinitePoint);
  return [...points.map(([x]) => x), ...references.filter(({ axis }) => axis === 'x').map(({ at }) => at)];
}

function yValues({ series, references = [], y }: LineChart): number[] {
  const values = series.flatMap(({ points }) => points.filter(isFinitePoint).map(([, value]) => value));
  values.push(...references.filter(({ axis }) => axis === 'y').map(({ at }) => at));
  const lowest = y.scale === 'log' ? LOWEST_BAND * values.reduce((a, b) => Math.min(a, b)) : Number.NEGATIVE_INFINITY;
  const bands = series.flatMap(({ band = [] }) => band.filter(isFinitePoint));
  for (const [, low, high] of bands) values.push(Math.max(low, lowest), high);
  return values;
}

interface DrawnSeries {
  readonly band: string;
  readonly line: string;
  readonly marks: string;
  /** Pixels of the corners, gap by gap. */
  readonly runs: readonly (readonly Point[])[];
  /** The same of the band's outline. */
  readonly edges: readonly (readonly Point[])[];
}

function drawSeries(series: LineSeries, style: SeriesStyle, plot: Plot, y: Scale): DrawnSeries {
  const points = runsOf(series.points).map((run) => run.map(([x, value]) => ({ x: plot.x(x), y: plot.y(value) })));
  const runs = points.map((run) => (series.steps ? stairs(run) : run));
  const outlines = bandOutlines(series, plot, y);
  const marked = points.filter((run) => series.marks || run.length === 1).flat();
  const marks = marked.filter((point) => isInside(point, plot.area)).map((point) => drawMark(point, style));
  return {
    band: group(
      'band',
      outlines.map((outline) => drawBand(outline, style)),
    ),
    line: drawLine(series.name, runs, style),
    marks: group('marks', marks),
    runs,
    edges: outlines.flatMap(({ low, high }) => [low, high]),
  };
}

/** Runs of finite points. */
function runsOf<P extends readonly number[]>(points: readonly P[]): P[][] {
  const runs: P[][] = [[]];
  for (const point of points) {
    if (isFinitePoint(point)) runs.at(-1)?.push(point);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

/** With a corner before each point but the first, at the height of the point before. */
function stairs(run: readonly Point[]): Point[] {
  return run.flatMap((point, i) => (i === 0 ? [point] : [{ x: point.x, y: run[i - 1].y }, point]));
}

function drawLine(name: string, runs: readonly (readonly Point[])[], { color, dashes }: SeriesStyle): string {
  const d = runs
    .filter((run) => run.length > 1)
    .map((run) => `M${path(run)}`)
    .join('');
  if (d === '') return '';
  const attributes = { d, stroke: color, 'stroke-width': LINE_WIDTH, 'stroke-dasharray': dashes, fill: 'none' };
  return group('series', [element('path', { ...attributes, 'stroke-linejoin': 'round' })], name);
}

function path(points: readonly Point[]): string {
  return points.map(({ x, y }) => `${rounded(x)} ${rounded(y)}`).join('L');
}

function drawMark(point: Point, { mark: shape, color }: SeriesStyle): string {
  return mark(shape, point, MARK_RADIUS, { fill: color, stroke: '#ffffff', 'stroke-width': 0.8 });
}

function isInside({ x, y }: Point, { left, top, right, bottom }: Area): boolean {
  return x >= left - 0.01 && x <= right + 0.01 && y >= top - 0.01 && y <= bottom + 0.01;
}

interface Outline {
  readonly low: readonly Point[];
  readonly high: readonly Point[];
}

/** The band's edges, gap by gap. What lies below 0 on a logarithmic axis lies below the plot. */
function bandOutlines({ band = [], steps }: LineSeries, plot: Plot, { log, low: lowest }: Scale): Outline[] {
  const edge = (points: Band, side: 1 | 2) => {
    const value = (point: Band[number]) => (log ? Math.max(point[side], lowest / 10) : point[side]);
    const run = points.map((point) => ({ x: plot.x(point[0]), y: plot.y(value(point)) }));
    return steps ? stairs(run) : run;
  };
  return runsOf(band).map((run) => ({ low: edge(run, 1), high: edge(run, 2) }));
}

/** A filled band; where it has one point between gaps, a bar. */
function drawBand({ low, high }: Outline, { color }: SeriesStyle): string {
  if (low.length === 1) return drawBar(low[0], high[0], color);
  return element('path', { d: `M${path([...high, ...low.toReversed()])}Z`, fill: color, 'fill-opacity': 0.15 });
}

function drawBar(low: Point, high: Point, color: string): string {
  const caps = [low, high].map(({ x, y }) => `M${rounded(x - 4)} ${rounded(y)}h8`).join('');
  const d = `M${rounded(low.x)} ${rounded(low.y)}V${rounded(high.y)}${caps}`;
  return element('path', { d, stroke: color, 'stroke-width': 1.5, fill: 'none' });
}

/** What lies outside the plot is not seen: an inner picture cuts it off without an id that another picture could have. */
function clipped({ left, top, right, bottom }: Area, parts: readonly string[]): string {
  const size = { width: right - left, height: bottom - top };
  const viewBox = [left, top, size.width, size.height].map(rounded).join(' ');
  return element('svg', { x: left, y: top, ...size, viewBox, overflow: 'hidden' }, ...parts);
}

/** The name beside the line's end, with a sample of the line that leads there if the line ends at the plot's edge. */
function legendEntry(series: LineSeries, style: SeriesStyle, runs: DrawnSeries['runs'], area: Area): LegendEntry {
  const end = runs.at(-1)?.at(-1);
  const wanted = end === undefined ? area.bottom : Math.max(area.top, Math.min(area.bottom, end.y));
  const leads = end !== undefined && isInside(end, area) && end.x > area.right - 1;
  const alone = runs.length > 0 && runs.every((run) => run.length === 1);
  const draw = (from: number, to: number, y: number) => {
    const near = leads && Math.abs(y - wanted) <= LONGEST_LEADER;
    const leader = `M${rounded(area.right + 1)} ${rounded(wanted)}L${rounded(from - 2)} ${rounded(y)}`;
    const sample = { d: `M${rounded(from)} ${rounded(y)}H${rounded(to)}`, stroke: style.color };
    return [
      near ? element('path', { d: leader, stroke: style.color, 'stroke-width': 1, 'stroke-opacity': 0.6 }) : '',
      alone ? '' : element('path', { ...sample, 'stroke-width': LINE_WIDTH + 0.4, 'stroke-dasharray': style.dashes }),
      series.marks || alone ? drawMark({ x: (from + to) / 2, y }, style) : '',
    ].join('');
  };
  return { name: nameOf(series), wanted, draw };
}
