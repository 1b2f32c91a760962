/** The screens as they are drawn, and what their keys do. */
import { render } from 'ink-testing-library';
import { describe, expect, test } from 'vitest';
import { NascentError } from '../../../src/base/errors.js';
import type { RunEvent } from '../../../src/contracts/run.js';
import type { Steering } from '../../../src/contracts/steering.js';
import type { Size } from '../../../src/ui/layout.js';
import { RunScreen, type RunScreenProps } from '../../../src/ui/run-screen.js';
import { RunView } from '../../../src/ui/run-view.js';
import { RunsScreen } from '../../../src/ui/runs-screen.js';
import { themeFor } from '../../../src/ui/theme.js';
import { Story } from './story.js';

const SMALL: Size = { columns: 80, rows: 24 };
const [UP, DOWN, ENTER, ESCAPE] = ['\x1b[A', '\x1b[B', '\r', '\x1b'];

function propsOf(events: readonly RunEvent[], more: Partial<RunScreenProps> = {}): RunScreenProps {
  const view = new RunView();
  for (const event of events) view.see(event);
  const drawing = () => ['a picture'];
  return { view, size: SMALL, theme: themeFor(false), drawing, now: view.last, onLeave: () => {}, ...more };
}

/** Keys are heard a moment after the first frame, and a lone escape is waited for. */
async function moment(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
  // Where the process was held up meanwhile, what waited does its work before anything is looked at.
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function press(screen: ReturnType<typeof render>, ...keys: readonly string[]): Promise<string[]> {
  await moment();
  for (const key of keys) {
    screen.stdin.write(key);
    await moment();
  }
  return linesOf(screen);
}

function linesOf({ lastFrame }: ReturnType<typeof render>): string[] {
  // Colours are no characters of a line.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how colours begin.
  return (lastFrame() ?? '').replace(/\x1b\[[0-9;]*m/g, '').split('\n');
}

const trained = () => new Story().scored(40).trainStage().trained(1, 9, 0.5).trained(2, 3, 0.6).training(3, 7, 0.2, 0.3);

describe('the screen of a run', () => {
  test.each<[string, Size]>([
    ['the smallest promised', SMALL],
    ['a narrow one', { columns: 40, rows: 24 }],
    ['a low one', { columns: 80, rows: 10 }],
    ['a large one', { columns: 200, rows: 60 }],
    ['an absurd one', { columns: 12, rows: 7 }],
  ])('fits %s at every moment', (_, size) => {
    const stories = [[], new Story().events, new Story().scored(2, 40).events, trained().events];
    for (const events of stories) {
      const lines = linesOf(render(<RunScreen {...propsOf(events, { size })} />));
      expect(lines).toHaveLength(size.rows);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(size.columns);
    }
  });

  test('says what runs, how far it is, the best, and the candidates with their numbers', () => {
    const text = linesOf(render(<RunScreen {...propsOf(trained().events)} />)).join('\n');
    for (const word of ['nas-bench-201', 'synthetic', 'random', 'seed 1', 'running', 'scored 40', '2/3', '2 workers']) {
      expect(text).toContain(word);
    }
    expect(text).toContain('best: 60.00 % validation, test 59.00 %, candidate 3');
    expect(text).toMatch(/❯ +3 +\d+ +60\.00 % +0\.344 M +47\.105 M +trained/);
    expect(text).toMatch(/ 7 +\d+ +- .* epoch 2\/4/);
    expect(text).toContain('validation of 7');
    expect(text).toContain('best validation so far');
  });

  test('has nothing but ASCII where that is asked for', async () => {
    const screen = render(<RunScreen {...propsOf(trained().events, { theme: themeFor(true) })} />);
    const frames = [...linesOf(screen), ...(await press(screen, ENTER))].join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
    expect(frames).toMatch(/^[\x00-\x7f]*$/);
  });

  test('moves through candidates, opens one and goes back', async () => {
    const screen = render(<RunScreen {...propsOf(trained().events)} />);
    expect((await press(screen, DOWN)).join('\n')).toMatch(/❯ +9 /);
    const open = (await press(screen, ENTER)).join('\n');
    for (const word of ['candidate 9', '|nor_conv_3x3~0|', 'a picture', 'seed 1', 'onnxruntime 1.30.0', '4 of 4 epochs']) {
      expect(open).toContain(word);
    }
    expect((await press(screen, UP)).join('\n')).toContain('candidate 3');
    expect((await press(screen, ESCAPE)).join('\n')).toMatch(/❯ +3 /);
    expect((await press(screen, 'G', UP)).join('\n')).not.toContain('❯         3');
  });

  test('keeps to the candidate that was chosen when others come before it', async () => {
    const props = propsOf(trained().events);
    const screen = render(<RunScreen {...props} />);
    await press(screen, DOWN, DOWN, DOWN);
    const chosen = linesOf(screen).find((line) => line.startsWith('❯'));
    const cost = { seconds: 1, parameters: 344_346, multiplyAdds: 47_105_000 };
    const better = { type: 'candidate-scored', candidate: 41, architecture: 'x', metric: 'naswot', value: 9999, ...cost };
    props.view.see({ ...better, run: 'abcd1234', sequence: 1000, time: props.view.last } as RunEvent);
    screen.rerender(<RunScreen {...props} />);
    expect(linesOf(screen).find((line) => line.startsWith('❯'))).toBe(chosen);
  });

  test('steers: each key asks the run for one thing, and a refusal is shown', async () => {
    const asked: unknown[] = [];
    const refuse = () => {
      throw new NascentError('usage', 'Candidate 9 is not trained.');
    };
    const steering: Steering = {
      pause: () => asked.push('pause'),
      continue: () => asked.push('continue'),
      finish: () => asked.push('finish'),
      train: (candidate) => asked.push(['train', candidate]),
      export: refuse,
      trainCount: (count) => asked.push(['count', count]),
    };
    const screen = render(<RunScreen {...propsOf(trained().events, { steering })} />);
    expect(linesOf(screen).at(-1)).toContain('p pause');
    await press(screen, DOWN, 't', 'p', '+', '-', 's');
    expect(asked).toEqual([['train', 9], 'pause', ['count', 4], ['count', 2], 'finish']);
    expect((await press(screen, 'e')).at(-2)).toContain('Candidate 9 is not trained.');
  });

  test('goes on where it was paused', async () => {
    const asked: string[] = [];
    const steering = { continue: () => asked.push('continue') } as unknown as Steering;
    const story = trained().tell({ type: 'steered', action: 'pause' });
    const screen = render(<RunScreen {...propsOf(story.events, { steering })} />);
    expect(linesOf(screen)[0]).toContain('paused');
    await press(screen, 'p');
    expect(asked).toEqual(['continue']);
  });

  test('a run that is only watched is left alone', async () => {
    const screen = render(<RunScreen {...propsOf(trained().events)} />);
    const lines = await press(screen, 't');
    expect(lines.at(-2)).toContain('only watched');
    expect(lines.at(-1)).not.toContain('train it');
  });

  test('tells who wants to leave and how', async () => {
    const left: string[] = [];
    const screen = render(<RunScreen {...propsOf(trained().events, { onLeave: (how) => left.push(how) })} />);
    await press(screen, 'q', '\x03');
    expect(left).toEqual(['quit', 'interrupt']);
    // Keys that were pressed while nobody listened.
    await press(screen, '\x03\x03');
    expect(left).toEqual(['quit', 'interrupt', 'interrupt', 'interrupt']);
  });

  test('goes through charts that do not fit side by side', async () => {
    const size = { columns: 40, rows: 24 };
    const screen = render(<RunScreen {...propsOf(trained().events, { size })} />);
    expect(linesOf(screen).join('\n')).toContain('validation of 7');
    expect((await press(screen, 'c')).join('\n')).toContain('best validation so far');
  });
});

describe('the list of runs', () => {
  const run = (id: string, created: number) =>
    ({ id, created, status: 'finished', space: 's', data: 'd', scored: 5, trained: 2, validation: 0.5 }) as const;

  test('is gone through and opened', async () => {
    const opened: string[] = [];
    const runs = Array.from({ length: 30 }, (_, i) => run(`run-${i}`, 1e12 + i));
    const props = { runs, size: SMALL, theme: themeFor(false), onLeave: () => {}, onOpen: (id: string) => opened.push(id) };
    const screen = render(<RunsScreen {...props} />);
    expect(linesOf(screen)).toHaveLength(SMALL.rows);
    await press(screen, ...Array<string>(25).fill(DOWN), ENTER);
    expect(opened).toEqual(['run-25']);
    expect(linesOf(screen).join('\n')).toContain('❯ run-25');
  });
});
