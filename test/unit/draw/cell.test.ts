import { describe, expect, it } from 'vitest';
import { drawCell } from '../../../src/draw/cell.js';
import { cellOf, cells, LARGE, MIXED } from './cells.js';

describe('a cell as text', () => {
  it('shows nodes in a row, straight edges between them and arcs around them', () => {
    expect(`\n${drawCell(MIXED)}\n`).toBe(`
  ┌───────────────────────── skip_connect ──────────────────────────┐
  ├────────────── nor_conv_1x1 ───────────────┐                     │
  │                                           ▼                     ▼
┌─┴─┐                 ┌───┐                 ┌───┐                 ┌───┐
│ 0 ├─ nor_conv_3x3 ─►│ 1 ├─ avg_pool_3x3 ─►│ 2 ├─ nor_conv_3x3 ─►│ 3 │
└───┘                 └─┬─┘                 └───┘                 └───┘
                        ╎                                           △
                        └╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ none ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┘
`);
  });

  it('has a form for terminals that know ASCII only', () => {
    const drawn = drawCell(MIXED, { ascii: true });
    expect(drawn).toMatch(/^[\n -~]*$/);
    expect(drawn.split('\n')[4]).toBe('| 0 +- nor_conv_3x3 ->| 1 +- avg_pool_3x3 ->| 2 +- nor_conv_3x3 ->| 3 |');
  });

  it('becomes a list of edges where it does not fit', () => {
    expect(drawCell(MIXED, { width: 40 })).toBe(
      [
        '1 ◄─ 0  nor_conv_3x3',
        '2 ◄─ 0  nor_conv_1x1',
        '  ◄─ 1  avg_pool_3x3',
        '3 ◄─ 0  skip_connect',
        '  ◄─ 1  none',
        '  ◄─ 2  nor_conv_3x3',
      ].join('\n'),
    );
    expect(drawCell(MIXED, { width: 40, ascii: true })).toMatch(/^1 <- 0 {2}nor_conv_3x3\n/);
  });

  it('fits 80 columns with named ends', () => {
    const drawn = drawCell(
      cellOf(
        Array.from({ length: 6 }, () => 'nor_conv_3x3'),
        ['input', '1', '2', 'output'],
      ),
    );
    expect(drawn).toContain('│ input ├─ nor_conv_3x3 ─►│ 1 ├');
  });

  it('keeps every label whole, in 80 columns, for every cell of NAS-Bench-201', () => {
    for (const cell of cells(7)) {
      const drawn = drawCell(cell);
      expect(Math.max(...drawn.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(drawn.match(/[a-z][a-z0-9_]+/g)?.toSorted()).toEqual(cell.edges.map(({ label }) => label).toSorted());
    }
  });

  it('keeps every label whole where arcs cross', () => {
    const drawn = drawCell(LARGE, { width: 100 });
    expect(drawn.match(/op\d+/g)?.toSorted()).toEqual(LARGE.edges.map(({ label }) => label).toSorted());
  });
});
