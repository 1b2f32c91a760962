/** The options of `search`: the settings of a run, and how this call of it runs. */

import { expected, wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import type { WorkerPool } from '../contracts/job.js';
import { SETTING_NAMES, type SearchSettings } from './configuration.js';
import { text } from './fields.js';

export interface SearchOptions extends SearchSettings {
  /** The SQLite file that keeps the runs; made where there is none. Default `nascent.sqlite`. */
  readonly ledger?: string;
  /** Jobs at once; default one for each core. Changes no result. */
  readonly workers?: number;
  /** Where jobs run, in place of worker threads of this process; left open. */
  readonly pool?: WorkerPool;
  /** Stops the run, to be resumed. */
  readonly signal?: AbortSignal;
  /** Id of a run in the ledger, or its beginning: goes on with it, as it was configured. */
  readonly resume?: string;
}

export const DEFAULT_LEDGER = 'nascent.sqlite';

/** Options with defaults, the settings still as they were given. */
export interface StartOptions {
  readonly settings: SearchSettings;
  readonly ledger: string;
  readonly workers?: number;
  readonly pool?: WorkerPool;
  readonly signal: AbortSignal;
  readonly resume?: string;
  /** When `search` was called, on the clock of `performance`. */
  readonly started: number;
}

const CALL_OPTIONS = ['ledger', 'workers', 'pool', 'signal', 'resume'];

/** @throws NascentError `usage` */
export function checkedOptions(options: SearchOptions): StartOptions {
  const started = performance.now();
  const known = [...SETTING_NAMES, ...CALL_OPTIONS];
  knownOptions('an option of search', options, known);
  const { ledger = DEFAULT_LEDGER, workers, pool, signal, resume, ...settings } = options;
  if (resume !== undefined) refuseSettings(settings);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw expected('`signal`', 'an AbortSignal', signal);
  return {
    settings,
    ledger: text('`ledger`', ledger),
    ...(workers !== undefined && { workers: wholeNumber('`workers`', workers, 1, 1024) }),
    pool,
    signal: signal ?? new AbortController().signal,
    ...(resume !== undefined && { resume: text('`resume`', resume) }),
    started,
  };
}

function refuseSettings(settings: SearchSettings): void {
  const given = Object.entries(settings).find(([, value]) => value !== undefined);
  if (!given) return;
  throw expected('a resumed run', 'given no settings, for it goes on as it was configured', given[0]);
}
