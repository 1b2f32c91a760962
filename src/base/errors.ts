/**
 * The few kinds of failure. Everything thrown on purpose is one of these; anything else is a bug.
 */

/** What went wrong, for programs; the message says it for people. */
export type ErrorCode =
  | 'usage' // the caller's input is wrong: an option, a name, an architecture, a file's content (exit code 2)
  | 'shape' // shapes of a network or program do not fit together (exit code 2)
  | 'data' // a data file is missing, truncated or of another format (exit code 2)
  | 'ledger' // the ledger cannot be opened, read or written (exit code 2, or 1 where the machine failed)
  | 'engine' // a kernel engine is missing or failed (exit code 1)
  | 'machine'; // disk, memory or another process failed (exit code 1)

/** An expected failure: one clear sentence, a code, and the data behind it. */
export class NascentError extends Error {
  override readonly name = 'NascentError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly exitCode?: 1 | 2 },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options?.exitCode ?? (code === 'engine' || code === 'machine' ? 1 : 2);
  }

  /** The process exit code a command line gives for this failure. */
  readonly exitCode: 1 | 2;
}

/** `Expected {what} to be {expected}, got {got}.`: the one sentence form of refused input. */
export function expected(what: string, expectation: string, got: unknown): NascentError {
  return new NascentError('usage', `Expected ${what} to be ${expectation}, got ${show(got)}.`);
}

/** A value as it appears in an error sentence. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Refuses a number that is not a whole number in [low, high]; returns it otherwise. */
export function wholeNumber(what: string, value: unknown, low: number, high: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  const range =
    high === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${low}` : `a whole number from ${low} to ${high}`;
  throw expected(what, range, value);
}

/** Refuses what is not true or false; returns it otherwise. */
export function flag(what: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw expected(what, 'true or false', value);
}
