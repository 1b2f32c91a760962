/** A real terminal for tests: a session of tmux on a server of its own, keys sent to it, its screen read. */
import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** Whether tests that need a terminal can run here. */
export const HAS_TMUX = spawnSync('tmux', ['-V']).status === 0;

export interface TmuxOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const PATIENCE = 120_000;

export class Tmux {
  private static count = 0;
  private readonly server = `nascent-${process.pid}-${Tmux.count++}`;

  /** Runs a command line in a shell, which stays when it has ended. */
  constructor(command: string, { columns = 80, rows = 24, folder, environment = {} }: TmuxOptions) {
    const variables = { LANG: 'C.UTF-8', LC_ALL: '', ...environment };
    const exported = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`);
    // Of the surroundings nothing may say that nobody looks; an empty `CI` would.
    const script = ['unset CI NO_COLOR FORCE_COLOR', ...exported, command, 'echo "ended with $?"', 'sleep 1000'].join(
      '; ',
    );
    this.tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', folder, 'bash', '-c', script);
    this.tmux('set-option', 'remain-on-exit', 'on');
  }

  send(...keys: readonly string[]): void {
    this.tmux('send-keys', ...keys);
  }

  resize(columns: number, rows: number): void {
    this.tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** The screen's lines. @param colours with their escape codes */
  screen(colours = false): string[] {
    return this.tmux('capture-pane', '-p', '-J', ...(colours ? ['-e'] : [])).split('\n');
  }

  /** Whether the terminal's other screen is shown, and its cursor. */
  state(): { readonly other: boolean; readonly cursor: boolean } {
    const [other, cursor] = this.tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}').trim().split(' ');
    return { other: other === '1', cursor: cursor === '1' };
  }

  /** Waits until the screen holds the text; its lines then. */
  async shows(text: string | RegExp): Promise<string[]> {
    const began = performance.now();
    while (performance.now() - began < PATIENCE) {
      const lines = this.screen();
      const whole = lines.join('\n');
      if (typeof text === 'string' ? whole.includes(text) : text.test(whole)) return lines;
      await wait(50);
    }
    throw new Error(`The screen never showed ${text}. It shows:\n${this.screen().join('\n')}`);
  }

  close(): void {
    spawnSync('tmux', ['-L', this.server, 'kill-server']);
  }

  private tmux(...words: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.server, ...words], { encoding: 'utf8' });
  }
}
