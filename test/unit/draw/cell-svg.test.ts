import { describe, expect, it } from 'vitest';
import { cellSvg } from '../../../src/draw/cell-svg.js';
import { cellOf, cells, LARGE, MIXED } from './cells.js';

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The grounds of labels; the first rectangle is the picture's own. */
function rectangles(svg: string): [picture: Rectangle, ...labels: Rectangle[]] {
  const found = [...svg.matchAll(/<rect ([^>]*)\/>/g)].map(([, attributes]) => {
    const number = (name: string) => Number(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? 0);
    return { x: number('x'), y: number('y'), width: number('width'), height: number('height') };
  });
  return found as [Rectangle, ...Rectangle[]];
}

const meet = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function expectLegible(svg: string, edges: number): void {
  const [picture, ...labels] = rectangles(svg);
  expect(labels.length).toBe(edges);
  labels.forEach((label, i) => {
    expect(label.x >= 0 && label.y >= 0).toBe(true);
    expect(label.x + label.width <= picture.width && label.y + label.height <= picture.height).toBe(true);
    expect(labels.slice(i + 1).some((other) => meet(label, other))).toBe(false);
  });
}

describe('a cell as SVG', () => {
  it('keeps labels apart and inside, for every cell of NAS-Bench-201', () => {
    for (const cell of cells(31)) expectLegible(cellSvg(cell), 6);
    expectLegible(cellSvg(LARGE), LARGE.edges.length);
  });

  it('draws one line and one arrow head an edge, and empty ones broken', () => {
    const svg = cellSvg(MIXED);
    expect(svg.match(/<path /g)?.length).toBe(6);
    expect(svg.match(/<polygon /g)?.length).toBe(6);
    expect(svg.match(/stroke-dasharray/g)?.length).toBe(1);
    expect(svg).toContain('>nor_conv_3x3</text>');
  });

  it('gives each operation a colour of its own', () => {
    const svg = cellSvg(
      cellOf(['skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3', 'none', 'skip_connect']),
    );
    const colors = [...svg.matchAll(/fill="(#\w+)"[^>]*>([a-z]\w+)<\/text>/g)].map(([, color, name]) => [name, color]);
    const byName = new Map(colors as [string, string][]);
    expect(byName.size).toBe(5);
    expect(new Set(byName.values()).size).toBe(5);
  });

  it('says in words what it shows, and escapes them', () => {
    const svg = cellSvg({ nodes: ['<a>', 'b'], edges: [{ from: 0, to: 1, label: 'x & "y"' }] });
    expect(svg).toContain('<title>&lt;a&gt; to b: x &amp; &quot;y&quot;</title>');
    expect(svg).not.toContain('<a>');
  });
});
