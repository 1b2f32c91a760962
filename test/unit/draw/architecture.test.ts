import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import { namesOf, resolve } from '../../../src/catalog.js';
import { architectureSvg, drawArchitecture } from '../../../src/draw/architecture.js';
import { MIXED } from './cells.js';

const CHAIN = [
  { name: 'stem', operation: 'conv 3×3', size: 8 },
  { name: 'block', operation: 'mean', size: 16 },
  { name: 'output' },
];

describe('a chain', () => {
  it('is one block a line, its size a bar', () => {
    expect(drawArchitecture([{ chain: CHAIN }], { width: 40 })).toBe(
      ['┌ stem    conv 3×3   8 ████████', '├ block   mean      16 ████████████████', '└ output'].join('\n'),
    );
  });

  it('has a form for terminals that know ASCII only, and one for narrow ones', () => {
    expect(drawArchitecture([{ chain: CHAIN }], { width: 40, ascii: true })).toMatch(/^[\n -~]*$/);
    expect(drawArchitecture([{ chain: CHAIN }], { width: 20 }).split('\n')[0]).toBe('┌ stem    conv 3×3   8');
  });

  it('may be of one block', () => {
    expect(drawArchitecture([{ chain: [{ name: 'a' }] }])).toBe('─ a');
    expect(architectureSvg([{ chain: [{ name: 'a' }] }])).toContain('<title>a</title>');
  });
});

describe('several parts', () => {
  it('stand one below the other under their titles', () => {
    const drawing = [
      { title: 'normal', graph: MIXED },
      { title: 'sizes', chain: CHAIN },
    ];
    const text = drawArchitecture(drawing);
    expect(text.indexOf('normal:')).toBeLessThan(text.indexOf('nor_conv_1x1'));
    expect(text.indexOf('nor_conv_1x1')).toBeLessThan(text.indexOf('sizes:'));
    const svg = architectureSvg(drawing);
    expect(svg).toContain('<title>normal: 0 to 1: nor_conv_3x3;');
    expect(svg.match(/<g transform="translate\(0 \d/g)?.length).toBe(2);
  });
});

interface Word {
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly text: string;
}

/** Where words stand: monospaced characters of .61 · 13 pixels. */
function wordsOf(svg: string): Word[] {
  let lowered = 0;
  return [...svg.matchAll(/<g transform="translate\(0 ([\d.]+)\)">|<text ([^>]*)>([^<]*)<\/text>/g)].flatMap(
    ([, down, attributes, text]) => {
      if (down !== undefined) lowered = Number(down);
      if (attributes === undefined) return [];
      const number = (name: string) => Number(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1]);
      const width = 0.61 * 13 * text.replace(/&\w+;/g, '&').length;
      const left = number('x') - (attributes.includes('"start"') ? 0 : width / 2);
      return [{ left, right: left + width, y: lowered + number('y'), text }];
    },
  );
}

describe.each(namesOf('spaces'))('architectures of %s', (name) => {
  it('are legible: no word lies on another or beside the picture', async () => {
    const space = (await resolve('spaces', name))();
    for (let i = 0; i < 5; i++) {
      const architecture = space.sample(random('draw').child(i));
      const drawing = space.drawing?.(architecture) ?? [{ graph: space.graph!(architecture) }];
      expect(drawArchitecture(drawing).length).toBeGreaterThan(20);
      const svg = architectureSvg(drawing);
      const [, width, height] = /<svg [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
      const words = wordsOf(svg).filter(({ text }) => text !== '');
      for (const [place, word] of words.entries()) {
        expect(word.left >= 0 && word.right <= width && word.y > 0 && word.y <= height, word.text).toBe(true);
        const over = words
          .slice(place + 1)
          .find((other) => Math.abs(other.y - word.y) < 12 && other.left < word.right && word.left < other.right);
        expect(over, `${word.text} and ${over?.text}`).toBe(undefined);
      }
    }
  });
});
