/** Claims: which process writes a run. A claim ends when its ledger is closed or its process is dead. */
import type { Connection } from './connection.js';
import { ledgerError } from './failures.js';
import { isAlive, type ProcessIdentity, thisProcess } from './process-identity.js';

interface Claim extends ProcessIdentity {
  readonly connection: string;
  readonly since: number;
}

/** Connections of this process that may hold claims: tells a claim of this process that was never given back from a living one. */
const openConnections = new Set<string>();

/** Takes `run` for this connection, or refuses where a living process holds it. */
export function claim(connection: Connection, run: string): void {
  const seen = connection.read(() => claimOf(connection, run));
  const refusal = seen && refusalOf(connection, run, seen);
  if (refusal) throw ledgerError(refusal);
  connection.write(() => {
    const holder = claimOf(connection, run);
    // Between the look and this transaction another process may have been faster.
    if (holder && holder.connection !== seen?.connection) throw ledgerError(heldBy(run, holder));
    insertClaim(connection, run);
  });
}

/** Records the claim of this connection, whoever held the run before. Inside `write`. */
export function insertClaim(connection: Connection, run: string): void {
  const { host, machine, process, started } = thisProcess();
  connection.change(
    'INSERT OR REPLACE INTO claims (run, connection, host, machine, process, started, since) VALUES (?, ?, ?, ?, ?, ?, ?)',
    run,
    connection.id,
    host,
    machine,
    process,
    started,
    Date.now(),
  );
  openConnections.add(connection.id);
}

/** Refuses a write to a run that this connection does not hold. Inside `write`. */
export function requireClaim(connection: Connection, run: string): void {
  const holder = claimOf(connection, run);
  if (holder?.connection === connection.id) return;
  throw ledgerError(
    holder ? heldBy(run, holder) : `Run ${run} has to be claimed by this process before it can be written.`,
  );
}

/** Gives back every claim of this connection. */
export function releaseClaims(connection: Connection): void {
  if (!openConnections.delete(connection.id)) return;
  try {
    connection.write(() => connection.change('DELETE FROM claims WHERE connection = ?', connection.id));
  } catch {
    // Locked, or the disk is full: the claim stays behind, and is void when this process ends.
  }
}

/** Why the run cannot be taken from `holder`; undefined where it can. */
function refusalOf(connection: Connection, run: string, holder: Claim): string | undefined {
  if (holder.connection === connection.id) return undefined;
  const self = thisProcess();
  if (holder.machine !== self.machine) {
    // Another container, another host, or this one before it was started anew: its processes cannot be asked about, but a
    // living one would have the ledger open.
    if (connection.isAlone()) return undefined;
    return `Run ${run} was last written by process ${holder.process} on ${holder.host}, which cannot be checked from here, and another program has this ledger open; close that one and try again.`;
  }
  if (holder.process === self.process && holder.started === self.started) {
    if (!openConnections.has(holder.connection)) return undefined;
    return `Run ${run} is being written by this process already, through another open ledger; close that one first.`;
  }
  return isAlive(holder) ? heldBy(run, holder) : undefined;
}

function heldBy(run: string, { process, host, since }: Claim): string {
  return `Run ${run} is being written by process ${process} on ${host} since ${new Date(since).toISOString()}; wait until it ends, or stop it first.`;
}

function claimOf(connection: Connection, run: string): Claim | undefined {
  return connection.row<Claim>(
    'SELECT connection, host, machine, process, started, since FROM claims WHERE run = ?',
    run,
  );
}
