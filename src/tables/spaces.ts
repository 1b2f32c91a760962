/** What tables know of the published spaces: how their architectures look as text, how many there are, which of them share a row. */
import { messageOf, show } from '../base/errors.js';
import { counted, whole as inWords } from '../base/numbers.js';
import type { SearchSpace } from '../contracts/search-space.js';
import { Malformed } from './refusal.js';

interface TabulatedSpace {
  /** Architectures in the whole published table. */
  readonly size: number;
  readonly pattern: RegExp;
  /** Whether one row stands for all isomorphic architectures, so that its text is the canonical one. */
  readonly isomorphic: boolean;
}

export const NAS_BENCH_101 = 'nas-bench-101';
export const NAS_BENCH_201 = 'nas-bench-201';
export const NATS_BENCH_SIZE = 'nats-bench-size';

const SPACES: Readonly<Record<string, TabulatedSpace>> = {
  [NAS_BENCH_101]: { size: 423_624, pattern: /^[a-z0-9,-]*:[01](\.[01]+)*$/, isomorphic: true },
  // All cells were trained, those that are the same function too.
  [NAS_BENCH_201]: {
    size: 15_625,
    pattern: /^\|\w+~0\|\+\|\w+~0\|\w+~1\|\+\|\w+~0\|\w+~1\|\w+~2\|$/,
    isomorphic: false,
  },
  [NATS_BENCH_SIZE]: { size: 32_768, pattern: /^\d+(:\d+){4}$/, isomorphic: false },
};

/** Names of the spaces that have published tables. */
export const TABULATED_SPACES: readonly string[] = Object.keys(SPACES);

/** The published space that a text seems to be of. */
export function spaceOfText(text: string): string | undefined {
  return TABULATED_SPACES.find((name) => SPACES[name].pattern.test(text));
}

/** How many architectures a whole table of the space has; undefined where nobody said. */
export function wholeSize(space: string): number | undefined {
  return SPACES[space]?.size;
}

/**
 * A table of more than half of a published whole was meant to be the whole: what it lacks was lost on the way, and its optimum may be
 * among that. A smaller one is a sample, as NAS-Bench-101's cells often are.
 * @throws Malformed
 */
export function requireWhole(space: string, count: number): void {
  const whole = wholeSize(space);
  if (whole === undefined || count >= whole || count <= whole / 2) return;
  throw new Malformed(
    `hold all ${inWords(whole)} architectures of ${space} ("nascent table import --partial" takes it as it is)`,
    `${inWords(count)}, so that ${counted(whole - count, 'architecture')} ${whole - count === 1 ? 'is' : 'are'} missing`,
  );
}

/**
 * An architecture as it stands in a file to its text in the table.
 * @param place where in the file, for the refusal, e.g. `line 7`
 * @throws Malformed where it is no architecture of the space
 */
export type TextRule = (text: string, place: string) => string;

/** The rule of a space by this name; without the space itself its texts are only looked at, and taken as they are. */
export function textRule(name: string, space: SearchSpace | undefined): TextRule {
  if (space === undefined) return looksRight(name);
  return (text, place) => {
    try {
      const architecture = space.parse(text);
      return space.format(SPACES[name]?.isomorphic ? space.canonical(architecture, 'function') : architecture);
    } catch (thrown) {
      throw refusedText(name, text, place, messageOf(thrown));
    }
  };
}

/** What a space says of a text, `Expected … to be …, got ….`, becomes part of the one sentence about the file. */
function refusedText(name: string, text: string, place: string, message: string): Malformed {
  const [, expectation, got] = /^Expected (.+), got (.+?)\.(?: Did you mean .+)?$/s.exec(message) ?? [];
  if (got === undefined)
    return new Malformed(`hold architectures of ${name}`, `${show(text)} in ${place} (${message})`);
  return new Malformed(`hold architectures of ${name}, in ${place} ${expectation}`, got);
}

function looksRight(name: string): TextRule {
  const pattern = SPACES[name]?.pattern;
  return (text, place) => {
    if (pattern?.test(text) !== false) return text;
    throw new Malformed(`hold architectures of ${name}`, `${show(text)} in ${place}`);
  };
}

/** The hash that the publication of a space has for an architecture's text; undefined where it has none, or the space is not there. */
export function hashRule(space: SearchSpace | undefined): ((text: string) => string) | undefined {
  if (!space?.publishedHash) return undefined;
  return (text) => space.publishedHash!(space.parse(text));
}

/** An architecture's text to that of the row that stands for it. */
export type CanonicalRule = (text: string) => string;

/** The second try of a look-up: the text of the row that stands for an architecture; undefined where rows are single architectures. */
export function canonicalRule(name: string, space: SearchSpace | undefined): CanonicalRule | undefined {
  if (!space || !SPACES[name]?.isomorphic) return undefined;
  return (text) => space.format(space.canonical(space.parse(text), 'function'));
}
