/** Puts a screen on the terminal and keeps it up to date. */
import { render } from 'ink';
import type { ReactNode } from 'react';
import type { FullScreen } from './full-screen.js';
import type { Size } from './layout.js';

export interface MountedScreen {
  /** Something is new: it is drawn soon, together with what comes until then. */
  changed(): void;
  /** Gives the terminal back as it was. */
  leave(): void;
}

export interface MountOptions {
  readonly stdin: NodeJS.ReadStream;
  /** Entered already. */
  readonly screen: FullScreen;
  /** The screen as it is now. */
  readonly draw: (size: Size) => ReactNode;
}

/**
 * Milliseconds between frames that nobody pressed a key for: the cores belong to the search, and what is drawn of it gets 1.5 % of one, by
 * what the last frame took. The first frames take longest, for nothing is compiled yet.
 */
const LEAST_INTERVAL = 500;
const MOST_INTERVAL = 2000;
const FRAME_SHARE = 0.015;
/** Where nothing happens a frame is drawn every second, for clocks, unless frames take too long for that. */
const IDLE_INTERVAL = 1000;

export function mount({ stdin, screen, draw }: MountOptions): MountedScreen {
  const current = () => draw({ columns: screen.columns, rows: screen.rows });
  // `debug` gives every frame as one write, which is what `FullScreen` takes.
  const instance = render(current(), {
    stdin,
    stdout: screen as unknown as NodeJS.WriteStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  let left = false;
  let last = performance.now();
  let interval = LEAST_INTERVAL;
  let isDue = false;
  let timer = setTimeout(frame, IDLE_INTERVAL);
  screen.on('resize', frame);

  function frame(): void {
    clearTimeout(timer);
    // Drawn once more, it would listen for keys again, and the process would never end.
    if (left) return;
    const began = performance.now();
    instance.rerender(current());
    last = performance.now();
    interval = Math.min(MOST_INTERVAL, Math.max(LEAST_INTERVAL, (last - began) / FRAME_SHARE));
    isDue = false;
    timer = setTimeout(frame, Math.max(IDLE_INTERVAL, interval));
  }

  return {
    changed() {
      if (isDue || left) return;
      isDue = true;
      clearTimeout(timer);
      timer = setTimeout(frame, Math.max(0, last + interval - performance.now()));
    },
    leave() {
      left = true;
      clearTimeout(timer);
      screen.leave();
      instance.unmount();
    },
  };
}
