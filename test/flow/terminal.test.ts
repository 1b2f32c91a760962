/** The interface in a real terminal: a whole search, steering, another size, an interrupt, a failure, looking on. */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openLedgerReader } from '../../src/log/open.js';
import { commandWords, TINY, temporaryFolder } from '../unit/cli/command.js';
import { HAS_TMUX, Tmux, type TmuxOptions } from './tmux.js';

const folder = temporaryFolder();
const terminals: Tmux[] = [];
const NASCENT = commandWords()
  .map((word) => `'${word}'`)
  .join(' ');
const SMALL = [...TINY, '--format', 'none', '--count', '6', '--train', '1'].join(' ');
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how colours begin.
const COLOURED = /\x1b\[3\d/;
/** More than is ever done: to be steered and stopped. */
const LONG = `${SMALL} --count 5000`;

function terminal(words: string, options: Partial<TmuxOptions> = {}): Tmux {
  const opened = new Tmux(`${NASCENT} ${words}`, { folder, ...options });
  terminals.push(opened);
  return opened;
}

afterEach(() => {
  for (const each of terminals.splice(0)) each.close();
});

function placesOf(word: string, lines: readonly string[]): number[] {
  return lines.flatMap((line, i) => (line.includes(word) ? [i] : []));
}

function steered(ledger: string): unknown[] {
  const reader = openLedgerReader(join(folder, ledger));
  try {
    const events = reader.events(reader.runs()[0].id);
    return events.flatMap((event) => (event.type === 'steered' ? [event.action] : []));
  } finally {
    reader.close();
  }
}

if (!HAS_TMUX) console.warn('tmux is not installed: the tests of the terminal interface are skipped.');

describe.skipIf(!HAS_TMUX)('nascent in a terminal', { timeout: 240_000 }, () => {
  test('shows a whole search, gives the terminal back and says what came of it', async () => {
    const screen = terminal(`search ${SMALL} --count 500 --ledger whole.sqlite`);
    await screen.shows(/scoring \S+ [1-9]\d*\/500/);
    // Looked at while it waits: a search of this size is over within a look or two.
    screen.send('p');
    await screen.shows(/paused \d/);
    expect(screen.state()).toEqual({ other: true, cursor: false });
    await screen.shows(/nas-bench-201 · \S+ · random · onnxruntime · seed/);
    expect(screen.screen(true).join('\n')).toMatch(COLOURED);
    screen.send('p');
    const lines = await screen.shows(/ended with \d+/);
    expect(lines.join('\n')).toContain('ended with 0');
    expect(lines.join('\n')).toContain('Best by validation:');
    expect(screen.state()).toEqual({ other: false, cursor: true });
  });

  test('pauses and goes on, takes another number of trainings, and one candidate at once', async () => {
    const screen = terminal(`search ${LONG} --ledger steered.sqlite`);
    await screen.shows(/scoring \S+ ([3-9]|\d{2,})\/5000/);
    screen.send('p');
    await screen.shows('Paused');
    await screen.shows(/paused \d/);
    screen.send('p');
    await screen.shows('The run goes on.');
    screen.send('+');
    await screen.shows('2 are to be trained.');
    screen.send('Down', 't');
    await screen.shows(/Candidate \d+ is trained next\./);
    screen.send('Enter');
    await screen.shows('esc back');
    await screen.shows('images of synthetic');
    await screen.shows(/training (running|finished)/);
    screen.send('s');
    const lines = await screen.shows(/ended with \d+/);
    expect(lines.join('\n')).toContain('ended with 130');
    expect(lines.join('\n')).toMatch(/Go on with: nascent resume \w+ --ledger steered.sqlite/);
    expect(steered('steered.sqlite')).toEqual(['pause', 'continue', 'train-count', 'train', 'finish']);
  });

  test('keeps to the terminal when its size changes', async () => {
    const screen = terminal(`search ${LONG} --ledger resized.sqlite`, { columns: 100, rows: 30 });
    await screen.shows(/scoring \S+ ([3-9]|\d{2,})\/5000/);
    for (const [columns, rows] of [
      [40, 12],
      [120, 40],
      [80, 24],
    ]) {
      screen.resize(columns, rows);
      // What runs stands in the first row and the keys in the last one, once and whatever the size.
      const places = () => ['nas-bench-201 ', 'q quit'].map((word) => placesOf(word, screen.screen()));
      await expect.poll(places, { timeout: 120_000 }).toEqual([[0], [rows - 1]]);
    }
    screen.send('q');
    await screen.shows('ended with 130');
    expect(screen.state()).toEqual({ other: false, cursor: true });
  });

  test('after Ctrl-C finishes, saves, and ends with 130; after two ends at once; the run can be watched and resumed', async () => {
    const screen = terminal(`search ${LONG} --ledger stopped.sqlite`);
    await screen.shows(/scoring \S+ ([3-9]|\d{2,})\/5000/);
    const watching = terminal('watch --ledger stopped.sqlite');
    await watching.shows(/scoring \S+ ([3-9]|\d{2,})\/5000/);
    watching.send('t');
    await watching.shows('only watched');
    screen.send('C-c');
    await screen.shows(/Go on with: nascent resume \w+ --ledger stopped.sqlite/);
    await screen.shows('ended with 130');
    await watching.shows(/interrupted \d/);
    watching.send('q');
    await watching.shows('ended with 0');
    const again = terminal('resume --ledger stopped.sqlite');
    await again.shows(/scoring \S+ ([3-9]|\d{2,})\/5000/);
    again.send('C-c', 'C-c');
    await again.shows('ended with 130');
    expect(again.state()).toEqual({ other: false, cursor: true });
    const runs = terminal('runs --ledger stopped.sqlite');
    await runs.shows('⏎ open');
    runs.send('Enter');
    await runs.shows('c charts');
  });

  test('after a failure the terminal is as it was, with one sentence', async () => {
    const screen = terminal(`search ${SMALL} --data cifar10:nowhere --ledger failed.sqlite`);
    const lines = await screen.shows('ended with 2');
    expect(lines.join('\n')).toMatch(/nascent: .*nowhere/);
    expect(screen.state()).toEqual({ other: false, cursor: true });
  });

  test('draws without colours, without Unicode, and not at all, where that is asked for', async () => {
    const plain = terminal(`search ${LONG} --ledger plain.sqlite`, { environment: { NO_COLOR: '1', LANG: 'C' } });
    await plain.shows(/scoring [#.]+ ([3-9]|\d{2,})\/5000/);
    const text = plain.screen(true).join('\n');
    expect(text).not.toMatch(COLOURED);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
    expect(text).toMatch(/^[\x00-\x7f]*$/);
    plain.send('q');
    await plain.shows('ended with 130');
    const dumb = terminal(`search ${SMALL} --ledger dumb.sqlite`, { environment: { TERM: 'dumb' } });
    await dumb.shows('ended with 0');
    expect(dumb.state().other).toBe(false);
    const json = terminal(`search ${SMALL} --ledger json.sqlite --json | tail -1`);
    await json.shows('run-finished');
  });
});
