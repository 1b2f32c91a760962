/**
 * Records a real search in a real terminal (tmux) as an animated picture for the README.
 *
 *   npm run build && npx tsx bench/record-terminal.ts docs/terminal.svg [options of nascent search]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { element, escaped } from '../src/draw/svg.js';
import { Tmux } from '../test/flow/tmux.js';

const MAIN = resolve(import.meta.dirname, '../dist/src/cli/main.js');
const SIZE = { columns: 96, rows: 28 };
/** Pixels. */
const CELL = { width: 8.4, height: 18 };
const MARGIN = 12;
/** Seconds between frames as they were taken, and as they are shown. */
const TAKEN = 4;
const SHOWN = 0.7;
const LAST_SHOWN = 4;

const COLOURS: Readonly<Record<string, string>> = { 31: '#f47067', 32: '#57ab5a', 33: '#c69026', 36: '#39c5cf' };
const FOREGROUND = '#cdd9e5';
const BACKGROUND = '#22272e';

interface Span {
  readonly column: number;
  readonly text: string;
  readonly codes: readonly string[];
}

/**
 * Runs of characters that look the same, and the codes in force at the end, which hold for the next line too (select graphic rendition, ECMA-48 section 8.3.117).
 */
function spansOf(
  line: string,
  before: readonly string[],
): { readonly spans: Span[]; readonly codes: readonly string[] } {
  const spans: Span[] = [];
  let codes = before;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how colours begin.
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    if (part.startsWith('\x1b[')) {
      for (const code of part.slice(2, -1).split(';'))
        codes = code === '' || code === '0' || code === '39' ? [] : [...codes, code];
    } else if (part !== '') {
      spans.push({ column, text: part, codes });
      column += part.length;
    }
  }
  return { spans, codes };
}

function drawn({ column, text, codes }: Span, row: number): string[] {
  const [x, y] = [MARGIN + column * CELL.width, MARGIN + row * CELL.height];
  const colour = codes.map((code) => COLOURS[code]).findLast((found) => found !== undefined) ?? FOREGROUND;
  const isInverse = codes.includes('7');
  const box = { x, y, width: text.length * CELL.width, height: CELL.height, fill: colour };
  const style = {
    x,
    y: y + CELL.height * 0.75,
    fill: isInverse ? BACKGROUND : colour,
    opacity: codes.includes('2') ? 0.6 : undefined,
    'font-weight': codes.includes('1') ? 'bold' : undefined,
    // Every character in its cell, whatever font there is.
    textLength: text.trim() === '' ? undefined : text.length * CELL.width,
  };
  const words = text.trim() === '' ? [] : [element('text', { ...style, 'xml:space': 'preserve' }, escaped(text))];
  return isInverse ? [element('rect', box), ...words] : words;
}

function frame(lines: readonly string[], number: number): string {
  let codes: readonly string[] = [];
  const marks = lines.slice(0, SIZE.rows).flatMap((line, row) => {
    const read = spansOf(line, codes);
    codes = read.codes;
    return read.spans.flatMap((span) => drawn(span, row));
  });
  return element('g', { class: 'frame', id: `frame${number}` }, ...marks);
}

function animation(count: number): string {
  const total = (count - 1) * SHOWN + LAST_SHOWN;
  const share = (seconds: number) => `${((100 * seconds) / total).toFixed(2)}%`;
  const rules = Array.from({ length: count }, (_, i) => {
    const [from, to] = [i * SHOWN, i === count - 1 ? total : (i + 1) * SHOWN];
    const shown = `${share(from)},${share(to - 0.001)}{visibility:visible}${share(to)},100%{visibility:hidden}`;
    const keys = i === count - 1 ? `${share(from)},100%{visibility:visible}` : shown;
    return `@keyframes f${i}{0%{visibility:${i === 0 ? 'visible' : 'hidden'}}${keys}}#frame${i}{animation:f${i} ${total}s step-end infinite}`;
  });
  return `.frame{visibility:hidden}${rules.join('')}`;
}

async function record(words: readonly string[]): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'nascent-record-'));
  const screen = new Tmux(`${process.execPath} ${MAIN} search ${words.join(' ')}`, { folder, ...SIZE });
  const frames: string[][] = [];
  try {
    await screen.shows('q quit');
    while (screen.state().other) {
      const lines = screen.screen(true);
      if (screen.state().other) frames.push(lines);
      // The candidate at the top is opened for a moment in the middle of the recording.
      if (frames.length === 12) screen.send('Enter');
      if (frames.length === 15) screen.send('Escape');
      await wait(TAKEN * 1000);
    }
  } finally {
    screen.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return frames;
}

const [path, ...words] = process.argv.slice(2);
const frames = await record(words);
const [width, height] = [2 * MARGIN + SIZE.columns * CELL.width, 2 * MARGIN + SIZE.rows * CELL.height];
const attributes = {
  xmlns: 'http://www.w3.org/2000/svg',
  viewBox: `0 0 ${width} ${height}`,
  role: 'img',
  width,
  height,
};
const font = { 'font-family': 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace', 'font-size': 14 };
const picture = element(
  'svg',
  attributes,
  element('title', {}, 'nascent search in a terminal'),
  element('style', {}, animation(frames.length)),
  element('rect', { width, height, rx: 8, fill: BACKGROUND }),
  element('g', font, ...frames.map(frame)),
);
writeFileSync(path, `${picture}\n`);
console.log(`${frames.length} frames in ${path}`);
