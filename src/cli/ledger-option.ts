/** The ledger that a command reads or writes, opened for as long as its work takes. */
import type { Ledger, LedgerReader } from '../contracts/ledger.js';
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
