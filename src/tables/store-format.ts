/**
 * The local store of a table, one file:
 *
 *     magic           16 bytes, with the version of the format
 *     header length   uint32
 *     header digest   32 bytes, SHA-256 of the header
 *     header          JSON: what the table is, and place, length and SHA-256 of each section
 *     sections        in the order of the header
 *
 * Sections are the architectures' texts end to end (UTF-8), their ends (uint32), the sorted 128-bit hashes of the texts with the row of
 * each (uint32), and every column (float64). All numbers are little endian. A section is read and verified when it is first needed.
 */
import { sha256 } from '../base/hash.js';
import type { TableColumn } from '../contracts/table.js';
import type { TableContent } from './builder.js';
import { sortedHashes } from './hash-index.js';

/** The last character is the version. */
export const STORE_MAGIC = 'nascent table 1\n';
export const DIGEST_LENGTH = 32;
/** Bytes before the header. */
export const PREAMBLE_LENGTH = STORE_MAGIC.length + 4 + DIGEST_LENGTH;

export interface Section {
  /** From the end of the header. */
  readonly offset: number;
  readonly length: number;
  readonly sha256: string;
}

export type SectionName = 'texts' | 'ends' | 'hashes' | 'rows';

export interface StoreHeader {
  readonly space: string;
  readonly source: string;
  readonly count: number;
  /** SHA-256 of all that follows and the space: equal for equal content. */
  readonly checksum: string;
  readonly sections: Readonly<Record<SectionName, Section>>;
  readonly columns: readonly { readonly description: TableColumn; readonly section: Section }[];
}

/** The bytes of a section, unverified. */
export type SectionReader = (section: Section) => Uint8Array;

/** A table as a store holds it, in memory. */
export interface EncodedTable {
  readonly header: StoreHeader;
  /** In the order of the file. */
  readonly sections: readonly Uint8Array[];
}

export function encodeTable({ space, source, architectures, columns }: TableContent): EncodedTable {
  const texts = architectures.map((text) => Buffer.from(text));
  let end = 0;
  const ends = Uint32Array.from(texts, (text) => (end += text.length));
  const { hashes, rows } = sortedHashes(architectures);
  const arrays = [Buffer.concat(texts), ends, hashes, rows, ...columns.map(({ values }) => values)];
  const sections = arrays.map((array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  let offset = 0;
  const places = sections.map((bytes): Section => {
    offset += bytes.length;
    return { offset: offset - bytes.length, length: bytes.length, sha256: sha256(bytes) };
  });
  const content = {
    space,
    count: architectures.length,
    sections: { texts: places[0], ends: places[1], hashes: places[2], rows: places[3] },
    columns: columns.map(({ description }, i) => ({ description, section: places[i + 4] })),
  };
  return { header: { source, checksum: sha256(JSON.stringify(content)), ...content }, sections };
}

/** All that comes before the sections. */
export function encodeHeader(header: StoreHeader): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([Buffer.from(STORE_MAGIC), length, Buffer.from(sha256(json), 'hex'), json]);
}
