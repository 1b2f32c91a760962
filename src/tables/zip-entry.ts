/** One entry of a ZIP archive of any size, by its central directory (PKWARE APPNOTE 6.3.3, sections 4.3.7 to 4.3.16). */
import { crc32, createInflateRaw } from 'node:zlib';
import { messageOf } from '../base/errors.js';
import { type Chunks, fileChunks, sizeOf } from './chunks.js';
import { Malformed } from './refusal.js';

const END = 0x06054b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;
const LOCATOR_LENGTH = 20;
const END_64_LENGTH = 56;
const ENTRY = 0x02014b50;
const ENTRY_LENGTH = 46;
const LOCAL_LENGTH = 30;
/** Stands for a number that is in the ZIP64 part. */
const ELSEWHERE = 0xffffffff;
const LONGEST_DIRECTORY = 1 << 26;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly offset: number;
}

/**
 * The unpacked content of the first entry whose name ends so.
 * @throws Malformed where the archive is truncated, has no such entry, or the content's checksum is another
 */
export async function* zipEntry(path: string, nameEnd: string, onProgress?: (part: number) => void): Chunks {
  const entries = await directory(path);
  const entry = entries.find(({ name }) => name.endsWith(nameEnd));
  if (!entry) throw new Malformed(`hold ${nameEnd}`, `a ZIP archive without it`);
  const local = await bytesAt(path, entry.offset, LOCAL_LENGTH);
  const start = entry.offset + LOCAL_LENGTH + local.readUInt16LE(26) + local.readUInt16LE(28);
  const packed = fileChunks(path, { start, end: start + entry.packedSize, onProgress });
  let crc = 0;
  for await (const chunk of content(packed, entry)) {
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (crc !== entry.crc) throw new Malformed('be as it was written', `another checksum in ${entry.name}`);
}

async function* content(packed: Chunks, { method, name }: Entry): Chunks {
  if (method === 0) return yield* packed;
  if (method !== 8) throw new Malformed('be stored or deflated', `method ${method} for ${name}`);
  const inflate = createInflateRaw();
  const { Readable } = await import('node:stream');
  Readable.from(packed)
    .on('error', (error) => inflate.destroy(error))
    .pipe(inflate);
  try {
    yield* inflate;
  } catch (cause) {
    throw new Malformed('be a whole ZIP archive', `damaged content in ${name} (${messageOf(cause)})`);
  }
}

async function directory(path: string): Promise<Entry[]> {
  const size = await sizeOf(path);
  const tailLength = Math.min(size, END_LENGTH + LONGEST_COMMENT);
  const tail = await bytesAt(path, size - tailLength, tailLength);
  const end = tail.lastIndexOf(signature(END));
  if (end < 0 || end + END_LENGTH > tail.length) throw truncated();
  let length = tail.readUInt32LE(end + 12);
  let offset = tail.readUInt32LE(end + 16);
  if (length === ELSEWHERE || offset === ELSEWHERE) {
    const locator = await bytesAt(path, size - tailLength + end - LOCATOR_LENGTH, LOCATOR_LENGTH);
    const end64 = await bytesAt(path, Number(locator.readBigUInt64LE(8)), END_64_LENGTH);
    length = Number(end64.readBigUInt64LE(40));
    offset = Number(end64.readBigUInt64LE(48));
  }
  if (length > LONGEST_DIRECTORY) throw truncated();
  return entriesOf(await bytesAt(path, offset, length));
}

function entriesOf(bytes: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + ENTRY_LENGTH <= bytes.length && bytes.readUInt32LE(at) === ENTRY; ) {
    const nameEnd = at + ENTRY_LENGTH + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const [, packedSize, offset] = longNumbers(
      [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)],
      bytes.subarray(nameEnd, extraEnd),
    );
    entries.push({
      name: bytes.toString('utf8', at + ENTRY_LENGTH, nameEnd),
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packedSize,
      offset,
    });
    at = extraEnd + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** Numbers of an entry that do not fit in 32 bits stand one after the other in its extra field 1. */
function longNumbers(numbers: readonly number[], extra: Buffer): number[] {
  let long = Buffer.alloc(0);
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) long = Buffer.from(extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2)));
  }
  let used = 0;
  return numbers.map((number) => {
    if (number !== ELSEWHERE) return number;
    if (used + 8 > long.length) throw truncated();
    used += 8;
    return Number(long.readBigUInt64LE(used - 8));
  });
}

/** @throws Malformed where the file does not have them */
async function bytesAt(path: string, start: number, length: number): Promise<Buffer> {
  if (start < 0 || length < 0 || start + length > (await sizeOf(path))) throw truncated();
  const chunks: Uint8Array[] = [];
  for await (const chunk of fileChunks(path, { start, end: start + length })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function truncated(): Malformed {
  return new Malformed('be a whole ZIP archive', 'a truncated or damaged one');
}
