/** Numbers and plain data on their way into the ledger: JSON and SQLite both turn NaN into null without a word. */
import { ledgerError } from './failures.js';

/** Refuses NaN and the infinities; returns any other number. */
export function finite(what: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw ledgerError(`Expected ${what} to be a finite number, got ${value}.`);
}

/** The JSON text of plain data, refused where a number in it is not finite. Keys that hold nothing are left out. */
export function toJson(what: string, value: unknown): string {
  requireFinite(what, value);
  return JSON.stringify(value);
}

/** Plain data as the ledger gives it back. The text was written by `toJson`, so its type is the writer's. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

function requireFinite(what: string, value: unknown): void {
  if (typeof value === 'number') finite(what, value);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) requireFinite(`${what}.${key}`, entry);
  }
}
