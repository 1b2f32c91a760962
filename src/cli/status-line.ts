/** One line of progress on stderr: kept up to date on a screen, else a new line every few seconds. */
import type { Terminal } from './terminal.js';

/** Seconds between lines where stderr is no screen, and between changes of the line where it is. */
const LINE_INTERVAL = 5;
const SCREEN_INTERVAL = 0.1;

export interface StatusLine {
  /** Shows the text, if the last one was shown long enough; `now` shows it in any case. */
  write(text: string, now?: 'now'): void;
  /** Takes the line away, so that other text can be written. */
  clear(): void;
  /** Lets the next text wait for an interval. */
  wait(): void;
}

/** @param clock seconds: replaced in tests. */
export function statusLine({ stderr }: Terminal, clock: () => number = () => performance.now() / 1000): StatusLine {
  const screen = Boolean(stderr.isTTY);
  let written = clock();
  let shown = false;
  return {
    write(text, now) {
      if (!now && clock() - written < (screen ? SCREEN_INTERVAL : LINE_INTERVAL)) return;
      written = clock();
      shown = screen;
      stderr.write(screen ? `\r\x1b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}` : `${text}\n`);
    },
    clear() {
      if (shown) stderr.write('\r\x1b[2K');
      shown = false;
    },
    wait() {
      written = clock();
    },
  };
}
