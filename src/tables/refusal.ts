/** Refusals of table files: one sentence that names the file, what was expected of it and what came. */
import { messageOf, NascentError, show } from '../base/errors.js';

/** `Expected {path} to {expectation}, got {got}.` with code `data`. */
export function badFile(path: string, expectation: string, got: string, cause?: unknown): NascentError {
  return new NascentError('data', `Expected ${show(path)} to ${expectation}, got ${got}.`, { cause });
}

/** The refusal of a file that cannot be read at all. */
export function unreadable(path: string, cause: unknown): NascentError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return badFile(path, 'exist', 'nothing there', cause);
  return badFile(path, 'be a readable file', messageOf(cause), cause);
}

/** What a reader found wrong within a file, before it is known which file that was. */
export class Malformed extends Error {
  constructor(
    readonly expectation: string,
    readonly got: string,
  ) {
    super(`expected it to ${expectation}, got ${got}`);
  }
}

/** Runs the reading of a file; a `Malformed` becomes the sentence that names the file. */
export async function reading<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof Malformed) throw badFile(path, thrown.expectation, thrown.got, thrown);
    throw thrown;
  }
}
