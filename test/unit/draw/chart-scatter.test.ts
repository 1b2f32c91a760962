import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import { type ScatterChart, type ScatterGroup, scatterChart } from '../../../src/draw/chart-scatter.js';
import { numberOf, parse, reader, words } from './charts.js';

const draw = (groups: readonly ScatterGroup[], more: Partial<ScatterChart> = {}): string => {
  const svg = scatterChart({
    title: 'Score against accuracy',
    x: { label: 'Score' },
    y: { label: 'Accuracy' },
    groups,
    ...more,
  });
  parse(svg);
  return svg;
};

function cloud(count: number): [number, number][] {
  const stream = random('cloud');
  return Array.from({ length: count }, () => [1500 + 100 * stream.normal(), 90 + stream.normal()]);
}

/** Opacity and number of hexagons, path by path. */
function hexagons(svg: string): { opacity: number; count: number }[] {
  return [...svg.matchAll(/<path (d="[^"]*z" fill-opacity="[^"]*")\/>/g)].map(([, attributes]) => ({
    opacity: numberOf(attributes, 'fill-opacity'),
    count: attributes.split('z').length - 1,
  }));
}

describe('a scatter chart', () => {
  it('draws each point where the ticks say, and leaves out what is not finite', () => {
    const points = cloud(50);
    const svg = draw([{ name: 'a', points: [...points, [Number.NaN, 1], [1500, Number.POSITIVE_INFINITY]] }]);
    const content = /<g class="points">.*/.exec(svg)?.[0].split('class="legend"')[0] ?? '';
    const circles = [...content.matchAll(/<circle ([^>]*)\/>/g)].map(([, attributes]) => attributes);
    expect(circles.length).toBe(50);
    circles.forEach((attributes, i) => {
      expect(Math.abs(reader(svg, 'x')(numberOf(attributes, 'cx')) - points[i][0])).toBeLessThan(0.1);
      expect(Math.abs(reader(svg, 'y')(numberOf(attributes, 'cy')) - points[i][1])).toBeLessThan(0.005);
    });
  });

  it('leaves out points beyond a given range', () => {
    const points: [number, number][] = [0, 1, 2, 3].map((value) => [value, value]);
    const svg = draw([{ name: '', points }], { x: { label: 'Score', range: [0.5, 2.5] } });
    expect(svg.match(/<circle /g)?.length).toBe(2);
  });

  it('makes points fainter and smaller the more there are', () => {
    const style = (count: number) => {
      const svg = draw([{ name: '', points: cloud(count) }]);
      return [
        numberOf(/<g (fill="[^>]*)>/.exec(svg)?.[1] ?? '', 'fill-opacity'),
        numberOf(/<circle ([^>]*)\/>/.exec(svg)?.[1] ?? '', 'r'),
      ];
    };
    const [few, many] = [style(20), style(5000)];
    expect(many[0]).toBeLessThan(few[0]);
    expect(many[1]).toBeLessThan(few[1]);
  });

  it('tells groups apart by colour and shape, and names them', () => {
    const svg = draw(['a', 'b & <c>'].map((name) => ({ name, points: cloud(10) })));
    expect(words(svg).map(({ text }) => text)).toEqual(expect.arrayContaining(['a', 'b & <c>']));
    expect(svg.match(/<circle /g)?.length).toBe(11);
    expect(svg.match(/<path d="M[^"]*Z"/g)?.length).toBe(11);
  });

  it('counts many points in hexagons: each point in one, full ones darkest, the picture small', () => {
    const [left, right] = [
      [1, 1],
      [2, 1],
    ] as const;
    const svg = draw([{ name: '', points: [...Array(15_000).fill(left), right] }]);
    expect(hexagons(svg)).toEqual([
      { opacity: 0.25, count: 1 },
      { opacity: 1, count: 1 },
    ]);
    expect(words(svg).some(({ text }) => text.startsWith('15,001 points'))).toBe(true);

    const large = draw([{ name: '', points: cloud(400_000) }]);
    expect(large.length).toBeLessThan(400_000);
    expect(hexagons(large).map(({ opacity }) => opacity)).toEqual(
      hexagons(large)
        .map(({ opacity }) => opacity)
        .toSorted(),
    );
    const cells = [...large.matchAll(/M([\d.]+ [\d.]+)l/g)].map(([, corner]) => corner);
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('refuses to be empty, and values of 0 and below on a logarithmic axis', () => {
    expect(() => draw([])).toThrow(
      'Expected the points of "Score against accuracy" to be at least one of finite numbers',
    );
    const log = { x: { label: 'Score', scale: 'log' as const } };
    expect(() => draw([{ name: '', points: [[0, 1]] }], log)).toThrow(
      'Expected values of "Score" on a logarithmic axis',
    );
  });
});
