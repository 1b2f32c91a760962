/** One open SQLite file: how it is opened and left, its transactions, and its prepared statements. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import { messageOf, show } from '../base/errors.js';
import { sqlite } from './binding.js';
import { codeOf, type FailureContext, ledgerError, ledgerFailure, notPermitted } from './failures.js';
import { migrate, requireLedger } from './schema.js';

/** How long to wait for another process's lock. Writes take milliseconds, so only a stuck program holds it longer. */
const BUSY_TIMEOUT = 5000;

/** Milliseconds between two attempts at what SQLite refuses without waiting. */
const RETRY_PAUSE = 5;

/** After a large checkpoint the write-ahead log shrinks back to this many bytes. */
const LOG_SIZE_LIMIT = 64 * 1024 * 1024;

export interface ConnectionOptions {
  readonly readonly?: boolean;
  /** Milliseconds to wait for another process's lock before giving up. */
  readonly busyTimeout?: number;
}

/** A value that SQLite can hold. */
export type SqlValue = null | number | string | Buffer;

export interface Connection {
  readonly path: string;
  readonly readonly: boolean;
  /** Unlike any other connection's, in this or any process. */
  readonly id: string;
  /** Runs `work` in one transaction that holds the write lock from its start; all of it is kept, or nothing. */
  write<T>(work: () => T): T;
  /** Runs `work` on one unchanging view of the ledger. */
  read<T>(work: () => T): T;
  /** Executes a statement that changes rows; returns how many. Inside `write` only. */
  change(sql: string, ...values: SqlValue[]): number;
  /** All rows of a query. Inside `read` or `write` only, as are `row` and `texts`. */
  rows<Row>(sql: string, ...values: SqlValue[]): Row[];
  row<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  /** The first column of all rows of a query, which is text: a fifth of the time that rows take. */
  texts(sql: string, ...values: SqlValue[]): string[];
  /** Whether no other connection, of this or any process on this machine, has the file open. Not inside a transaction. */
  isAlone(): boolean;
  close(): void;
}

export function openConnection(path: string, options: ConnectionOptions = {}): Connection {
  const context: FailureContext = {
    path: checkedPath(path),
    readonly: options.readonly ?? false,
    busyTimeout: options.busyTimeout ?? BUSY_TIMEOUT,
  };
  sqlite(); // Its own refusal comes before anything is created.
  const database = rephrased(context, () => (context.readonly ? openToRead(context) : openToWrite(context)));
  return connectionOver(database, context);
}

/** better-sqlite3 trims paths and reads an empty one and `:memory:` as an unnamed database, which would not outlive the process. */
function checkedPath(path: string): string {
  const trimmed = path.trim();
  if (trimmed === '' || trimmed === ':memory:') {
    throw ledgerError(`Expected the ledger's path to name a file, got ${show(path)}.`);
  }
  return resolve(trimmed);
}

function openToWrite(context: FailureContext): Database {
  makeDirectory(context.path);
  refuseNonFile(context.path);
  return guarded(new (sqlite())(context.path, { timeout: context.busyTimeout }), (database) => {
    database.transaction(() => requireLedger(database, context.path, true)).deferred();
    database.transaction(() => migrate(database, context.path)).immediate();
    database.pragma('foreign_keys = ON');
    enterWriteAheadLog(database, context);
  });
}

/**
 * With a write-ahead log, others read while this process writes. `synchronous = NORMAL` leaves it to the operating system when a
 * commit reaches the disk: it is in the system's memory when `write` returns, which `kill -9` of this process cannot take back.
 * Only a power failure or a crash of the whole machine can lose the last commits, and then whole ones, never parts;
 * `FULL` would wait for the disk on every candidate to keep those too, and what is lost is computed again on resume.
 */
function enterWriteAheadLog(database: Database, context: FailureContext): void {
  const mode = patiently(context, () => database.pragma('journal_mode = WAL', { simple: true }));
  if (mode !== 'wal') throw ledgerError(notPermitted(context));
  database.pragma('synchronous = NORMAL');
  database.pragma(`journal_size_limit = ${LOG_SIZE_LIMIT}`);
}

/**
 * Calls `attempt` again while it finds the file locked, for as long as the connection waits. SQLite itself does not wait where two
 * connections change the journal mode at once, since each could be waiting for the other: it refuses one of them at once.
 */
function patiently<T>({ busyTimeout }: FailureContext, attempt: () => T): T {
  const end = Date.now() + busyTimeout;
  for (;;) {
    try {
      return attempt();
    } catch (thrown) {
      if (!codeOf(thrown).startsWith('SQLITE_BUSY') || Date.now() >= end) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_PAUSE);
    }
  }
}

