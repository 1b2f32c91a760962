/** Ctrl-C: the first asks the work to finish what is in flight and save, the second ends the process at once. */
import { endingOf } from './failures.js';
import type { Terminal } from './terminal.js';

export interface Stopping {
  /** Fires at the first signal, or when nobody reads the results any more. */
  readonly signal: AbortSignal;
  /** As if the person had pressed Ctrl-C: on a screen of its own the terminal gives the key and no signal. */
  press(): void;
  /** What to type to go on; known once the work has an identity. */
  resumeWith(command: string): void;
  /** Gives the signals back. */
  done(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Listens until `done`. @param end ends the process: replaced in tests. */
export function stopping(terminal: Terminal, end: () => void = dieOfInterrupt): Stopping {
  const asked = new AbortController();
  let resume: string | undefined;
  const onSignal = () => {
    if (!asked.signal.aborted) {
      terminal.stderr.write('\nnascent: Finishing what is in flight and saving. Ctrl-C again stops at once.\n');
      asked.abort();
      return;
    }
    const goOn = resume === undefined ? '' : ` Go on with: ${resume}`;
    terminal.stderr.write(`\nnascent: Stopped at once. What was recorded is kept.${goOn}\n`);
    end();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: AbortSignal.any([asked.signal, terminal.unread]),
    press: onSignal,
    resumeWith(command) {
      resume = command;
    },
    done() {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}

/** Work that Ctrl-C stops. What it throws then is the stop, and ends the command as one. */
export async function untilStopped<Result>(
  terminal: Terminal,
  perform: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = stopping(terminal);
  try {
    return await perform(stop.signal);
  } catch (thrown) {
    if (stop.signal.aborted) throw endingOf(terminal);
    throw thrown;
  } finally {
    stop.done();
  }
}

/**
 * Ends this process by the signal itself, which shells report as 130. `process.exit` would end worker threads in the middle of a
 * native call, and the process would abort with a core dump instead.
 */
export function dieOfInterrupt(): void {
  for (const name of SIGNALS) process.removeAllListeners(name);
  process.kill(process.pid, 'SIGINT');
}
