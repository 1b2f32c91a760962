/** What SQLite reports, as one sentence that says what a person can do about it. */
import { NascentError } from '../base/errors.js';

/** What a sentence about a failure needs to know of the connection. */
export interface FailureContext {
  readonly path: string;
  readonly readonly: boolean;
  /** Milliseconds that were waited for a lock. */
  readonly busyTimeout: number;
}

const KEPT = 'everything recorded before is kept';

interface Sentence {
  /** Beginning of SQLite's extended result code. */
  readonly code: string;
  readonly exitCode: 1 | 2;
  readonly say: (context: FailureContext, message: string) => string;
}

/** The first entry whose code begins the thrown code is used. */
const SENTENCES: readonly Sentence[] = [
  {
    code: 'SQLITE_NOTADB',
    exitCode: 2,
    say: ({ path }) => `${path} is not a SQLite file, so it cannot be a ledger.`,
  },
  {
    code: 'SQLITE_READONLY_ROLLBACK',
    exitCode: 2,
    say: ({ path }) => `A killed program left ledger ${path} half closed; open it once for writing, which mends it.`,
  },
  { code: 'SQLITE_READONLY', exitCode: 2, say: (context) => notPermitted(context) },
  { code: 'SQLITE_CANTOPEN', exitCode: 2, say: (context) => notPermitted(context) },
  { code: 'SQLITE_PERM', exitCode: 2, say: (context) => notPermitted(context) },
  {
    code: 'SQLITE_BUSY',
    exitCode: 1,
    say: ({ path, busyTimeout }) =>
      `Ledger ${path} is locked by another process, and stayed so for ${busyTimeout / 1000} s; close that program and try again, ${KEPT}.`,
  },
  {
    code: 'SQLITE_FULL',
    exitCode: 1,
    say: ({ path }) => `The disk is full, so ledger ${path} could not be written; free some space and resume, ${KEPT}.`,
  },
  {
    code: 'SQLITE_IOERR',
    exitCode: 1,
    say: ({ path }, message) =>
      `The disk failed or is full at ledger ${path} (${message}); check the disk and resume, ${KEPT}.`,
  },
  {
    code: 'SQLITE_CORRUPT',
    exitCode: 1,
    say: ({ path }, message) => `Ledger ${path} is damaged (${message}); restore it from a copy.`,
  },
  {
    code: 'SQLITE_TOOBIG',
    exitCode: 2,
    say: ({ path }) => `Ledger ${path} cannot hold tensors of more than 1 GB in one record.`,
  },
  {
    code: 'SQLITE_CONSTRAINT',
    exitCode: 2,
    say: ({ path }, message) => `Ledger ${path} refused a record that contradicts what it holds (${message}).`,
  },
];

/** The sentence for a file or directory that this user may not write (or read). */
export function notPermitted({ path, readonly }: FailureContext): string {
  return readonly
    ? `Ledger ${path} cannot be read: this user may not open the file or the -wal file beside it.`
    : `Ledger ${path} cannot be written: its file or directory is read-only for this user.`;
}

/** A refusal or failure of the ledger. Exit code 2 is for what the caller can put right, 1 for what the machine did. */
export function ledgerError(message: string, exitCode: 1 | 2 = 2, cause?: unknown): NascentError {
  return new NascentError('ledger', message, { exitCode, cause });
}

/** What to throw in place of `thrown`; what SQLite did not report goes through unchanged, for it is a bug. */
export function ledgerFailure(thrown: unknown, context: FailureContext): unknown {
  if (thrown instanceof NascentError || !(thrown instanceof Error)) return thrown;
  const code = codeOf(thrown);
  if (!code.startsWith('SQLITE_')) return thrown;
  const known = SENTENCES.find((sentence) => code.startsWith(sentence.code));
  if (known) return ledgerError(known.say(context, thrown.message), known.exitCode, thrown);
  return ledgerError(`Ledger ${context.path} failed with ${code} (${thrown.message}).`, 1, thrown);
}

/** SQLite's extended result code, such as `SQLITE_BUSY_RECOVERY`; empty where `thrown` has none. */
export function codeOf(thrown: unknown): string {
  return String((thrown as { code?: unknown }).code ?? '');
}
