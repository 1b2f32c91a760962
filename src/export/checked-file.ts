/**
 * Files that appear only whole and checked: bytes go to a file beside `path`, that file is read back, and only what passes
 * takes the name. Whatever goes wrong, an earlier file of that name stays as it was.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, NascentError } from '../base/errors.js';

/**
 * Makes missing folders on the way.
 * @param check reads the file back and throws where it is not what it should be; its result is returned
 * @throws NascentError of code 'machine' where the disk fails, and whatever `check` throws
 */
export async function writeChecked<Result>(
  path: string,
  content: Uint8Array,
  check: (file: string) => Promise<Result>,
): Promise<Result> {
  const unchecked = join(dirname(path), `.${basename(path)}.${randomUUID()}.unchecked`);
  try {
    await onDisk(path, () => writeWhole(unchecked, content));
    const result = await check(unchecked);
    await onDisk(path, () => rename(unchecked, path));
    return result;
  } catch (thrown) {
    // What is thrown already tells the failure; a disk that cannot delete adds nothing to it.
    await rm(unchecked, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

async function writeWhole(file: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    // The name must never lead to content that a power cut could take back.
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Runs disk work for `path`; its failure in one sentence. */
export async function onDisk<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new NascentError('machine', `Expected to write ${JSON.stringify(path)}, got: ${messageOf(cause)}`, { cause });
  }
}
