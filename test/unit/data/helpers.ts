/** Small files and sets for the tests of the data module. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect } from 'vitest';
import type { ImageSet } from '../../../src/contracts/dataset.js';

export const PIXELS = 3072;

/** Real images beside the repository; not part of it. */
export const REAL_DATA = resolve(import.meta.dirname, '../../../../shared/data');
export const realDataMissing = !existsSync(REAL_DATA);

const made: string[] = [];

afterAll(async () => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** A directory that is removed after the tests of the file. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'nascent-data-'));
  made.push(directory);
  return directory;
}

/** CIFAR rows: row i has the given label bytes, then pixels that all equal (seed + i) mod 256. */
export function cifarRows(labels: readonly (readonly number[])[], seed = 0): Uint8Array {
  const rows = labels.map((bytes, i) => [...bytes, ...new Array<number>(PIXELS).fill((seed + i) % 256)]);
  return Uint8Array.from(rows.flat());
}

/** `count` CIFAR-10 rows, labels going round. */
export function cifar10Rows(count: number, seed = 0): Uint8Array {
  return cifarRows(
    Array.from({ length: count }, (_, i) => [i % 10]),
    seed,
  );
}

/** An idx file: magic number, counts, content. */
export function idx(magic: number, counts: readonly number[], content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * counts.length + content.length);
  const view = new DataView(bytes.buffer);
  [magic, ...counts].forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  bytes.set(content, 4 + 4 * counts.length);
  return bytes;
}

/** Writes files into a new directory, those under `gzip` compressed; returns the directory. */
export async function directoryWith(files: Readonly<Record<string, Uint8Array>>, gzip = false): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, name), gzip ? gzipSync(content) : content);
  }
  return directory;
}

/** A file of its own in a new directory; returns its path. */
export async function fileWith(name: string, content: Uint8Array): Promise<string> {
  return join(await directoryWith({ [name]: content }), name);
}

/** Expects a refusal of a code, and each text in its one sentence. */
export async function expectRefusal(attempt: () => unknown, code: string, ...texts: readonly string[]): Promise<void> {
  const refusal = await Promise.resolve()
    .then(attempt)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  expect(refusal).toMatchObject({ name: 'NascentError', code });
  const message = String((refusal as Error).message);
  expect(message).toMatch(/^Expected .*, got .*[.?]$/);
  expect(message).not.toContain('\n');
  for (const text of texts) expect(message).toContain(text);
}

/** A set of random-looking pixels: image i, channel c, row y, column x is (i·7 + c·50 + y·5 + x) mod 256. */
export function patternSet(count: number, channels = 3, height = 8, width = 6, classes = 10): ImageSet {
  const images = new Uint8Array(count * channels * height * width);
  let at = 0;
  for (let i = 0; i < count; i++)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) images[at++] = i * 7 + c * 50 + y * 5 + x;
  return {
    images,
    labels: Int32Array.from({ length: count }, (_, i) => i % classes),
    count,
    shape: [channels, height, width],
    classes,
  };
}
