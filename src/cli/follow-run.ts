/** Following a run to its end: on a screen of its own, or as progress on stderr and its events or outcome on stdout; Ctrl-C. */
import type { RunEvent } from '../contracts/run.js';
import type { Steering } from '../contracts/steering.js';
import { openLedgerReader } from '../log/open.js';
import { DEFAULT_LEDGER } from '../search/options.js';
import type { SearchResult } from '../search/result.js';
import type { SearchRun } from '../search/search.js';
import { endingOf } from './failures.js';
import { showProgress } from './progress.js';
import { storyOf } from './report/open-story.js';
import { outcomeLines } from './report/story-text.js';
import { canDraw } from './screen/capability.js';
import { loadLiveScreen } from './screen/load.js';
import { dieOfInterrupt, type Stopping, stopping } from './stopping.js';
import { remark, type Terminal, writeJson, writeLines } from './terminal.js';

export interface FollowOptions {
  /** Path of the ledger, as the person wrote it. */
  readonly ledger: string;
  /** Events on stdout, in place of the outcome. */
  readonly json: boolean;
}

/** @param start starts the run; its signal asks for an orderly stop. */
export async function followRun(
  terminal: Terminal,
  options: FollowOptions,
  start: (signal: AbortSignal) => SearchRun,
): Promise<void> {
  let stop: Stopping | undefined;
  const face = await faceOf(terminal, options, () => stop?.press());
  const end = () => {
    face.leave();
    dieOfInterrupt();
  };
  stop = stopping(face.terminal, end);
  try {
    const result = await followToEnd(terminal, options, { run: start(stop.signal), face, stop });
    if (result.interrupted) {
      if (!terminal.unread.aborted) {
        remark(terminal, `Interrupted. Go on with: ${resumeCommand(result.run, options.ledger)}`);
      }
      throw endingOf(terminal);
    }
    if (!options.json) await writeOutcome(terminal, result.run, options.ledger);
  } catch (thrown) {
    face.leave();
    if (!isAbort(thrown)) throw thrown;
    remark(terminal, 'Interrupted before the run had begun.');
    throw endingOf(terminal);
  } finally {
    stop.done();
  }
}

/** How a run is shown while it runs. */
interface Face {
  /** Where to say something meanwhile. */
  readonly terminal: Terminal;
  steer?(steering: Steering): void;
  see(event: RunEvent): void | Promise<void>;
  /** Leaves the terminal as it was, for other text. */
  leave(): void;
}

async function faceOf(terminal: Terminal, { json }: FollowOptions, onStop: () => void): Promise<Face> {
  if (!json && canDraw(terminal)) {
    const { screen, openLiveScreen } = await loadLiveScreen(terminal, 'nascent: a search begins');
    return openLiveScreen(terminal, screen, onStop);
  }
  const progress = showProgress(terminal);
  return {
    terminal,
    see(event) {
      if (json) {
        progress.clear();
        writeJson(terminal, event);
      }
      progress.see(event);
    },
    leave: progress.clear,
  };
}

async function followToEnd(
  terminal: Terminal,
  { ledger }: FollowOptions,
  { run, face, stop }: { readonly run: SearchRun; readonly face: Face; readonly stop: Stopping },
): Promise<SearchResult> {
  let id: string | undefined;
  face.steer?.(run.steering);
  try {
    for await (const event of run) {
      id = event.run;
      stop.resumeWith(resumeCommand(id, ledger));
      await face.see(event);
    }
    return await run.result;
  } catch (thrown) {
    face.leave();
    if (id !== undefined) remark(terminal, `What was recorded is kept. Go on with: ${resumeCommand(id, ledger)}`);
    throw thrown;
  } finally {
    face.leave();
  }
}

export function resumeCommand(run: string, ledger: string): string {
  return `nascent resume ${run}${ledgerFlag(ledger)}`;
}

/** As a shell reads it. */
function ledgerFlag(ledger: string): string {
  if (ledger === DEFAULT_LEDGER) return '';
  return ` --ledger ${/^[\w./-]+$/.test(ledger) ? ledger : `'${ledger.replaceAll("'", "'\\''")}'`}`;
}

async function writeOutcome(terminal: Terminal, run: string, path: string): Promise<void> {
  const reader = openLedgerReader(path);
  try {
    const story = await storyOf(reader, run);
    const more = `nascent show run ${run}${ledgerFlag(path)}`;
    writeLines(terminal, [...outcomeLines(story), '', `The whole story: ${more}`]);
  } finally {
    reader.close();
  }
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}
