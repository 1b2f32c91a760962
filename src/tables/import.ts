/** Turns a published table into a local store. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TableColumn } from '../contracts/table.js';
import { checkPath, checkReadOptions } from './arguments.js';
import { type ColumnGap, gapOf } from './columns.js';
import { formatOf, type TableFormat } from './format.js';
import { readTable } from './read-table.js';
import type { ReadOptions } from './reader.js';
import { badFile } from './refusal.js';
import { wholeSize } from './spaces.js';
import { writeStore } from './store-file.js';
import { encodeTable } from './store-format.js';

export interface ImportReport {
  readonly space: string;
  readonly format: TableFormat;
  readonly source: string;
  readonly count: number;
  /** Architectures of the published whole that are not there; undefined where nobody said how many there are. */
  readonly missing: number | undefined;
  readonly columns: readonly TableColumn[];
  /** The columns that some architectures have no value of, and how many those are. */
  readonly gaps: readonly ColumnGap[];
  /** What the file holds beside. */
  readonly leftOut: readonly string[];
  readonly file: string;
  readonly checksum: string;
}

/**
 * Reads a table of any format and writes its store to `out`, where at most an earlier store may lie.
 * @throws NascentError `data` where the file cannot be read as a table, or `out` is another file; then nothing is written
 */
export async function importTable(path: string, out: string, options: ReadOptions): Promise<ImportReport> {
  checkPath('the published table', path);
  checkPath('`out`', out);
  checkReadOptions(options);
  const format = await formatOf(path);
  if (format === 'nascent table') throw badFile(path, 'be a published table', 'a nascent table, which is one already');
  await refuseOtherFile(out);
  const { content, leftOut } = await readTable(path, format, options);
  const encoded = encodeTable(content);
  await writeStore(out, encoded);
  const { space, source, count, checksum, columns } = encoded.header;
  const whole = wholeSize(space);
  return {
    space,
    format,
    source,
    count,
    missing: whole === undefined ? undefined : whole - count,
    columns: columns.map(({ description }) => description),
    gaps: content.columns.flatMap(({ description, values }) => gapOf(description, values)),
    leftOut,
    file: resolve(out),
    checksum,
  };
}

/** Nothing but an earlier store is ever replaced. */
async function refuseOtherFile(out: string): Promise<void> {
  if (!existsSync(out)) return;
  const format = await formatOf(out).catch(() => 'another file');
  if (format !== 'nascent table')
    throw badFile(out, 'be a new file or a nascent table', 'another file that lies there');
}
