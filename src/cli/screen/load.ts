/** Loads what draws, when something is first drawn: commands that draw nothing never pay for it. */
import { FullScreen, type ScreenOutput } from '../../ui/full-screen.js';
import type { Terminal } from '../terminal.js';

/** @param title what the screen says until the libraries are there */
export async function loadLiveScreen(terminal: Terminal, title: string) {
  const screen = enteredScreen(terminal, title);
  return { screen, ...(await import('./live-run.js')) };
}

export async function loadBrowser(terminal: Terminal, title: string) {
  const screen = enteredScreen(terminal, title);
  return { screen, ...(await import('./browse.js')) };
}

/** A first frame at once: the libraries take half a second to load. */
function enteredScreen(terminal: Terminal, title: string): FullScreen {
  tellLibraries(terminal);
  const screen = new FullScreen(terminal.stdout as ScreenOutput);
  screen.enter();
  screen.write(title.slice(0, screen.columns));
  return screen;
}

/**
 * What libraries read once, when they are loaded: React need not check its callers, which takes half of its time, and colours may be
 * unwanted. (A file with JSX cannot say so itself: it loads React before all else.)
 */
function tellLibraries({ environment }: Terminal): void {
  process.env.NODE_ENV ??= 'production';
  if (environment.NO_COLOR) process.env.FORCE_COLOR = '0';
}
