/** Opens the terminal for drawing. What costs time is loaded here, so that commands that draw nothing never pay for it. */
import type { ReactNode } from 'react';
import type { ScreenOutput } from '../../ui/full-screen.js';
import type { Size } from '../../ui/layout.js';
import type { MountedScreen } from '../../ui/mount.js';
import type { Terminal } from '../terminal.js';

/** @param draw the screen as it is now */
export async function openScreen(terminal: Terminal, draw: (size: Size) => ReactNode): Promise<MountedScreen> {
  // Both are read once, when the libraries are loaded: whether colours are wanted, and that React need not check its callers.
  if (terminal.environment.NO_COLOR) process.env.FORCE_COLOR = '0';
  process.env.NODE_ENV ??= 'production';
  const { mount } = await import('../../ui/mount.js');
  return mount({ stdin: terminal.stdin!, stdout: terminal.stdout as ScreenOutput, draw });
}
