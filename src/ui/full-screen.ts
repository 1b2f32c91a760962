/**
 * A whole terminal screen, drawn line by line: only lines that changed are written, at their own places, so that nothing flickers or
 * scrolls. It is the terminal's other screen: what was there before comes back when it is left.
 */
import { EventEmitter } from 'node:events';

/** The part of a terminal's output that is needed here. */
export interface ScreenOutput {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

const DEFAULT_SIZE = { columns: 80, rows: 24 };

/** Other screen, no cursor, no wrapping of long lines; and all of it back (xterm control sequences, private modes 1049, 25, 7). */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
/** Emptied before it is left: a terminal that was resized meanwhile may keep lines of it. */
const LEAVE = '\x1b[2J\x1b[H\x1b[?7h\x1b[?25h\x1b[?1049l';
/** What stands between the two appears at once (synchronised output, private mode 2026). */
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

/** To ink it is a stream on which every frame is one write. */
export class FullScreen extends EventEmitter {
  private shown: readonly string[] = [];
  private entered = false;
  private readonly resized = () => {
    this.shown = [];
    this.output.write('\x1b[2J');
    this.emit('resize');
  };

  constructor(private readonly output: ScreenOutput) {
    super();
  }

  get columns(): number {
    return this.output.columns || DEFAULT_SIZE.columns;
  }

  get rows(): number {
    return this.output.rows || DEFAULT_SIZE.rows;
  }

  enter(): void {
    this.entered = true;
    this.output.write(ENTER);
    this.output.on('resize', this.resized);
    process.on('exit', this.leave);
  }

  /** Gives the terminal back; also called when the process ends in whatever way it can hear of. */
  readonly leave = (): void => {
    if (!this.entered) return;
    this.entered = false;
    this.output.off('resize', this.resized);
    process.off('exit', this.leave);
    this.output.write(LEAVE);
  };

  write(frame: string): boolean {
    if (!this.entered) return true;
    const lines = frame.split('\n').slice(0, this.rows);
    const changes = Array.from({ length: Math.max(lines.length, this.shown.length) }, (_, i) => {
      const line = lines[i] ?? '';
      return line === this.shown[i] ? '' : `\x1b[${i + 1};1H\x1b[2K${line}\x1b[0m`;
    });
    const text = changes.join('');
    if (text !== '') this.output.write(BEGIN + text + END);
    this.shown = lines;
    return true;
  }
}
