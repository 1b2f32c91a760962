/** Stores on disk: written whole or not at all, opened by their header alone. */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, NascentError, show } from '../base/errors.js';
import { sha256 } from '../base/hash.js';
import { badFile, unreadable } from './refusal.js';
import type { CanonicalRule } from './spaces.js';
import { StoredTable } from './store.js';
import {
  DIGEST_LENGTH,
  type EncodedTable,
  encodeHeader,
  PREAMBLE_LENGTH,
  STORE_MAGIC,
  type StoreHeader,
} from './store-format.js';

const LONGEST_HEADER = 1 << 24;

/**
 * Writes beside `path`, then takes its name: an earlier file stays as it was until the new one is whole, and wherever writing fails.
 * @throws NascentError `machine` where the disk fails
 */
export async function writeStore(path: string, { header, sections }: EncodedTable): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}.unfinished`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(unfinished, 'wx');
    try {
      for (const bytes of [encodeHeader(header), ...sections]) await file.writeFile(bytes);
      // The name must never lead to content that a power cut could take back.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (cause) {
    // What is thrown already tells the failure; a disk that cannot delete adds nothing to it.
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw new NascentError('machine', `Expected to write ${show(path)}, got: ${messageOf(cause)}.`, { cause });
  }
}

/**
 * Opens a store; its sections are read when they are needed.
 * @throws NascentError `data` where it is no store, of another version, truncated or tampered with
 */
export function openStore(path: string, canonicalOf: (space: string) => CanonicalRule | undefined): StoredTable {
  const { bytes: preamble, size } = readAt(path, 0, PREAMBLE_LENGTH);
  const magic = Buffer.from(preamble.subarray(0, STORE_MAGIC.length)).toString('latin1');
  if (magic !== STORE_MAGIC) throw badFile(path, `begin with ${show(STORE_MAGIC.trim())}`, show(magic.trim()));
  const length = Buffer.from(preamble).readUInt32LE(STORE_MAGIC.length);
  if (length > LONGEST_HEADER) throw badFile(path, 'be a whole nascent table', 'a damaged header');
  const { bytes: json } = readAt(path, PREAMBLE_LENGTH, length);
  const digest = Buffer.from(preamble.subarray(PREAMBLE_LENGTH - DIGEST_LENGTH)).toString('hex');
  if (sha256(json) !== digest) throw badFile(path, 'be as it was written', 'another checksum for its header');
  const header = JSON.parse(Buffer.from(json).toString('utf8')) as StoreHeader;
  const start = PREAMBLE_LENGTH + length;
  const places = [...Object.values(header.sections), ...header.columns.map(({ section }) => section)];
  const whole = Math.max(...places.map((section) => start + section.offset + section.length));
  if (size !== whole) throw badFile(path, `be ${whole} bytes long, as it was written`, `${size} bytes`);
  const read = (section: { readonly offset: number; readonly length: number }) =>
    readAt(path, start + section.offset, section.length).bytes;
  return new StoredTable(path, header, read, canonicalOf(header.space));
}

function readAt(path: string, start: number, length: number): { bytes: Uint8Array; size: number } {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    if (start + length > size) throw badFile(path, 'be a whole nascent table', `a file that ends after ${size} bytes`);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const got = readSync(file, bytes, done, length - done, start + done);
      if (got === 0) throw badFile(path, 'be a whole nascent table', 'one that was cut while it was read');
      done += got;
    }
    return { bytes, size };
  } catch (thrown) {
    throw thrown instanceof NascentError ? thrown : unreadable(path, thrown);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
