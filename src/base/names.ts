/** Names that people type: the nearest known one is offered when a name is not known. */
import { NascentError } from './errors.js';

/** Levenshtein distance: the least number of inserted, deleted or replaced characters. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[b.length];
}

/** The known name closest to `name`, if it is close enough to be a slip of the keyboard. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (!best || distance < best.distance) best = { name: candidate, distance };
  }
  return best && best.distance <= Math.max(2, Math.floor(name.length / 3)) ? best.name : undefined;
}

/** The refusal of an unknown name: says what is known and offers the nearest. */
export function unknownName(what: string, name: string, known: readonly string[]): NascentError {
  const near = nearestName(name, known);
  const hint = near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`;
  return new NascentError(
    'usage',
    `Expected ${what} to be one of ${known.join(', ')}, got ${JSON.stringify(name)}.${hint}`,
  );
}

/**
 * Refuses an option that is not known.
 * @throws NascentError `usage` that offers the nearest name
 */
export function knownOptions(what: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownName(what, name, known);
}

/** Refuses every option. */
export function noOptions(what: string, options: object): void {
  const [unknown] = Object.keys(options);
  if (unknown === undefined) return;
  throw new NascentError('usage', `Expected no options for ${what}, got ${JSON.stringify(unknown)}.`);
}
