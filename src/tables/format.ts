/** Which kind of table a file or folder is, told by its content and never by its name. */
import { readdir } from 'node:fs/promises';
import { firstBytes } from './chunks.js';
import { isColumnName } from './neutral-csv.js';
import { badFile } from './refusal.js';
import { STORE_MAGIC } from './store-format.js';
import { startsAsTfrecord } from './tfrecord.js';

export type TableFormat =
  | 'nascent table'
  | 'neutral CSV'
  | 'NAS-Bench-101 TFRecord'
  | 'NAS-Bench-201 .pth (ZIP)'
  | 'NAS-Bench-201 .pth'
  | 'NATS-Bench .pickle.pbz2'
  | 'NATS-Bench .pickle'
  | 'NATS-Bench folder';

export const META_FILE = 'meta.pickle.pbz2';

/** Starts of files. A `torch.save` before the ZIP form begins with a pickle of a fixed number. */
const STARTS: readonly (readonly [TableFormat, Buffer])[] = [
  ['nascent table', Buffer.from(STORE_MAGIC)],
  ['neutral CSV', Buffer.from([0x1f, 0x8b])],
  ['NAS-Bench-201 .pth (ZIP)', Buffer.from('PK\x03\x04')],
  ['NAS-Bench-201 .pth', Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex')],
  ['NATS-Bench .pickle.pbz2', Buffer.from('BZh')],
  ['NATS-Bench .pickle', Buffer.from([0x80])],
];

const LONGEST_START = 1024;

/** @throws NascentError `data` where nothing lies at the path, or it is none of the formats */
export async function formatOf(path: string): Promise<TableFormat> {
  const files = await namesIn(path);
  if (files) {
    if (files.includes(META_FILE)) return 'NATS-Bench folder';
    throw badFile(path, 'be a table', `a folder without ${META_FILE}`);
  }
  const bytes = await firstBytes(path, LONGEST_START);
  if (bytes.length === 0) throw badFile(path, 'be a table', 'an empty file');
  const known = STARTS.find(([, start]) => bytes.subarray(0, start.length).equals(start));
  if (known) return known[0];
  if (startsAsTfrecord(bytes)) return 'NAS-Bench-101 TFRecord';
  if (startsAsCsv(bytes)) return 'neutral CSV';
  const formats = 'a nascent table, a CSV file or a published file of NAS-Bench-101, NAS-Bench-201 or NATS-Bench';
  throw badFile(path, `be ${formats}`, 'something else');
}

/** Text with a comma, or a column alone: what it lacks is said by the reader. */
function startsAsCsv(bytes: Buffer): boolean {
  if (bytes.some((byte) => byte < 9)) return false;
  const [heading] = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  return bytes.includes(',') || isColumnName(heading);
}

/** The names in a folder; undefined where the path is no folder. */
async function namesIn(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path);
  } catch {
    return undefined;
  }
}
