import { describe, expect, it } from 'vitest';
import { barChart, type ChartRow, intervalChart, type RowChart } from '../../../src/draw/chart-rows.js';
import { groups, numberOf, parse, reader, words } from './charts.js';

const ROWS: ChartRow[] = [
  { name: 'nascent', value: 41.2, interval: [37.9, 44.8] },
  { name: 'WeakNAS', value: 176.4, interval: [160.2, 193.1], published: 182.1 },
  { name: 'evolution', value: 571.3, interval: [520.4, 629.9], published: 563.2 },
];
const chart = (rows: readonly ChartRow[] = ROWS, more: Partial<RowChart> = {}): RowChart => ({
  title: 'Samples to the optimum',
  axis: { label: 'Architectures evaluated' },
  rows,
  ...more,
});
const LOG = { axis: { label: 'Architectures evaluated', scale: 'log' } } as const;

function checked(svg: string): string {
  parse(svg);
  return svg;
}

/** What a row's marks say: the value's point, both ends of its interval, the published value. */
function rowsOf(svg: string, log: boolean) {
  const read = reader(svg, 'x', log);
  return groups(svg, 'row').map((row) => {
    const at = (pattern: RegExp) => (pattern.exec(row) ?? []).slice(1).map((pixel) => read(Number(pixel)));
    return {
      value: at(/<circle cx="([\d.]+)"/)[0],
      interval: at(/d="M([\d.]+) [\d.]+H([\d.]+)M/),
      published: at(/d="M([\d.]+) [\d.]+v20"/)[0],
    };
  });
}

describe('charts of rows', () => {
  it('draw values, intervals and published values where the ticks say', () => {
    for (const more of [{}, LOG, { ...LOG, width: 500, height: 300 }])
      rowsOf(checked(intervalChart(chart(ROWS, more))), 'axis' in more).forEach(({ value, interval, published }, i) => {
        expect(value / ROWS[i].value).toBeCloseTo(1, 2);
        expect(
          interval.map((end, side) => end / (ROWS[i].interval?.[side] ?? 0)).every((r) => Math.abs(r - 1) < 0.01),
        ).toBe(true);
        if (ROWS[i].published === undefined) expect(published).toBeUndefined();
        else expect(published / ROWS[i].published).toBeCloseTo(1, 2);
      });
  });

  it('draw bars from zero', () => {
    const svg = checked(barChart(chart([...ROWS, { name: 'below', value: -100 }])));
    const read = reader(svg, 'x');
    const ends = groups(svg, 'row').map((row) => {
      const bar = /<rect ([^>]*)\/>/.exec(row)?.[1] ?? '';
      return [read(numberOf(bar, 'x')), read(numberOf(bar, 'x') + numberOf(bar, 'width'))];
    });
    [
      [0, 41.2],
      [0, 176.4],
      [0, 571.3],
      [-100, 0],
    ]
      .flat()
      .forEach((end, i) => {
        expect(Math.abs(ends.flat()[i] - end)).toBeLessThan(0.1);
      });
    expect(() => barChart(chart(ROWS, LOG))).toThrow('Expected the axis of a bar chart to be linear');
  });

  it('name rows from top to bottom and write their values beside them', () => {
    const rows = groups(intervalChart(chart(ROWS, LOG)), 'row').map((row) => words(row));
    expect(rows.map(([name]) => name.text)).toEqual(['nascent', 'WeakNAS', 'evolution']);
    expect(rows.map(([, value]) => value.text)).toEqual(['41.2 [37.9, 44.8]', '176 [160, 193]', '571 [520, 630]']);
    expect(rows.every(([name, value], i) => name.y < (rows[i + 1]?.[0].y ?? 1e9) && value.x > name.x)).toBe(true);
    const close = [
      { name: 'a', value: 92.8412 },
      { name: 'b', value: 93.34 },
    ];
    const texts = groups(intervalChart(chart(close)), 'row').map((row) => words(row)[1].text);
    expect(texts).toEqual(['92.84', '93.34']);
  });

  it('explain only the marks that occur', () => {
    const keys = (rows: readonly ChartRow[]) =>
      groups(intervalChart(chart(rows)), 'legend').map((part) => words(part)[0].text);
    expect(keys(ROWS)).toEqual(['measured', 'interval', 'published']);
    expect(keys([{ name: 'a', value: 1 }])).toEqual(['measured']);
  });

  it('keep a row whose value is not known, and refuse a chart of none', () => {
    const svg = checked(
      intervalChart(chart([{ name: 'failed', value: Number.NaN, interval: [Number.NaN, Number.NaN] }, ...ROWS])),
    );
    expect(words(groups(svg, 'row')[0]).map(({ text }) => text)).toEqual(['failed', 'no value']);
    expect(rowsOf(svg, false)[0].value).toBeUndefined();
    for (const rows of [[], [{ name: 'a', value: Number.NaN }]])
      expect(() => intervalChart(chart(rows))).toThrow(
        'Expected the rows of "Samples to the optimum" to be at least one',
      );
  });

  it('let an interval begin below a logarithmic axis, but no value', () => {
    const svg = checked(intervalChart(chart([{ name: 'a', value: 5, interval: [0, 50] }], LOG)));
    expect(rowsOf(svg, true)[0].value).toBeCloseTo(5, 1);
    expect(() => intervalChart(chart([{ name: 'a', value: 0 }], LOG))).toThrow('above 0, got 0.');
  });

  it('grow with their rows and refuse a height that is too small', () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ name: `strategy ${i}`, value: i }));
    const heights = words(groups(checked(intervalChart(chart(many))), 'row').join('')).filter((_, i) => i % 2 === 0);
    heights.slice(1).forEach(({ y, size }, i) => {
      expect(y - heights[i].y).toBeGreaterThan(size);
    });
    expect(() => intervalChart(chart(many, { height: 400 }))).toThrow(
      /height of a chart with 40 rows to be at least \d+/,
    );
  });

  it('escape names, and draw reference lines', () => {
    const svg = checked(barChart(chart([{ name: '<a> & b', value: 3 }], { references: [{ at: 5, label: '<r>' }] })));
    expect(words(groups(svg, 'row')[0])[0].text).toBe('<a> & b');
    expect(svg).not.toContain('<a>');
    const at = Number(/ d="M([\d.]+) [\d.]+V/.exec(groups(svg, 'reference')[0])?.[1]);
    expect(reader(svg, 'x')(at)).toBeCloseTo(5, 1);
  });
});
