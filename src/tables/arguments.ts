/** What callers of the API pass, who may not have types: checked, so that a slip is told as such. */
import { expected } from '../base/errors.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { ReadOptions } from './reader.js';

/** @throws NascentError `usage` where it is no path */
export function checkPath(what: string, path: unknown): void {
  if (typeof path !== 'string' || path === '') throw expected(what, 'a path', path);
}

/** @throws NascentError `usage` where it is no search space, e.g. its name alone */
export function checkSpace(space: unknown): void {
  const { name } = (space ?? {}) as Partial<SearchSpace>;
  if (typeof name !== 'string') throw expected('`space`', 'a search space', space);
}

/** @throws NascentError `usage` where it is no function: without the spaces themselves no architecture is checked */
export function checkLookup(spaceOf: unknown): void {
  if (typeof spaceOf === 'function') return;
  throw expected('`spaceOf`', 'a function that gives the search space of a name, or undefined', spaceOf);
}

/** @throws NascentError `usage` where they are no options */
export function checkReadOptions(options: unknown): void {
  checkLookup((options as Partial<ReadOptions> | undefined | null)?.spaceOf);
}
