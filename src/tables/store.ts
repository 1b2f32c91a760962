/** A table by its header and its sections, each read and verified when it is first needed. */

import { wholeNumber } from '../base/errors.js';
import { sha256 } from '../base/hash.js';
import type { ColumnQuery, Table, TableColumn } from '../contracts/table.js';
import { columnIndex, columnTitle } from './columns.js';
import { findRow } from './hash-index.js';
import { badFile } from './refusal.js';
import type { CanonicalRule } from './spaces.js';
import type { Section, SectionName, SectionReader, StoreHeader } from './store-format.js';

export class StoredTable implements Table {
  readonly columns: readonly TableColumn[];
  readonly #sections = new Map<string, ArrayBuffer>();

  /**
   * @param path for refusals
   * @param canonical the second try of `indexOf`
   */
  constructor(
    readonly path: string,
    readonly header: StoreHeader,
    readonly read: SectionReader,
    readonly canonical: CanonicalRule | undefined,
  ) {
    this.columns = header.columns.map(({ description }) => description);
  }

  get space(): string {
    return this.header.space;
  }

  get source(): string {
    return this.header.source;
  }

  get checksum(): string {
    return this.header.checksum;
  }

  get count(): number {
    return this.header.count;
  }

  architecture(index: number): string {
    wholeNumber('the row', index, 0, this.count - 1);
    const ends = new Uint32Array(this.#named('ends'));
    const start = index === 0 ? 0 : ends[index - 1];
    return Buffer.from(this.#named('texts'), start, ends[index] - start).toString('utf8');
  }

  indexOf(architecture: string): number | undefined {
    const hashes = new Uint32Array(this.#named('hashes'));
    const rows = new Uint32Array(this.#named('rows'));
    const found = findRow(hashes, rows, architecture);
    if (found !== undefined || !this.canonical) return found;
    return findRow(hashes, rows, this.canonical(architecture));
  }

  values(query: ColumnQuery): Float64Array {
    const { description, section } = this.header.columns[columnIndex(this.columns, query)];
    return new Float64Array(this.#verified(columnTitle(description), section));
  }

  verify(): void {
    // One section at a time, and none is kept: a table may be larger than what is asked of it.
    for (const [name, section] of Object.entries(this.header.sections)) this.#sound(name, section);
    for (const { description, section } of this.header.columns) this.#sound(columnTitle(description), section);
  }

  #named(name: SectionName): ArrayBuffer {
    return this.#verified(name, this.header.sections[name]);
  }

  #verified(name: string, section: Section): ArrayBuffer {
    const known = this.#sections.get(name);
    if (known) return known;
    // A buffer of its own, so that numbers in it are aligned.
    const content = new Uint8Array(this.#sound(name, section)).buffer;
    this.#sections.set(name, content);
    return content;
  }

  #sound(name: string, section: Section): Uint8Array {
    const bytes = this.read(section);
    if (sha256(bytes) === section.sha256) return bytes;
    throw badFile(this.path, 'be as it was written', `another checksum for ${name}`);
  }
}
