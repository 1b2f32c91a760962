/** Flags that are no settings, read from their text. */
import { expected, NascentError } from '../base/errors.js';

/** @throws NascentError `usage` where the flag was not given */
export function required(value: string | undefined, flag: string, what: string): string {
  if (value !== undefined && value !== '') return value;
  throw new NascentError('usage', `Expected ${flag} to name ${what}, got nothing.`);
}

/** Which numbers are possible is said where they are checked. */
export function numberOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '' || Number.isNaN(Number(text))) throw expected(flag, 'a number', text);
  return Number(text);
}

/** Names by commas. */
export function namesIn(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/** What is computed is kept by its engine, so `auto` is always the same one here: it would be computed again by another. */
export function engineOf(asked: string | undefined): string | undefined {
  return asked === 'auto' ? undefined : asked;
}
