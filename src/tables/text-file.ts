/** Text files, as they are or in gzip. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { messageOf } from '../base/errors.js';
import { Malformed, unreadable } from './refusal.js';

const unzip = promisify(gunzip);

/** @throws NascentError `data` where it can't be read, Malformed where it is no whole gzip file */
export async function textOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return (await unzip(bytes)).toString('utf8');
  } catch (thrown) {
    throw new Malformed('be a whole gzip file', `a truncated or damaged one (${messageOf(thrown)})`);
  }
}
