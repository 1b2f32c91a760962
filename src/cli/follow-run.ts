/** Following a run to its end: progress on stderr, its events or its outcome on stdout, Ctrl-C. */
import { openLedgerReader } from '../log/open.js';
import { DEFAULT_LEDGER } from '../search/options.js';
import type { SearchResult } from '../search/result.js';
import type { SearchRun } from '../search/search.js';
import { endingOf } from './failures.js';
import { showProgress } from './progress.js';
import { storyOf } from './report/open-story.js';
import { outcomeLines } from './report/story-text.js';
import { type Stopping, stopping } from './stopping.js';
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
  const stop = stopping(terminal);
  try {
    const result = await followToEnd(terminal, options, start(stop.signal), stop);
    if (result.interrupted) {
      if (!terminal.unread.aborted) {
        remark(terminal, `Interrupted. Go on with: ${resumeCommand(result.run, options.ledger)}`);
      }
      throw endingOf(terminal);
    }
    if (!options.json) await writeOutcome(terminal, result.run, options.ledger);
  } catch (thrown) {
    if (!isAbort(thrown)) throw thrown;
    remark(terminal, 'Interrupted before the run had begun.');
    throw endingOf(terminal);
  } finally {
    stop.done();
  }
}

async function followToEnd(
  terminal: Terminal,
  { ledger, json }: FollowOptions,
  run: SearchRun,
  stop: Stopping,
): Promise<SearchResult> {
  const progress = showProgress(terminal);
  let id: string | undefined;
  try {
    for await (const event of run) {
      id = event.run;
      stop.resumeWith(resumeCommand(id, ledger));
      if (json) {
        progress.clear();
        writeJson(terminal, event);
      }
      progress.see(event);
    }
    return await run.result;
  } catch (thrown) {
    progress.clear();
    if (id !== undefined) remark(terminal, `What was recorded is kept. Go on with: ${resumeCommand(id, ledger)}`);
    throw thrown;
  } finally {
    progress.clear();
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
