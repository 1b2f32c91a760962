/** A terminal that remembers what was written to it. */
import type { Terminal } from '../../../src/cli/terminal.js';

export interface FakeTerminal extends Terminal {
  readonly out: string[];
  readonly err: string[];
}

export function fakeTerminal(
  options: Partial<Pick<Terminal, 'environment' | 'folder'>> & { screen?: number } = {},
): FakeTerminal {
  const out: string[] = [];
  const err: string[] = [];
  const screen = { isTTY: options.screen !== undefined, columns: options.screen };
  return {
    out,
    err,
    stdout: { write: (text) => out.push(text), ...screen },
    stderr: { write: (text) => err.push(text), ...screen },
    environment: options.environment ?? {},
    folder: options.folder ?? '/nowhere',
    unread: new AbortController().signal,
  };
}
