/** How series are told apart: by colour, by dashes and by marks, so that print without colours and colour-blind eyes do too. */
import type { Point } from './chart.js';
import { element, rounded } from './svg.js';

/** Okabe and Ito, "Color Universal Design" (2008), without yellow, which does not show on white. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];
/** Six, so that 42 series pass before colour and dashes come together again. */
const DASHES = [undefined, '8 3', '2 2.5', '9 3 2 3', '14 3', '6 2.5 2 2.5 2 2.5'];
const MARKS = ['circle', 'square', 'triangle', 'diamond', 'down'] as const;

export type MarkShape = (typeof MARKS)[number];

export interface SeriesStyle {
  readonly color: string;
  readonly dashes: string | undefined;
  readonly mark: MarkShape;
}

/** Of the series with this number, from 0. */
export function seriesStyle(index: number): SeriesStyle {
  return {
    color: COLORS[index % COLORS.length],
    dashes: DASHES[index % DASHES.length],
    mark: MARKS[index % MARKS.length],
  };
}

export interface MarkStyle {
  readonly fill?: string;
  readonly stroke?: string;
  readonly 'stroke-width'?: number;
}

/** A mark around a point; all shapes of one radius have about the same area. */
export function mark(shape: MarkShape, { x, y }: Point, radius: number, style: MarkStyle = {}): string {
  if (shape === 'circle') return element('circle', { cx: x, cy: y, r: radius, ...style });
  const d = `M${corners(shape, radius)
    .map(([dx, dy]) => `${rounded(x + dx)} ${rounded(y + dy)}`)
    .join('L')}Z`;
  return element('path', { d, ...style });
}

function corners(shape: Exclude<MarkShape, 'circle'>, radius: number): [number, number][] {
  const side = 0.886 * radius;
  const tip = 1.25 * radius;
  if (shape === 'square')
    return [
      [-side, -side],
      [side, -side],
      [side, side],
      [-side, side],
    ];
  if (shape === 'diamond')
    return [
      [0, -tip],
      [tip, 0],
      [0, tip],
      [-tip, 0],
    ];
  const up = shape === 'triangle' ? 1 : -1;
  const [half, low, high] = [1.35 * radius, 0.78 * radius, 1.56 * radius];
  return [
    [-half, up * low],
    [half, up * low],
    [0, -up * high],
  ];
}
