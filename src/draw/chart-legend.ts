/** The legend right of the plot: names near the ends of their lines, never over each other or over the data. */
import { expected } from '../base/errors.js';
import { group, SLACK } from './chart-frame.js';
import { FONT_SIZE, printable, shortened, textAt, textWidth } from './chart-text.js';

const SIZE = FONT_SIZE.tick;
/** From one name to the next. */
export const LINE_HEIGHT = 19;
/** From the plot to the sample of a line, its length, and from it to the name. */
const LEADER = 16;
const SAMPLE = 28;
const GAP = 6;
/** Of the picture's width, for names: longer ones are shortened. */
const MOST = 0.34;

export interface LegendEntry {
  readonly name: string;
  /** Pixel next to which the name would stand if it were alone. */
  readonly wanted: number;
  /** The sample, `from` and `to` its ends. */
  readonly draw: (from: number, to: number, y: number) => string;
}

/** Right of the plot; nothing where no series has a name. */
export function legendWidth(names: readonly string[], width: number): number {
  const longest = Math.max(0, ...names.map((name) => SLACK * textWidth(printable(name), SIZE)));
  return longest === 0 ? 0 : LEADER + SAMPLE + GAP + Math.min(longest, MOST * width);
}

/**
 * @param left right edge of the plot
 * @param right right end of the space for names
 * @throws NascentError `usage` for more names than fit
 */
export function legend(
  entries: readonly LegendEntry[],
  left: number,
  right: number,
  top: number,
  bottom: number,
): string[] {
  const named = entries.filter(({ name }) => printable(name) !== '');
  const most = Math.floor((bottom - top) / LINE_HEIGHT) + 1;
  if (named.length > most) throw expected('the series of a chart of this height', `at most ${most}`, named.length);
  const heights = spread(
    named.map(({ wanted }) => wanted),
    LINE_HEIGHT,
    top,
    bottom,
  );
  const [from, to] = [left + LEADER, left + LEADER + SAMPLE];
  return named.map(({ name, draw }, i) => {
    const shown = shortened(printable(name), (right - to - GAP) / SLACK + 0.01, SIZE);
    return group('legend', [draw(from, to, heights[i]), textAt(shown, to + GAP, heights[i], { size: SIZE })], name);
  });
}

/**
 * Places at least `gap` apart within [low, high], in the order of the wanted ones, with the least sum of squared
 * distances from them: an isotonic regression of the wanted places less the gaps, by pooling neighbours.
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).toSorted((a, b) => wanted[a] - wanted[b] || a - b);
  const pools: { sum: number; count: number }[] = [];
  order.forEach((index, rank) => {
    let pool = { sum: wanted[index] - rank * gap, count: 1 };
    for (let last = pools.at(-1); last && last.sum / last.count > pool.sum / pool.count; last = pools.at(-1)) {
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  });
  const free = pools.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  const highest = high - (wanted.length - 1) * gap;
  const places = new Array<number>(wanted.length);
  order.forEach((index, rank) => {
    places[index] = Math.max(low, Math.min(highest, free[rank])) + rank * gap;
  });
  return places;
}
