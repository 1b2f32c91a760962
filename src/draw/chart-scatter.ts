/** Points in the plane, such as score against accuracy: readable for ten and for hundreds of thousands. */
import { expected } from '../base/errors.js';
import type { Area, ChartAxis, ChartFrame, Point, ReferenceLine } from './chart.js';
import { group, type Plot } from './chart-frame.js';
import type { LegendEntry } from './chart-legend.js';
import { planeOf } from './chart-plane.js';
import { referenceLines } from './chart-reference.js';
import { numberFormat } from './chart-scale.js';
import { mark, type SeriesStyle, seriesStyle } from './chart-style.js';
import { element, rounded } from './svg.js';

export interface ScatterGroup {
  /** Empty: not named in the picture. */
  readonly name: string;
  /** A point with a value that is not finite is left out. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ScatterChart extends ChartFrame {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  /** Later ones lie over earlier ones. */
  readonly groups: readonly ScatterGroup[];
  readonly references?: readonly ReferenceLine[];
}

/** With more points the plot is divided into hexagons, each as dark as it is full. */
const MOST_MARKS = 10_000;
/** From the centre of a hexagon to its corners. */
const HEXAGON = 4;
const FAINTEST = 0.25;

/**
 * The chart as SVG.
 * @throws NascentError `usage` if no point is finite, or a logarithmic axis gets a value ≤ 0
 */
export function scatterChart(chart: ScatterChart): string {
  const { references = [] } = chart;
  const groups = chart.groups.map(({ name, points }) => ({
    name,
    points: points.filter((p) => p.every(Number.isFinite)),
  }));
  const count = groups.reduce((sum, { points }) => sum + points.length, 0);
  if (count === 0) throw expected(`the points of "${chart.title}"`, 'at least one of finite numbers', 'none');
  const crowded = count > MOST_MARKS;
  const { plot, draw } = planeOf(crowded ? { ...chart, subtitle: crowdedSubtitle(chart, count) } : chart, {
    x: valuesOf(groups, references, 'x'),
    y: valuesOf(groups, references, 'y'),
    names: groups.map(({ name }) => name),
    padding: { x: 0.03, y: 0.03 },
  });
  const pixels = groups.map(({ points }) => pixelsOf(points, plot));
  const drawn = pixels.map((points, i) =>
    crowded ? hexagons(points, seriesStyle(i)) : marks(points, count, seriesStyle(i)),
  );
  const entries = groups.map(({ name }, i) => legendEntry(name, crowded, seriesStyle(i), plot.area));
  return draw(
    [
      ...drawn.map((part, i) => group('points', [part], groups[i].name)),
      ...referenceLines(plot, references, pixels.flat()),
    ],
    entries,
  );
}

function crowdedSubtitle({ subtitle }: ScatterChart, count: number): string {
  const note = `${numberFormat(count, 1)(count)} points; the darker, the more (logarithmic)`;
  return subtitle === undefined ? note : `${subtitle} · ${note}`;
}

function valuesOf(groups: readonly ScatterGroup[], references: readonly ReferenceLine[], axis: 'x' | 'y'): number[] {
  const index = axis === 'x' ? 0 : 1;
  const values = groups.flatMap(({ points }) => points.map((point) => point[index]));
  return values.concat(references.filter((line) => line.axis === axis).map(({ at }) => at));
}

/** Those that lie within the ranges of the axes. */
function pixelsOf(points: ScatterGroup['points'], { area, x, y }: Plot): Point[] {
  const pixels = points.map((point) => ({ x: x(point[0]), y: y(point[1]) }));
  return pixels.filter((at) => at.x >= area.left && at.x <= area.right && at.y >= area.top && at.y <= area.bottom);
}

/** The more points there are, the smaller and fainter are the marks. */
function marks(points: readonly Point[], count: number, { color, mark: shape }: SeriesStyle): string {
  const radius = Math.max(2, Math.min(3.5, 3.5 * (300 / count) ** 0.15));
  const opacity = Math.max(0.2, Math.min(0.85, 20 / Math.sqrt(count)));
  return element('g', { fill: color, 'fill-opacity': opacity }, ...points.map((point) => mark(shape, point, radius)));
}

/** One path for each of a few opacities, which grow with the logarithm of the points in a hexagon. */
function hexagons(points: readonly Point[], { color }: SeriesStyle): string {
  const cells = [...cellsOf(points).values()];
  const most = cells.reduce((max, { count }) => Math.max(max, count), 1);
  const levels: string[][] = [[], [], [], [], [], [], [], []];
  for (const { x, y, count } of cells) {
    const share = most === 1 ? 1 : Math.log(count) / Math.log(most);
    levels[Math.round(share * (levels.length - 1))].push(hexagon(x, y));
  }
  const paths = levels.map((parts, level) => {
    const opacity = FAINTEST + (1 - FAINTEST) * (level / (levels.length - 1));
    return parts.length === 0 ? '' : element('path', { d: parts.join(''), 'fill-opacity': opacity });
  });
  return element('g', { fill: color }, ...paths);
}

interface Cell extends Point {
  count: number;
}

/** Points counted by hexagon: the centres are two rectangular grids, one in the middles of the other; the nearest holds. */
function cellsOf(points: readonly Point[]): Map<string, Cell> {
  const [wide, high] = [Math.sqrt(3) * HEXAGON, 3 * HEXAGON];
  const cells = new Map<string, Cell>();
  for (const point of points) {
    const [even, odd] = [0, 0.5].map((shift) => ({
      x: (Math.round(point.x / wide - shift) + shift) * wide,
      y: (Math.round(point.y / high - shift) + shift) * high,
    }));
    const distance = (centre: Point) => Math.hypot(centre.x - point.x, centre.y - point.y);
    const centre = distance(even) <= distance(odd) ? even : odd;
    const key = `${rounded(centre.x)} ${rounded(centre.y)}`;
    const cell = cells.get(key);
    if (cell) cell.count++;
    else cells.set(key, { ...centre, count: 1 });
  }
  return cells;
}

function hexagon(x: number, y: number): string {
  const side = rounded((Math.sqrt(3) / 2) * HEXAGON);
  const half = rounded(HEXAGON / 2);
  return `M${rounded(x)} ${rounded(y - HEXAGON)}l${side} ${half}v${HEXAGON}l-${side} ${half}l-${side} -${half}v-${HEXAGON}z`;
}

function legendEntry(name: string, crowded: boolean, style: SeriesStyle, { top }: Area): LegendEntry {
  const shape = crowded ? 'circle' : style.mark;
  const draw = (from: number, to: number, y: number) =>
    mark(shape, { x: (from + to) / 2, y }, 5, { fill: style.color });
  return { name, wanted: top, draw };
}
