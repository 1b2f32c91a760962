/** Loads what draws, when something is first drawn: commands that draw nothing never pay for it. */
import type { Terminal } from '../terminal.js';

export async function loadLiveScreen(terminal: Terminal) {
  tellLibraries(terminal);
  return import('./live-run.js');
}

export async function loadBrowser(terminal: Terminal) {
  tellLibraries(terminal);
  return import('./browse.js');
}

/**
 * What libraries read once, when they are loaded: React need not check its callers, which takes half of its time, and colours may be
 * unwanted. (A file with JSX cannot say so itself: it loads React before all else.)
 */
function tellLibraries({ environment }: Terminal): void {
  process.env.NODE_ENV ??= 'production';
  if (environment.NO_COLOR) process.env.FORCE_COLOR = '0';
}
