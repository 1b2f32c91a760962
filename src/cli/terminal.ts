/** Where a command reads and writes: the process in use, fakes in tests. */

/** A stream of text that may be a screen. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Characters a line, where it is a screen. */
  readonly columns?: number;
}

export interface Terminal {
  /** Where keys come from; absent where nobody types, as in tests. */
  readonly stdin?: NodeJS.ReadStream;
  /** Results only: what a program reads. */
  readonly stdout: Output;
  /** Progress, warnings and errors: what a person reads. */
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly folder: string;
  /** Fires when nobody reads stdout any more, as in `nascent search --json | head -1`. */
  readonly unread: AbortSignal;
}

/** The terminal of this process. What is written after its reader has gone is dropped without a word. */
export function processTerminal(): Terminal {
  const unread = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      unread.abort();
    });
  }
  const { stdin, stdout, stderr, env } = process;
  return { stdin, stdout, stderr, environment: env, folder: process.cwd(), unread: unread.signal };
}

/** One result, as a line of JSON. */
export function writeJson(terminal: Terminal, value: unknown): void {
  terminal.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Lines of a result. */
export function writeLines(terminal: Terminal, lines: readonly string[]): void {
  terminal.stdout.write(`${lines.join('\n')}\n`);
}

/** A remark to the person, beside the results. */
export function remark(terminal: Terminal, sentence: string): void {
  terminal.stderr.write(`nascent: ${sentence}\n`);
}
