/** Runs: making, finding and marking them. */
import { randomBytes } from 'node:crypto';
import { nearestName } from '../base/names.js';
import type { RunRow } from '../contracts/ledger.js';
import type { RunConfiguration, RunStatus } from '../contracts/run.js';
import { claim, insertClaim } from './claims.js';
import type { Connection } from './connection.js';
import { ledgerError } from './failures.js';
import { fromJson, toJson } from './plain.js';

interface StoredRun {
  readonly id: string;
  readonly created: number;
  readonly status: RunStatus;
  readonly configuration: string;
  readonly versions: string;
}

/** An error names this many of the latest runs. */
const RUNS_NAMED = 8;

const SELECT = 'SELECT id, created, status, configuration, versions FROM runs';

export function readRuns(connection: Connection): RunRow[] {
  return connection.rows<StoredRun>(`${SELECT} ORDER BY entry`).map(runRow);
}

export function readRun(connection: Connection, id: string): RunRow {
  return runRow(connection.row<StoredRun>(`${SELECT} WHERE id = ?`, findRun(connection, id))!);
}

/** The full id of a run, from it or a prefix that no other run shares. Inside `read` or `write`. */
export function findRun(connection: Connection, id: string): string {
  const exact = connection.row<{ id: string }>('SELECT id FROM runs WHERE id = ?', id);
  if (exact) return exact.id;
  const matching = connection.rows<{ id: string }>(
    'SELECT id FROM runs WHERE substr(id, 1, ?) = ? ORDER BY entry',
    id.length,
    id,
  );
  if (id !== '' && matching.length === 1) return matching[0].id;
  if (id !== '' && matching.length > 1) {
    throw ledgerError(
      `${JSON.stringify(id)} begins the ids of ${matching.length} runs in ledger ${connection.path}: ${list(matching)}.`,
    );
  }
  throw unknownRun(connection, id);
}

function unknownRun(connection: Connection, id: string): Error {
  const known = connection.rows<{ id: string }>('SELECT id FROM runs ORDER BY entry');
  const near = nearestName(
    id,
    known.map((run) => run.id),
  );
  const holds = known.length === 0 ? 'it holds no runs' : `it holds ${list(known)}`;
  const hint = near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`;
  return ledgerError(`There is no run ${JSON.stringify(id)} in ledger ${connection.path}: ${holds}.${hint}`);
}

function list(runs: readonly { readonly id: string }[]): string {
  const latest = runs.slice(-RUNS_NAMED).map((run) => run.id);
  const older = runs.length - latest.length;
  return (older > 0 ? `${older} older ones and ` : '') + latest.join(', ');
}

export function createRun(
  connection: Connection,
  configuration: RunConfiguration,
  versions: Readonly<Record<string, string>>,
): RunRow {
  return connection.write(() => {
    const id = unusedId(connection);
    connection.change(
      'INSERT INTO runs (id, created, status, configuration, versions) VALUES (?, ?, ?, ?, ?)',
      id,
      Date.now(),
      'running',
      toJson('configuration', configuration),
      toJson('versions', versions),
    );
    insertClaim(connection, id);
    return readRun(connection, id);
  });
}

export function claimRun(connection: Connection, id: string, { finished = false } = {}): void {
  // Looked up inside `write`, so that a ledger opened for reading is refused first.
  const { id: run, status } = connection.write(() => readRun(connection, id));
  if (status === 'finished' && !finished)
    throw ledgerError(`Run ${run} is finished, so there is nothing left to resume.`);
  claim(connection, run);
}

export function setStatus(connection: Connection, run: string, status: RunStatus): void {
  connection.change('UPDATE runs SET status = ? WHERE id = ?', status, run);
}

/** Eight hexadecimal digits: short enough to type, and a collision within one ledger is noticed. */
function unusedId(connection: Connection): string {
  for (;;) {
    const id = randomBytes(4).toString('hex');
    if (!connection.row('SELECT 1 FROM runs WHERE id = ?', id)) return id;
  }
}

function runRow(stored: StoredRun): RunRow {
  return { ...stored, configuration: fromJson(stored.configuration), versions: fromJson(stored.versions) };
}
