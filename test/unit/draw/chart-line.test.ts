import { describe, expect, it } from 'vitest';
import { type LineChart, type LineSeries, lineChart } from '../../../src/draw/chart-line.js';
import { corners, groups, lineOf, numberOf, parse, reader, words } from './charts.js';

const X = { label: 'Architectures evaluated' };
const Y = { label: 'Regret', unit: '%' };
const POINTS: [number, number][] = [10, 100, 180, 500].map((n) => [n, 80 / n]);

const curve = (name: string, points: LineSeries['points'] = POINTS): LineSeries => ({ name, points });
const draw = (series: readonly LineSeries[], more: Partial<LineChart> = {}): string => {
  const svg = lineChart({ title: 'Regret', x: X, y: Y, series, ...more });
  parse(svg);
  return svg;
};

/** What a series' line says by the ticks, piece by piece between gaps. */
function valuesOf(svg: string, index = 0, log = { x: false, y: false }): number[][][] {
  const [x, y] = [reader(svg, 'x', log.x), reader(svg, 'y', log.y)];
  return lineOf(svg, index).map((piece) => piece.map((corner) => [x(corner.x), y(corner.y)]));
}

function expectNear(found: readonly number[][], wanted: readonly (readonly number[])[]): void {
  expect(found.length).toBe(wanted.length);
  found.flat().forEach((value, i) => {
    expect(Math.abs(value - wanted.flat()[i])).toBeLessThan(0.002 * Math.abs(wanted.flat()[i]) + 0.002);
  });
}

/** The plot by its grid of the other axis: where its lines begin and end. */
function plotOf(svg: string): { left: number; right: number } {
  const [, upright] = [...svg.matchAll(/<path class="grid" d="([^"]*)"/g)].map(([, d]) => d);
  const [, left, right] = /M([\d.]+) [\d.]+H([\d.]+)/.exec(upright) ?? [];
  return { left: Number(left), right: Number(right) };
}

