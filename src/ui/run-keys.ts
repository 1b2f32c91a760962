/** What keys do on the screen of a run. */
import type { Key } from 'ink';
import type { Theme } from './theme.js';

export type RunAction =
  | { readonly action: 'move'; readonly by: number }
  | {
      readonly action:
        | 'open'
        | 'close'
        | 'charts'
        | 'train'
        | 'export'
        | 'pause'
        | 'more'
        | 'fewer'
        | 'finish'
        | 'quit'
        | 'interrupt';
    };

const FAR = Number.MAX_SAFE_INTEGER;

/**
 * Keys that were pressed while nobody listened come as one text.
 * @param page candidates a page
 */
export function runActions(input: string, key: Key, page: number): RunAction[] {
  const characters = input.length > 1 && !key.ctrl ? [...input] : [];
  if (characters.length === 0) return [runAction(input, key, page)].filter((action) => action !== undefined);
  return characters.flatMap((character) => {
    const pressed = character === CTRL_C ? { ...key, ctrl: true } : { ...key, return: character === '\r' };
    return runAction(character === CTRL_C ? 'c' : character, pressed, page) ?? [];
  });
}

const CTRL_C = '\x03';

function runAction(input: string, key: Key, page: number): RunAction | undefined {
  if (key.ctrl) return input === 'c' ? { action: 'interrupt' } : undefined;
  if (key.upArrow || input === 'k') return { action: 'move', by: -1 };
  if (key.downArrow || input === 'j') return { action: 'move', by: 1 };
  if (key.pageUp) return { action: 'move', by: -page };
  if (key.pageDown) return { action: 'move', by: page };
  if (key.home || input === 'g') return { action: 'move', by: -FAR };
  if (key.end || input === 'G') return { action: 'move', by: FAR };
  if (key.return) return { action: 'open' };
  if (key.escape || key.backspace) return { action: 'close' };
  const action = LETTERS[input];
  return action && { action };
}

const LETTERS: Readonly<Record<string, Exclude<RunAction['action'], 'move'>>> = {
  c: 'charts',
  t: 'train',
  e: 'export',
  p: 'pause',
  ' ': 'pause',
  '+': 'more',
  '=': 'more',
  '-': 'fewer',
  s: 'finish',
  q: 'quit',
};

export interface KeyHelp {
  readonly steerable: boolean;
  readonly open: boolean;
  readonly paused: boolean;
  /** How many are to be trained. */
  readonly train: number;
}

/** The keys that do something now, the most needed first: those that do not fit are left out from the end. */
export function keyHelp({ steerable, open, paused, train }: KeyHelp, columns: number, theme: Theme): string {
  const steering = [
    't train it',
    'e export it',
    paused ? 'p go on' : 'p pause',
    `+/- train ${train}`,
    's finish and stop',
  ];
  const keys = [
    'q quit',
    `${theme.up}${theme.ascii ? '/' : ''}${theme.down} move`,
    open ? 'esc back' : `${theme.enter} open`,
    ...(steerable ? steering : []),
    ...(open ? [] : ['c charts']),
  ];
  let line = '';
  for (const key of keys) {
    const longer = line === '' ? key : `${line}  ${key}`;
    if (longer.length <= columns) line = longer;
  }
  return line;
}
