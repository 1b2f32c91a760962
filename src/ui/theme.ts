/** How things look: marks for terminals with and without Unicode, and the colours of states. */

export interface Theme {
  /** No characters beyond ASCII. */
  readonly ascii: boolean;
  readonly full: string;
  readonly empty: string;
  readonly pointer: string;
  readonly between: string;
  readonly done: string;
  readonly rule: string;
  readonly up: string;
  readonly down: string;
  readonly enter: string;
  readonly cut: string;
}

const UNICODE: Theme = {
  ascii: false,
  full: '█',
  empty: '░',
  pointer: '❯',
  between: '·',
  done: '✓',
  rule: '─',
  up: '↑',
  down: '↓',
  enter: '⏎',
  cut: '…',
};

const ASCII: Theme = {
  ascii: true,
  full: '#',
  empty: '.',
  pointer: '>',
  between: '-',
  done: 'done',
  rule: '-',
  up: 'up',
  down: 'down',
  enter: 'enter',
  cut: '~',
};

export function themeFor(ascii: boolean): Theme {
  return ascii ? ASCII : UNICODE;
}

/** Of states of candidates and runs; names as ink knows them. */
export const COLOURS = { best: 'green', running: 'yellow', failed: 'red', selected: 'cyan', plot: 'cyan' } as const;

/** Cut at its end, with a mark, where it is too long. */
export function fitted(text: string, width: number, { cut }: Theme): string {
  if (text.length <= width) return text;
  return width <= 0 ? '' : text.slice(0, width - 1) + cut;
}

/** Left and right part of a line; the left one is cut where both do not fit. */
export function apart(left: string, right: string, width: number, theme: Theme): string {
  const room = Math.max(0, width - right.length - 1);
  return `${fitted(left, room, theme).padEnd(room)} ${right}`.slice(0, width);
}
