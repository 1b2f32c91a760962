/** Reference lines, whose labels stand where they hide least of the data. */
import type { Area, Point, ReferenceLine } from './chart.js';
import { group, type Plot, SLACK } from './chart-frame.js';
import { FONT_SIZE, PALE_INK, printable, shortened, textAt, textWidth } from './chart-text.js';
import { element, rounded } from './svg.js';

const SIZE = FONT_SIZE.tick;
const GAP = 3;
/** Between places that are tried for a label, in pixels. */
const STRIDE = 12;

/** @param data pixels of what is drawn, close enough together that no label fits between two of them unseen */
export function referenceLines(plot: Plot, references: readonly ReferenceLine[], data: readonly Point[]): string[] {
  const taken: Area[] = [];
  const { left, top, right, bottom } = plot.area;
  return references.map((reference) => {
    const across = reference.axis === 'x';
    const at = across ? plot.x(reference.at) : plot.y(reference.at);
    if (!(across ? at >= left && at <= right : at >= top && at <= bottom)) return '';
    const d = across
      ? `M${rounded(at)} ${rounded(top)}V${rounded(bottom)}`
      : `M${rounded(left)} ${rounded(at)}H${rounded(right)}`;
    const line = element('path', { d, stroke: PALE_INK, 'stroke-width': 1.2, 'stroke-dasharray': '5 4', fill: 'none' });
    const words = printable(reference.label);
    if (words === '') return group('reference', [line]);
    const label = shortened(words, (right - left - 4 * GAP) / SLACK, SIZE);
    const width = textWidth(label, SIZE);
    const box = bestBox(places(plot.area, across, at, SLACK * width + 2 * GAP), data, taken);
    taken.push(box);
    const text = textAt(label, box.left + GAP, (box.top + box.bottom) / 2, { size: SIZE, color: PALE_INK });
    return group('reference', [line, ground({ ...box, right: box.left + width + 2 * GAP }), text]);
  });
}

/** Where a label may stand: on both sides of its line, from one end of the plot to the other, the preferred first. */
function places(area: Area, across: boolean, at: number, width: number): Area[] {
  const height = SIZE + 4;
  const found: Area[] = [];
  const add = (left: number, top: number) => {
    const box = { left, top, right: left + width, bottom: top + height };
    if (box.left >= area.left && box.top >= area.top && box.right <= area.right && box.bottom <= area.bottom)
      found.push(box);
  };
  if (across)
    for (let top = area.top + GAP; top < area.bottom; top += STRIDE)
      for (const left of [at + GAP, at - GAP - width]) add(left, top);
  else
    for (let right = area.right - GAP; right > area.left; right -= STRIDE)
      for (const top of [at - 1 - height, at + 1]) add(right - width, top);
  // A plot too narrow for any place: on the line itself.
  return found.length > 0
    ? found
    : [{ left: area.left, top: area.top, right: area.left + width, bottom: area.top + height }];
}

function bestBox(boxes: readonly Area[], data: readonly Point[], taken: readonly Area[]): Area {
  const cost = (box: Area) => hidden(box, data) + (taken.some((other) => meet(box, other)) ? data.length + 1 : 0);
  const costs = boxes.map(cost);
  return boxes[costs.indexOf(Math.min(...costs))];
}

function hidden({ left, top, right, bottom }: Area, data: readonly Point[]): number {
  let count = 0;
  for (const { x, y } of data) if (x > left - GAP && x < right + GAP && y > top - GAP && y < bottom + GAP) count++;
  return count;
}

function meet(a: Area, b: Area): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** So that the words can be read over lines. */
function ground({ left, top, right, bottom }: Area): string {
  const size = { x: left, y: top, width: right - left, height: bottom - top };
  return element('rect', { ...size, fill: '#ffffff', 'fill-opacity': 0.75 });
}

/** Points at most four pixels apart along lines from each point to the next. */
export function along(points: readonly Point[]): Point[] {
  return points.flatMap((point, i) => {
    const next = points[i + 1] ?? point;
    const count = Math.max(1, Math.ceil(Math.hypot(next.x - point.x, next.y - point.y) / 4));
    return Array.from({ length: count }, (_, k) => ({
      x: point.x + (k / count) * (next.x - point.x),
      y: point.y + (k / count) * (next.y - point.y),
    }));
  });
}