describe('a line chart', () => {
  it('draws points where its ticks say, on all kinds of axes', () => {
    expectNear(valuesOf(draw([curve('a')]))[0], POINTS);
    expectNear(valuesOf(draw([curve('a')], { x: { ...X, reversed: true }, y: { ...Y, reversed: true } }))[0], POINTS);
    for (const reversed of [false, true])
      for (const size of [{}, { width: 400, height: 300 }]) {
        const axes = { x: { ...X, scale: 'log', reversed }, y: { ...Y, scale: 'log', reversed } } as const;
        const svg = draw([curve('a')], { ...axes, ...size });
        expectNear(valuesOf(svg, 0, { x: true, y: true })[0], POINTS);
      }
  });

  it('has greater values higher and more to the right, unless an axis is reversed', () => {
    const rising = (values: number[]) => values.every((value, i) => i === 0 || value > values[i - 1]);
    for (const reversed of [false, true]) {
      const [line] = lineOf(draw([curve('a')], { x: { ...X, reversed }, y: { ...Y, reversed } }), 0);
      expect(rising(line.map(({ x }) => x))).toBe(!reversed);
      expect(rising(line.map(({ y }) => y))).toBe(!reversed);
    }
  });

  it('holds a value until the next one in steps', () => {
    const points: [number, number][] = [1, 2, 4].map((n) => [n, 8 / n]);
    const svg = draw([{ name: 'a', points, steps: true }]);
    expectNear(valuesOf(svg)[0], [
      [1, 8],
      [2, 8],
      [2, 4],
      [4, 4],
      [4, 2],
    ]);
  });

  it('leaves gaps where a value is not finite, and marks a point between gaps', () => {
    const values = [5, 4, Number.NaN, 3, Number.POSITIVE_INFINITY, 2, 1];
    const svg = draw([
      curve(
        'a',
        values.map((value, i) => [i, value]),
      ),
    ]);
    expect(valuesOf(svg).map((piece) => piece.length)).toEqual([2, 2]);
    const [marks] = groups(svg, 'marks');
    const circles = [...marks.matchAll(/<circle ([^>]*)\/>/g)];
    expect(circles.length).toBe(1);
    expect(reader(svg, 'x')(numberOf(circles[0][1], 'cx'))).toBeCloseTo(3, 1);
    expect(reader(svg, 'y')(numberOf(circles[0][1], 'cy'))).toBeCloseTo(3, 1);
  });

  it('draws a series of one point as a mark, and one of none by name only', () => {
    const svg = draw([curve('one', [[3, 4]]), curve('none', []), curve('nothing', [[1, Number.NaN]])]);
    expect(groups(svg, 'series').length).toBe(0);
    expect(groups(svg, 'marks').length).toBe(1);
    expect(words(svg).map(({ text }) => text)).toEqual(expect.arrayContaining(['none (no data)', 'nothing (no data)']));
    // Whose name says by itself why there is nothing.
    const said = draw([curve('one', [[3, 4]]), { ...curve('none', []), empty: false }]);
    expect(words(said).map(({ text }) => text)).toContain('none');
  });

  it('draws a band along its low and high ends, below all lines', () => {
    const band: [number, number, number][] = POINTS.map(([x, y]) => [x, y / 2, y * 2]);
    const svg = draw([{ ...curve('a'), band }, curve('b')]);
    const [found] = groups(svg, 'band');
    const outline = corners(/ d="M([^"]*)Z"/.exec(found)?.[1] ?? '');
    const read = outline.map(({ x, y }) => [reader(svg, 'x')(x), reader(svg, 'y')(y)]);
    expectNear(read, [...band.map(([x, , high]) => [x, high]), ...band.map(([x, low]) => [x, low]).toReversed()]);
    expect(svg.indexOf('class="band"')).toBeLessThan(svg.indexOf('class="series"'));
  });

  it('lets a band go below a logarithmic axis, but no point', () => {
    const log = { y: { ...Y, scale: 'log' as const } };
    const band: [number, number, number][] = POINTS.map(([x, y]) => [x, 0, y]);
    expectNear(valuesOf(draw([{ ...curve('a'), band }], log), 0, { x: false, y: true })[0], POINTS);
    const sentence = 'Expected values of "Regret" on a logarithmic axis to be above 0, got -2.';
    expect(() =>
      draw(
        [
          curve('a', [
            [1, -2],
            [2, 3],
          ]),
        ],
        log,
      ),
    ).toThrow(sentence);
  });

  it('gives equal values a range around them, and one point a plot', () => {
    const flat = draw([
      curve(
        'a',
        [1, 2, 3].map((x) => [x, 94.2]),
      ),
    ]);
    expectNear(
      valuesOf(flat)[0],
      [1, 2, 3].map((x) => [x, 94.2]),
    );
    expect(words(groups(draw([curve('a', [[0, 0]])]), 'x-ticks')[0]).length).toBeGreaterThan(1);
  });

  it('draws reference lines at their values, also beyond the data, with words that keep off the lines', () => {
    const references = [
      { axis: 'y' as const, at: 12, label: 'noise' },
      { axis: 'x' as const, at: 182, label: 'published' },
    ];
    const svg = draw([curve('a')], { references });
    const [noise, published] = groups(svg, 'reference');
    expect(reader(svg, 'y')(Number(/ d="M[\d.]+ ([\d.]+)H/.exec(noise)?.[1]))).toBeCloseTo(12, 1);
    expect(reader(svg, 'x')(Number(/ d="M([\d.]+) [\d.]+V/.exec(published)?.[1]))).toBeCloseTo(182, 0);
    const line = lineOf(svg, 0)[0];
    for (const part of [noise, published]) {
      const ground = /<rect ([^>]*)\/>/.exec(part)?.[1] ?? '';
      const [left, top] = [numberOf(ground, 'x'), numberOf(ground, 'y')];
      const [right, bottom] = [left + numberOf(ground, 'width'), top + numberOf(ground, 'height')];
      line.slice(1).forEach((end, i) => {
        for (let share = 0; share <= 1; share += 0.01) {
          const x = line[i].x + share * (end.x - line[i].x);
          const y = line[i].y + share * (end.y - line[i].y);
          expect(x > left && x < right && y > top && y < bottom).toBe(false);
        }
      });
    }
  });

  it('writes names right of the plot, apart from each other and inside the picture', () => {
    const series = Array.from({ length: 20 }, (_, i) =>
      curve(`strategy ${i}`, [
        [0, 10],
        [500, 1 + i / 1000],
      ]),
    );
    const svg = draw(series);
    const names = words(groups(svg, 'legend').join(''));
    expect(names.map(({ text }) => text).toSorted()).toEqual(series.map(({ name }) => name).toSorted());
    const heights = names.map(({ y }) => y).toSorted((a, b) => a - b);
    heights.slice(1).forEach((y, i) => {
      expect(y - heights[i]).toBeGreaterThanOrEqual(names[0].size + 2);
    });
    expect(heights[0] - names[0].size).toBeGreaterThan(0);
    expect(heights[19]).toBeLessThan(520);
    for (const { x } of names) expect(x).toBeGreaterThan(plotOf(svg).right);
    // In the order of the lines' ends: the highest first.
    expect(names.toSorted((a, b) => a.y - b.y)[0].text).toBe('strategy 19');
    expect(() => draw(Array.from({ length: 60 }, (_, i) => curve(`${i}`)))).toThrow(
      /series of a chart of this height.*60/,
    );
  });

  it('tells 42 series apart by colour and dashes', () => {
    const series = Array.from({ length: 42 }, (_, i) => curve(i === 0 ? 'a' : ''));
    const styles = groups(draw(series), 'series').map((part) =>
      [/ stroke="([^"]*)"/, /stroke-dasharray="([^"]*)"/].map((pattern) => pattern.exec(part)?.[1]).join(),
    );
    expect(styles.length).toBe(42);
    expect(new Set(styles).size).toBe(42);
    expect(new Set(styles.slice(0, 6).map((style) => style.split(',')[1])).size).toBe(6);
  });

  it('escapes all words and drops what XML cannot hold', () => {
    const strange = '<b> & "x"\u0000\uD800';
    const axis = { label: strange, unit: '<%>' };
    const references = [{ axis: 'y' as const, at: 3, label: strange }];
    const svg = draw([curve(strange)], { title: strange, subtitle: strange, x: axis, y: axis, references });
    expect(svg).not.toContain('<b>');
    expect(words(svg).filter(({ text }) => text.startsWith('<b> & "x"')).length).toBe(6);
  });

  it('shortens long names, breaks long titles, and keeps a plot', () => {
    const long = 'weak predictors with every option spelt out '.repeat(8);
    const svg = draw([curve(long)], { title: long, subtitle: long });
    expect(words(groups(svg, 'legend')[0])[0].text).toMatch(/…$/);
    expect(plotOf(svg).right - plotOf(svg).left).toBeGreaterThan(300);
    expect(words(svg).filter(({ x, anchor }) => anchor === 'start' && x === 16).length).toBeGreaterThan(4);
    expect(svg).toContain(`<title>${long.trim()}</title>`);
  });

  it('draws the same twice', () => {
    expect(draw([curve('a'), curve('b')])).toBe(draw([curve('a'), curve('b')]));
  });

  it('refuses a chart without points and sizes that hold none', () => {
    const sentence = 'Expected the series of "Regret" to be at least one point of finite numbers, got "none".';
    expect(() => draw([])).toThrow(sentence);
    expect(() => draw([curve('a', [[1, Number.NaN]])])).toThrow(sentence);
    expect(() => draw([curve('a')], { width: 10 })).toThrow('Expected the width of a chart');
    expect(() => draw([curve('a')], { height: Number.NaN })).toThrow('Expected the height of a chart');
    expect(() => draw([curve('a')], { height: 200, width: 220, subtitle: 'x '.repeat(500) })).toThrow('large enough');
  });
});