function openToRead(context: FailureContext): Database {
  const { path } = context;
  if (!existsSync(path)) throw ledgerError(`There is no ledger at ${path}.`);
  refuseNonFile(path);
  const open = (source: string | Buffer) =>
    guarded(new (sqlite())(source, { readonly: true, timeout: context.busyTimeout }), (database) => {
      database.transaction(() => requireLedger(database, path, false)).deferred();
    });
  try {
    return open(path);
  } catch (thrown) {
    const snapshot = snapshotAtRest(path, thrown);
    if (!snapshot) throw thrown;
    return open(snapshot);
  }
}

/**
 * A ledger whose last writer was killed is still marked as having a write-ahead log, and SQLite wants to create one beside it even
 * to read. In a read-only directory that is refused; where the log is absent or empty the file itself is whole, and nobody
 * can be writing it, so it is read into memory with the mark (bytes 18 and 19) cleared.
 */
function snapshotAtRest(path: string, thrown: unknown): Buffer | undefined {
  const code = codeOf(thrown);
  const refusedSideFile = code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN');
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (!refusedSideFile || (log && log.size > 0)) return undefined;
  try {
    const content = readFileSync(path);
    content.fill(1, 18, 20);
    return content;
  } catch {
    return undefined; // The file itself may not be read: the first failure says so.
  }
}

function connectionOver(database: Database, context: FailureContext): Connection {
  const statements = new Map<string, Statement<SqlValue[]>>();
  const statement = (sql: string) => {
    const prepared = statements.get(sql) ?? database.prepare<SqlValue[]>(sql);
    statements.set(sql, prepared);
    return prepared;
  };
  const transaction = database.transaction((work: () => unknown) => work());
  const run = (start: (work: () => unknown) => unknown, work: () => unknown) => {
    if (!database.open) throw ledgerError(`Ledger ${context.path} is closed.`);
    return rephrased(context, () => start(work));
  };
  return {
    path: context.path,
    readonly: context.readonly,
    id: randomUUID(),
    write<T>(work: () => T): T {
      if (context.readonly) throw ledgerError(`Ledger ${context.path} was opened for reading only.`);
      return run(transaction.immediate, work) as T;
    },
    read: <T>(work: () => T) => run(transaction.deferred, work) as T,
    change: (sql, ...values) => statement(sql).run(...values).changes,
    rows: <Row>(sql: string, ...values: SqlValue[]) => statement(sql).all(...values) as Row[],
    row: <Row>(sql: string, ...values: SqlValue[]) => statement(sql).get(...values) as Row | undefined,
    texts: (sql, ...values) =>
      statement(sql)
        .pluck()
        .all(...values) as string[],
    isAlone() {
      if (!leaveWriteAheadLog(database)) return false;
      enterWriteAheadLog(database, context);
      return true;
    },
    close() {
      if (database.open && !context.readonly) leaveWriteAheadLog(database);
      database.close();
    },
  };
}

/**
 * Moves everything into the file itself and gives up the write-ahead log, so that a ledger at rest is a single file that can be copied,
 * and read without writing beside it. SQLite allows this only to the last connection: false where another has the file open.
 */
function leaveWriteAheadLog(database: Database): boolean {
  const timeout = database.pragma('busy_timeout', { simple: true }) as number;
  try {
    database.pragma('busy_timeout = 0');
    return database.pragma('journal_mode = DELETE', { simple: true }) === 'delete';
  } catch {
    return false; // Busy, or the disk is full: the log stays, and the next opening finds everything in it.
  } finally {
    database.pragma(`busy_timeout = ${timeout}`);
  }
}

/** Gives back `database` when `prepare` has accepted it, and closes it otherwise. */
function guarded(database: Database, prepare: (database: Database) => void): Database {
  try {
    prepare(database);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function rephrased<T>(context: FailureContext, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw ledgerFailure(thrown, context);
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (thrown) {
    const full = (thrown as NodeJS.ErrnoException).code === 'ENOSPC';
    const message = `The directory of ledger ${path} cannot be made (${messageOf(thrown)}).`;
    throw ledgerError(message, full ? 1 : 2, thrown);
  }
}

function refuseNonFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found || found.isFile()) return;
  const kind = found.isDirectory() ? 'a directory' : 'not a regular file';
  throw ledgerError(`Expected the ledger's path to name a file, but ${path} is ${kind}.`);
}
