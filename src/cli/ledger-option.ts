/** The ledger that a command reads or writes, opened for as long as its work takes. */
import { NascentError } from '../base/errors.js';
import type { Ledger, LedgerReader, RunRow } from '../contracts/ledger.js';
import { DEFAULT_LEDGER } from '../search/options.js';
import { type Flags, gatherSettings } from './settings/gather.js';
import { settingsNamed } from './settings/options.js';
import type { Terminal } from './terminal.js';

/** The setting alone, for commands that only read. */
export const LEDGER_SETTINGS = settingsNamed(['ledger']);

export async function ledgerPath(terminal: Terminal, flags: Flags): Promise<string> {
  const { ledger } = await gatherSettings(terminal, LEDGER_SETTINGS, flags);
  return typeof ledger === 'string' ? ledger : DEFAULT_LEDGER;
}

export async function withReader<T>(
  terminal: Terminal,
  flags: Flags,
  work: (ledger: LedgerReader) => T | Promise<T>,
): Promise<T> {
  const path = await ledgerPath(terminal, flags);
  const { openLedgerReader } = await import('../log/open.js');
  const ledger = openLedgerReader(path);
  try {
    return await work(ledger);
  } finally {
    ledger.close();
  }
}

export async function withLedger<T>(path: string, work: (ledger: Ledger) => T | Promise<T>): Promise<T> {
  const { openLedger } = await import('../log/open.js');
  const ledger = openLedger(path);
  try {
    return await work(ledger);
  } finally {
    ledger.close();
  }
}

/**
 * The run that is meant where none is named.
 * @param what it has to be, for the refusal
 * @throws NascentError `usage` where there is none
 */
export function latestRun(ledger: LedgerReader, what: string, isMeant: (run: RunRow) => boolean = () => true): RunRow {
  const latest = ledger.runs().findLast(isMeant);
  if (latest) return latest;
  throw new NascentError('usage', `Expected ${what} in ${ledger.path}, got none.`);
}
