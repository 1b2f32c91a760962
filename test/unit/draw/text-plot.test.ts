import { describe, expect, test } from 'vitest';
import { textPlot } from '../../../src/draw/text-plot.js';

const rising = Array.from({ length: 10 }, (_, i) => ({ x: i, y: i }));

/** Dots set in a line of braille. */
const dots = (line: string) =>
  [...line].reduce((total, character) => {
    const bits = (character.codePointAt(0) ?? 0) - 0x2800;
    return bits > 0 && bits < 256 ? total + bits.toString(2).replaceAll('0', '').length : total;
  }, 0);

describe('text plots', () => {
  test('have the size that was asked for, axes included', () => {
    for (const [width, height] of [
      [40, 8],
      [12, 3],
      [100, 20],
    ]) {
      const lines = textPlot({ width, height, lines: [rising], label: 'epoch' });
      expect(lines).toHaveLength(height);
      for (const line of lines) expect(line).toHaveLength(width);
    }
  });

  test('put a rising line from the lower left to the upper right', () => {
    const lines = textPlot({ width: 11, height: 6, lines: [rising], format: { y: String } });
    const columns = lines.slice(0, -1).map((line) => line.slice(2));
    expect(columns[0].trimEnd()).toHaveLength(9);
    expect(columns.at(-1)!.trimEnd().length).toBeLessThan(4);
    expect(dots(lines.join(''))).toBeGreaterThan(15);
  });

  test('write the ends of the axes as they are told to', () => {
    const format = { x: (x: number) => `${x}e`, y: (y: number) => `${y}%` };
    const lines = textPlot({ width: 30, height: 5, lines: [rising], format, label: 'epoch' });
    expect(lines[0].startsWith('9%│')).toBe(true);
    expect(lines[3].startsWith('0%│')).toBe(true);
    expect(lines[4]).toMatch(/^ {3}0e +epoch +9e$/);
  });

  test('mark every point, equal ones in the middle', () => {
    const one = textPlot({ width: 20, height: 4, points: [{ x: 3, y: 3 }] });
    expect(dots(one.join(''))).toBe(2);
    const corners = [
      { x: 0, y: 0 },
      { x: 0, y: 1 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
    ];
    expect(dots(textPlot({ width: 20, height: 4, points: corners }).join(''))).toBe(8);
  });

  test('have only ASCII where that is asked for', () => {
    const text = textPlot({ width: 30, height: 6, lines: [rising], points: rising, ascii: true }).join('');
    expect(text).toMatch(/^[ -~]*$/);
    expect(text).toContain('*');
  });

  test('leave out what is not finite, and are empty without values', () => {
    expect(textPlot({ width: 9, height: 3 })).toEqual(['         ', '         ', '         ']);
    const broken = [...rising, { x: 3, y: Number.NaN }, { x: Number.POSITIVE_INFINITY, y: 1 }];
    expect(textPlot({ width: 20, height: 5, lines: [broken] })).toEqual(
      textPlot({ width: 20, height: 5, lines: [rising] }),
    );
  });
});
