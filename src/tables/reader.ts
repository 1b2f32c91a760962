/** What every reader of a table file gets and gives. */
import type { SearchSpace } from '../contracts/search-space.js';
import type { TableContent } from './builder.js';
import { Malformed } from './refusal.js';
import { hashRule, TABULATED_SPACES, type TextRule, textRule } from './spaces.js';

export interface ReadOptions {
  /** Name of the space that the table must be of; undefined: the one that the file tells. */
  readonly space?: string;
  /** The space itself, by name; undefined where there is none of that name: texts are then taken as they stand. */
  readonly spaceOf: (name: string) => Promise<SearchSpace | undefined>;
  /** Takes a table that lacks some of a published whole's architectures, though it has most. Default false: that is refused. */
  readonly partial?: boolean;
  /** Hears now and then what part of the file has been read, 0 … 1. */
  readonly onProgress?: (part: number) => void;
}

export interface TableReading {
  readonly content: TableContent;
  /** What the file holds beside, for the report: names of columns, or words. */
  readonly leftOut: readonly string[];
}

export interface SettledSpace {
  readonly space: string;
  readonly rule: TextRule;
  /** The published hash of an architecture's text; undefined where the space has none. */
  readonly hashOf: ((text: string) => string) | undefined;
}

/**
 * The space of a file, checked against the one that was asked for.
 * @param told by the file; undefined where it does not tell
 */
export async function settledSpace(
  told: string | undefined,
  { space: asked, spaceOf }: ReadOptions,
): Promise<SettledSpace> {
  // Another's space may well write its architectures as a published one does.
  if (told !== undefined && asked !== undefined && told !== asked && TABULATED_SPACES.includes(asked)) {
    throw new Malformed(`be a table of ${asked}`, `one of ${told}`);
  }
  const space = asked ?? told;
  if (space === undefined)
    throw new Malformed('tell its search space', 'architectures of a space that has to be named');
  const found = await spaceOf(space);
  return { space, rule: textRule(space, found), hashOf: hashRule(found) };
}
