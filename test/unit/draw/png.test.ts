import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/draw/chart-text.js';
import { svgToPng } from '../../../src/draw/png.js';

const picture = (content: string, width = 300, height = 60) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="#fff"/>${content}</svg>`;
const written = (text: string, attributes = '') =>
  picture(`<text x="10" y="40" font-size="30" font-family="Arial, Helvetica, sans-serif" ${attributes}>${text}</text>`);

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red of each pixel, row by row. */
  readonly red: Uint8Array;
}

/** Reads a PNG of 8-bit RGBA, by its specification (ISO 15948, filters 0 to 4). */
function decode(png: Uint8Array): Pixels {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  expect([bytes[24], bytes[25]]).toEqual([8, 6]);
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at))
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  const raw = inflateSync(Buffer.concat(data));
  const row = 4 * width;
  const out = new Uint8Array(row * height);
  for (let y = 0; y < height; y++)
    for (let i = 0; i < row; i++) {
      const left = i < 4 ? 0 : out[y * row + i - 4];
      const up = y === 0 ? 0 : out[(y - 1) * row + i];
      const corner = i < 4 || y === 0 ? 0 : out[(y - 1) * row + i - 4];
      const near = [left, up, corner].map((one) => Math.abs(left + up - corner - one));
      const paeth = near[0] <= near[1] && near[0] <= near[2] ? left : near[1] <= near[2] ? up : corner;
      const filter = raw[y * (row + 1)];
      out[y * row + i] = raw[y * (row + 1) + 1 + i] + [0, left, up, (left + up) >> 1, paeth][filter];
    }
  return { width, height, red: out.filter((_, i) => i % 4 === 0) };
}

/** Columns from the first dark pixel to the last. */
function ink({ width, red }: Pixels): { count: number; from: number; to: number } {
  const columns = [...red.keys()].filter((i) => red[i] < 128).map((i) => i % width);
  return { count: columns.length, from: Math.min(...columns), to: Math.max(...columns) + 1 };
}

describe('SVG to PNG', () => {
  it('has the size of the picture times its scale, and its colours', async () => {
    const svg = picture('<rect x="10" y="20" width="30" height="10" fill="#000"/>', 100, 50);
    for (const scale of [1, 2, 3]) {
      const pixels = decode(await svgToPng(svg, { scale }));
      expect([pixels.width, pixels.height]).toEqual([100 * scale, 50 * scale]);
      expect(ink(pixels)).toEqual({ count: 300 * scale ** 2, from: 10 * scale, to: 40 * scale });
    }
    expect(decode(await svgToPng(svg)).width).toBe(200);
  });

  it('writes text without a font of the machine: letters differ, and bold is darker', async () => {
    const inkOf = async (svg: string) => ink(decode(await svgToPng(svg)));
    expect((await inkOf(written('nascent 1,000'))).count).toBeGreaterThan(500);
    // Where a font lacks letters, all look the same.
    for (const [a, b] of ['ab', 'τρ', '−×', '⁻⁵', '…≥']) {
      expect((await inkOf(written(a))).count).toBeGreaterThan(5);
      expect(await svgToPng(written(a))).not.toEqual(await svgToPng(written(b)));
    }
    const [plain, bold] = [await inkOf(written('nascent')), await inkOf(written('nascent', 'font-weight="bold"'))];
    expect(bold.count).toBeGreaterThan(1.2 * plain.count);
  });

  it('writes text as wide as charts take it to be', async () => {
    const widthOf = async (svg: string) => {
      const { from, to } = ink(decode(await svgToPng(svg, { scale: 1 })));
      return to - from;
    };
    for (const text of ['Hamburgefonstiv', 'Validation regret (%)', '15,625', 'WWWWWWWW', 'iiiiiiii|lll', '10⁻⁵ −0.5'])
      expect(Math.abs((await widthOf(written(text))) - textWidth(text, 30))).toBeLessThan(6);
    // Bold letters are taken to be wider by a constant, which holds for words.
    const title = 'Regret of the best';
    const found = await widthOf(written(title, 'font-weight="bold"'));
    expect(Math.abs(found / textWidth(title, 30, true) - 1)).toBeLessThan(0.05);
  });

  it('makes the same bytes of the same picture', async () => {
    expect(await svgToPng(written('same'))).toEqual(await svgToPng(written('same')));
  });

  it('refuses what is not SVG, and scales that make no picture', async () => {
    await expect(svgToPng('no picture')).rejects.toThrow('Expected a picture in SVG');
    await expect(svgToPng('<svg xmlns="http://www.w3.org/2000/svg"><g></svg>')).rejects.toThrow(
      'Expected a picture in SVG',
    );
    for (const scale of [0, -1, Number.NaN, 11])
      await expect(svgToPng(picture(''), { scale })).rejects.toThrow(
        'Expected the scale of a picture to be a number above 0',
      );
  });
});
