/** Files as chunks of bytes, so that none has to fit in memory. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import unbzip2 from 'unbzip2-stream';
import { Malformed, unreadable } from './refusal.js';

export type Chunks = AsyncIterable<Uint8Array>;

const CHUNK = 1 << 18;
/** What one chunk of a bzip2 file may unpack to; published tables unpack to thirty times their size. */
const MOST_UNPACKED = 1 << 30;

/**
 * @param range bytes from `start` up to `end`, exclusive; default: the whole file
 * @throws NascentError `data` where the file cannot be read
 */
export async function* fileChunks(
  path: string,
  range: { readonly start?: number; readonly end?: number; readonly onProgress?: (part: number) => void } = {},
): Chunks {
  const { start = 0, onProgress } = range;
  const end = range.end ?? (await sizeOf(path));
  if (end <= start) return;
  let done = 0;
  try {
    for await (const chunk of createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK })) {
      yield chunk;
      done += chunk.length;
      onProgress?.(done / (end - start));
    }
  } catch (thrown) {
    // What a reader of the chunks throws never comes here: a generator sees only its own failures.
    throw unreadable(path, thrown);
  }
}

/** @throws NascentError `data` where nothing lies at the path */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    (cause) => {
      throw unreadable(path, cause);
    },
  );
}

/** The first bytes of a file, at most `length`. */
export async function firstBytes(path: string, length: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of fileChunks(path, { end: Math.min(length, await sizeOf(path)) })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** @throws Malformed where the content is no whole bzip2 stream; its checksums are verified */
export async function* unpacked(packed: Chunks): Chunks {
  const stream = unbzip2();
  let ready: Uint8Array[] = [];
  let size = 0;
  let failure: unknown;
  stream.on('data', (chunk: Uint8Array) => {
    ready.push(chunk);
    size += chunk.length;
    // Thrown into the unpacking itself, which then stops: a few bytes of bzip2 can stand for gigabytes.
    if (size > MOST_UNPACKED) throw new Malformed('be a bzip2 file of sound size', 'one that unpacks without end');
  });
  stream.on('error', (error: unknown) => {
    failure ??= error;
  });
  const step = function* (work: () => void) {
    [ready, size] = [[], 0];
    work();
    yield* ready;
    if (failure instanceof Malformed) throw failure;
    // What the unpacking says itself where the content ends too early is of its own variables.
    if (failure) throw new Malformed('be a whole bzip2 file', 'a truncated or damaged one');
  };
  for await (const chunk of packed) yield* step(() => stream.write(chunk));
  yield* step(() => stream.end());
}
