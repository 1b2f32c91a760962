/** Checks of single settings: each gives the value back, or refuses it in one sentence that names the setting. */
import { expected } from '../base/errors.js';
import { unknownName } from '../base/names.js';
import type { JsonObject } from '../contracts/json.js';

export function text(what: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw expected(what, 'a text that is not empty', value);
}

/** A number in [low, high), or of at least `low` where there is no bound above. */
export function numberFrom(what: string, value: unknown, low: number, below = Number.POSITIVE_INFINITY): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= low && value < below) return value;
  const range = below === Number.POSITIVE_INFINITY ? `a number of at least ${low}` : `from ${low} to below ${below}`;
  throw expected(what, range, value);
}

export function positiveNumber(what: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw expected(what, 'a number above 0', value);
}

export function oneOf<T extends string>(what: string, value: unknown, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  throw typeof value === 'string'
    ? unknownName(what, value, known)
    : expected(what, `one of ${known.join(', ')}`, value);
}

/** Different texts, in their order. */
export function names(what: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw expected(what, 'a list of names', value);
  const list = value.map((entry, i) => text(`${what}[${i}]`, entry));
  if (new Set(list).size < list.length) throw expected(what, 'a list of different names', value);
  return list;
}

/** An object of plain data, as it can be kept in the ledger. */
export function plainObject(what: string, value: unknown): JsonObject {
  requireObject(what, value);
  const kept: unknown = JSON.parse(JSON.stringify(value));
  return kept as JsonObject;
}

export function requireObject(what: string, value: unknown): asserts value is Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw expected(what, 'an object', value);
}
