/** The plane of charts with two axes: what lies where, and everything around the data. */
import type { Area, ChartAxis, ChartFrame } from './chart.js';
import {
  BELOW,
  checkedArea,
  header,
  horizontalScale,
  MARGIN,
  type Plot,
  plotOf,
  sizeOf,
  xAxis,
  yAxis,
  yAxisWidth,
} from './chart-frame.js';
import { type LegendEntry, legend, legendWidth } from './chart-legend.js';
import { type Scale, scaleOf } from './chart-scale.js';
import { printable } from './chart-text.js';
import { svgDocument } from './svg.js';

/** Height of a picture for each tick of the axis left of the plot. */
const TICK_PITCH = 42;
/** Right of a plot without a legend: half of the last tick's label. */
const LEAST_RIGHT = 12;
/** Names of a legend stay this far from the plot's upper and lower end. */
const INSET = 8;

interface PlaneChart extends ChartFrame {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
}

interface PlaneContent {
  /** All values that the axes have to hold. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** For the legend; empty names are not written. */
  readonly names: readonly string[];
  /** Space around the data, as shares of the axes. */
  readonly padding: { readonly x: number; readonly y: number };
}

export interface Plane {
  readonly plot: Plot;
  readonly yScale: Scale;
  /** The whole picture, with the data between axes and legend. */
  draw(data: readonly string[], entries: readonly LegendEntry[]): string;
}

export function planeOf(chart: PlaneChart, { x, y, names, padding }: PlaneContent): Plane {
  const { width, height } = sizeOf(chart);
  const { parts, bottom: top } = header(chart, width);
  const yScale = scaleOf(chart.y, y, { room: (height - top - BELOW) / TICK_PITCH, padding: padding.y });
  const right = width - MARGIN - Math.max(legendWidth(names, width), LEAST_RIGHT);
  const area: Area = checkedArea({ left: yAxisWidth(yScale), top, right, bottom: height - BELOW }, width, height);
  const xScale = horizontalScale(chart.x, x, area.right - area.left, { padding: padding.x });
  const plot = plotOf(area, chart, { x: xScale, y: yScale });
  const draw = (data: readonly string[], entries: readonly LegendEntry[]) =>
    svgDocument(width, height, printable(chart.title), [
      ...parts,
      ...xAxis(area, chart.x, xScale, plot.x),
      ...yAxis(area, chart.y, yScale, plot.y),
      ...data,
      ...legend(entries, area.right, width - MARGIN, area.top + INSET, area.bottom - INSET),
    ]);
  return { plot, yScale, draw };
}
