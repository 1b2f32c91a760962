/** What is written to the terminal for each frame. */
import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { FullScreen } from '../../../src/ui/full-screen.js';

class Recorder extends EventEmitter {
  readonly written: string[] = [];
  columns = 10;
  rows = 3;

  write(text: string): void {
    this.written.push(text);
  }
}

describe('a whole screen', () => {
  test('writes only the lines that changed, each at its place, and never below the last row', () => {
    const output = new Recorder();
    const screen = new FullScreen(output);
    screen.enter();
    output.written.splice(0);
    screen.write('a\nb\nc\nbelow');
    expect(output.written.join('')).not.toContain('below');
    output.written.splice(0);
    screen.write('a\nB\nc');
    expect(output.written).toEqual(['\x1b[?2026h\x1b[2;1H\x1b[2KB\x1b[0m\x1b[?2026l']);
    output.written.splice(0);
    screen.write('a\nB\nc');
    expect(output.written).toEqual([]);
    screen.leave();
  });

  test('draws everything anew when the terminal has another size', () => {
    const output = new Recorder();
    const screen = new FullScreen(output);
    let resized = 0;
    screen.on('resize', () => resized++);
    screen.enter();
    screen.write('a\nb');
    output.written.splice(0);
    output.emit('resize');
    screen.write('a\nb');
    expect(resized).toBe(1);
    expect(output.written[0]).toContain('\x1b[2J');
    expect(output.written[1]).toContain('a');
    screen.leave();
  });

  test('gives the terminal back once: other screen, cursor, wrapping; and hears nothing afterwards', () => {
    const output = new Recorder();
    const screen = new FullScreen(output);
    const exits = process.listenerCount('exit');
    screen.enter();
    expect(process.listenerCount('exit')).toBe(exits + 1);
    screen.leave();
    screen.leave();
    screen.write('late');
    expect(process.listenerCount('exit')).toBe(exits);
    expect(output.listenerCount('resize')).toBe(0);
    expect(output.written.filter((text) => text.includes('\x1b[?1049l'))).toEqual([
      '\x1b[2J\x1b[H\x1b[?7h\x1b[?25h\x1b[?1049l',
    ]);
    expect(output.written.join('')).not.toContain('late');
  });
});
