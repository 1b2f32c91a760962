/** Architectures given on the command line or in a file, each read by its space before any work begins. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { messageOf, NascentError } from '../base/errors.js';
import type { SearchSpace } from '../contracts/search-space.js';

export interface ArchitectureFlags {
  readonly arch?: readonly string[];
  readonly archFile?: string;
}

/**
 * The official texts of all that was given, in order.
 * @throws NascentError `usage` where none was given, the file cannot be read, or one is no architecture of the space.
 */
export async function givenArchitectures(
  space: SearchSpace,
  { arch = [], archFile }: ArchitectureFlags,
  folder: string,
): Promise<string[]> {
  const lines = archFile === undefined ? [] : linesOf(await contentOf(archFile, folder));
  const given = [
    ...arch.map((each, i) => ({ text: each, place: arch.length > 1 ? `--arch number ${i + 1}` : undefined })),
    ...lines.map((each) => ({ text: each.text, place: `${archFile} line ${each.line}` })),
  ];
  if (given.length === 0) {
    const got = archFile === undefined ? 'neither' : `no line in ${archFile}`;
    throw new NascentError('usage', `Expected at least one architecture, by --arch or --arch-file, got ${got}.`);
  }
  return given.map((each) => space.format(parsed(space, each.text, each.place)));
}

function parsed(space: SearchSpace, architecture: string, place: string | undefined): unknown {
  try {
    return space.parse(architecture);
  } catch (thrown) {
    if (place === undefined || !(thrown instanceof NascentError)) throw thrown;
    throw new NascentError(thrown.code, `${place}: ${thrown.message}`, { cause: thrown });
  }
}

async function contentOf(file: string, folder: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(resolve(folder, file), 'utf8');
  } catch (cause) {
    throw new NascentError('usage', `Expected ${file} to be a readable file, got: ${messageOf(cause)}.`, { cause });
  }
}

/** Lines that say something; what follows a `#` is a remark. */
function linesOf(content: string): { text: string; line: number }[] {
  return content
    .split('\n')
    .map((each, i) => ({ text: each.replace(/#.*/, '').trim(), line: i + 1 }))
    .filter((each) => each.text !== '');
}
