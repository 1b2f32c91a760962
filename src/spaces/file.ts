/** Spaces in files of one's own: TypeScript or JavaScript whose default export is a space, or a function from options to one. */
import { readFile } from 'node:fs/promises';
import { expected, messageOf, NascentError } from '../base/errors.js';
import { sha256 } from '../base/hash.js';
import { knownOptions } from '../base/names.js';
import type { SearchSpace, SearchSpaceFactory } from '../contracts/search-space.js';

/**
 * Loads a file, which needs no compiler: its types are left out. `nascent` is this very package, wherever the file lies; it has what
 * spaces are made of (see `author.ts`), so that workers load little.
 * @param path absolute
 * @throws NascentError `usage` where it does not load or exports no space
 */
export async function loadSpaceFile(path: string): Promise<SearchSpaceFactory> {
  await spaceFileHash(path);
  const loaded = await loadDefault(path);
  if (typeof loaded === 'function') return loaded as SearchSpaceFactory;
  if (isSpace(loaded)) {
    return (options = {}) => {
      knownOptions(`an option of ${loaded.name}`, options, []);
      return loaded;
    };
  }
  throw expected(`the default export of ${path}`, 'a search space, as defineSpace makes it', typeof loaded);
}

/** SHA-256 of the file's content. @throws NascentError `usage` where it can't be read */
export async function spaceFileHash(path: string): Promise<string> {
  try {
    return sha256(await readFile(path));
  } catch (cause) {
    throw new NascentError(
      'usage',
      `Expected the search space ${path} to be a readable file, got: ${messageOf(cause)}.`,
      {
        cause,
      },
    );
  }
}

async function loadDefault(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const nascent = await import('./author.js');
  try {
    const jiti = createJiti(path, { virtualModules: { nascent }, fsCache: false });
    return await jiti.import(path, { default: true });
  } catch (cause) {
    if (cause instanceof NascentError) throw new NascentError(cause.code, `${path}: ${cause.message}`, { cause });
    throw new NascentError('usage', `Expected the search space ${path} to load, got: ${messageOf(cause)}`, { cause });
  }
}

function isSpace(value: unknown): value is SearchSpace {
  const has = (name: string) => typeof (value as Record<string, unknown>)[name] === 'function';
  return typeof value === 'object' && value !== null && ['sample', 'parse', 'format', 'network'].every(has);
}
