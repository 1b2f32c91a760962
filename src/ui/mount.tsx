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
 * Milliseconds between frames that nobody pressed a key for, and at least so many times what the last one took: the cores belong to the
 * search, and what is drawn of it gets 3 % of one.
 */
const FRAME_INTERVAL = 250;
const FRAME_SHARE = 0.03;
/** Milliseconds between frames where nothing happens, for clocks. */
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
  let timer: NodeJS.Timeout | undefined;
  let left = false;
  let interval = FRAME_INTERVAL;
  const frame = () => {
    clearTimeout(timer);
    timer = undefined;
    // Drawn once more, it would listen for keys again, and the process would never end.
    if (left) return;
    const began = performance.now();
    instance.rerender(current());
    interval = Math.max(FRAME_INTERVAL, (performance.now() - began) / FRAME_SHARE);
  };
  const idle = setInterval(() => timer ?? frame(), IDLE_INTERVAL);
  screen.on('resize', frame);
  return {
    changed() {
      timer ??= setTimeout(frame, interval);
    },
    leave() {
      left = true;
      clearTimeout(timer);
      clearInterval(idle);
      screen.leave();
      instance.unmount();
    },
  };
}
