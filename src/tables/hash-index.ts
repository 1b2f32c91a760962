/** Rows by architecture: 128-bit hashes in sorted order, so that opening a table builds nothing and a look-up is a binary search. */
import { createHash } from 'node:crypto';

/** Words of 32 bits in a hash. */
const WORDS = 4;

/** The first 128 bits of SHA-256, as four words. */
function hashOf(text: string): Uint32Array {
  const digest = createHash('sha256').update(text).digest();
  return Uint32Array.from({ length: WORDS }, (_, i) => digest.readUInt32BE(i * 4));
}

/** The hashes in rising order ([count × 4] words), and the row of each. */
export function sortedHashes(architectures: readonly string[]): { hashes: Uint32Array; rows: Uint32Array } {
  const unsorted = new Uint32Array(architectures.length * WORDS);
  architectures.forEach((text, row) => {
    unsorted.set(hashOf(text), row * WORDS);
  });
  const rows = Uint32Array.from(architectures, (_, row) => row).sort((a, b) => compare(unsorted, a, unsorted, b));
  const hashes = new Uint32Array(unsorted.length);
  rows.forEach((row, place) => {
    hashes.set(unsorted.subarray(row * WORDS, (row + 1) * WORDS), place * WORDS);
  });
  return { hashes, rows };
}

/** The row of a text; undefined where there is none. Two texts never share 128 bits of SHA-256, so the texts are not compared. */
export function findRow(hashes: Uint32Array, rows: Uint32Array, text: string): number | undefined {
  const wanted = hashOf(text);
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compare(hashes, middle, wanted, 0);
    if (order === 0) return rows[middle];
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

function compare(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  for (let word = 0; word < WORDS; word++) {
    const difference = a[i * WORDS + word] - b[j * WORDS + word];
    if (difference !== 0) return difference;
  }
  return 0;
}
