/** Reading data files: plain or gzip, with refusals that name what was expected and what came. */
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { messageOf, NascentError, show } from '../base/errors.js';

const unzip = promisify(gunzip);

/** `Expected {what} to {expectation}, got {got}.` with code `data`: the one sentence form of a refused file. */
export function dataError(what: string, expectation: string, got: string, cause?: unknown): NascentError {
  return new NascentError('data', `Expected ${what} to ${expectation}, got ${got}.`, { cause });
}

/**
 * The content of a file. Gzip is told by its first two bytes, never by the name.
 * @throws NascentError `data` where the file is missing, a directory, unreadable, empty or a broken gzip file.
 */
export async function readDataFile(path: string): Promise<Uint8Array> {
  const bytes = await readBytes(path);
  if (bytes.length === 0) throw dataError(show(path), 'hold data', 'an empty file');
  if (!isGzip(bytes)) return bytes;
  let content: Uint8Array;
  try {
    content = await unzip(bytes);
  } catch (thrown) {
    throw dataError(show(path), 'be a whole gzip file', `a damaged one (${messageOf(thrown)})`, thrown);
  }
  if (content.length === 0) throw dataError(show(path), 'hold data', 'a gzip file with nothing in it');
  return content;
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw missing(path, thrown);
    if (code === 'EISDIR') throw dataError(show(path), 'be a file', 'a directory', thrown);
    throw dataError(show(path), 'be readable', messageOf(thrown), thrown);
  }
}

/**
 * Whether a path names a directory.
 * @throws NascentError `data` where nothing lies at the path or it cannot be looked at.
 */
export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw missing(path, thrown);
    throw dataError(show(path), 'be readable', messageOf(thrown), thrown);
  }
}

/** The first of `names` that exists in a directory, each tried as it is and then with `.gz`; undefined where none does. */
export async function findFile(directory: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names.flatMap((plain) => [plain, `${plain}.gz`])) {
    const path = join(directory, name);
    if (await exists(path)) return path;
  }
  return undefined;
}

/** What a file of a wrong format seems to be, as the end of an error's `got`: ` (it looks like a PNG image)`, or ''. */
export function formatHint(bytes: Uint8Array, path: string): string {
  const known = SIGNATURES.find(({ at, start }) => start.every((byte, i) => bytes[at + i] === byte));
  if (known) return ` (it looks like ${known.name})`;
  if (isText(bytes)) return ' (it looks like text)';
  // Raw content under a .gz name is fine as long as it fits; where it does not, the name is worth a word.
  if (path.endsWith('.gz')) return ' (whatever its name says, check that the file arrived whole)';
  return '';
}

/** Starts of files that people name by mistake. Only consulted after a file was refused, so none can refuse a good one. */
const SIGNATURES: readonly { readonly name: string; readonly at: number; readonly start: readonly number[] }[] = [
  { name: 'a PNG image', at: 0, start: [0x89, 0x50, 0x4e, 0x47] },
  { name: 'a JPEG image', at: 0, start: [0xff, 0xd8, 0xff] },
  { name: 'a ZIP archive', at: 0, start: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'a tar archive: unpack it first', at: 257, start: [0x75, 0x73, 0x74, 0x61, 0x72] },
  { name: 'a NumPy array', at: 0, start: [0x93, 0x4e, 0x55, 0x4d] },
  { name: "a Python pickle: take the data set's binary version", at: 0, start: [0x80, 0x02] },
  { name: "a Python pickle: take the data set's binary version", at: 0, start: [0x80, 0x04] },
  { name: 'idx labels', at: 0, start: [0, 0, 8, 1] },
  { name: 'idx images', at: 0, start: [0, 0, 8, 3] },
];

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 256).every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function missing(path: string, cause: unknown): NascentError {
  return dataError(show(resolve(path)), 'exist', 'nothing there', cause);
}

function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined;
}
