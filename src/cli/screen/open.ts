/** Opens the terminal for drawing. */
import type { ReactNode } from 'react';
import type { ScreenOutput } from '../../ui/full-screen.js';
import type { Size } from '../../ui/layout.js';
import { type MountedScreen, mount } from '../../ui/mount.js';
import type { Terminal } from '../terminal.js';

/** @param draw the screen as it is now */
export function openScreen(terminal: Terminal, draw: (size: Size) => ReactNode): MountedScreen {
  return mount({ stdin: terminal.stdin!, stdout: terminal.stdout as ScreenOutput, draw });
}
