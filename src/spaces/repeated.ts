/** One decision made again and again: a list whose length is chosen too. `[(kernel=3) (kernel=5)]` */
import { wholeNumber } from '../base/errors.js';
import type { Decision } from './decision.js';
import type { TextReader } from './text-reader.js';

/**
 * `L` may be a tuple type, where all lists are of one length. A change is one within an item, an item more at the end (each that there may be) or one fewer.
 * @throws NascentError `usage` for lengths out of order
 */
export function repeated<T, L extends readonly T[] = readonly T[]>(
  what: string,
  from: number,
  to: number,
  item: Decision<T>,
): Decision<L> {
  const least = wholeNumber(`the fewest repetitions of ${what}`, from, 0);
  const most = wholeNumber(`the most repetitions of ${what}`, to, Math.max(1, least));
  const lengths = listLengths(least, most, item.size);
  // Lists longer than the shortest say of each further place whether it is there.
  const width = (place: number) => item.encodingLength + Number(place >= least);
  const grown = (value: readonly T[]) => (value.length < most ? item.size : 0);
  const shrunk = (value: readonly T[]) => Number(value.length > least);
  const within = (value: readonly T[]) => value.reduce((sum, each) => sum + item.neighbourCount(each), 0);
  const decision: Decision<readonly T[]> = {
    size: lengths.total,
    at(index) {
      const { length, rest } = lengths.of(index);
      return Array.from({ length }, (_, i) => item.at(Math.floor(rest / item.size ** (length - 1 - i)) % item.size));
    },
    // Lengths as often as there are lists of them: every list is then equally likely.
    sample(random) {
      const length = least === most ? least : lengths.of(random.uniform() * lengths.total).length;
      return Array.from({ length }, () => item.sample(random));
    },
    neighbourCount: (value) => shrunk(value) + grown(value) + within(value),
    neighbour(value, index) {
      if (index < shrunk(value)) return value.slice(0, -1);
      let rest = index - shrunk(value);
      if (rest < grown(value)) return [...value, item.at(rest)];
      rest -= grown(value);
      let place = 0;
      while (rest >= item.neighbourCount(value[place])) rest -= item.neighbourCount(value[place++]);
      return value.with(place, item.neighbour(value[place], rest));
    },
    encodingLength: Array.from({ length: most }, (_, place) => width(place)).reduce((sum, each) => sum + each, 0),
    encode(value, features, start) {
      let offset = start;
      value.forEach((each, place) => {
        item.encode(each, features, offset);
        if (place >= least) features[offset + item.encodingLength] = 1;
        offset += width(place);
      });
    },
    format: (value) => `[${value.map(item.format).join(' ')}]`,
    read: (text) => readList(text, what, [least, most], item),
  };
  return decision as Decision<L>;
}

/** Which length the list of a number has, shorter lists first, and its number among those. */
function listLengths(least: number, most: number, itemSize: number) {
  const sizes = Array.from({ length: most - least + 1 }, (_, i) => itemSize ** (least + i));
  return {
    total: sizes.reduce((sum, each) => sum + each, 0),
    of(index: number): { readonly length: number; readonly rest: number } {
      let rest = index;
      let length = least;
      while (length < most && rest >= sizes[length - least]) rest -= sizes[length++ - least];
      return { length, rest };
    },
  };
}

function readList<T>(text: TextReader, what: string, [least, most]: readonly [number, number], item: Decision<T>): T[] {
  text.expect('[');
  const value: T[] = [];
  while (!text.takes(']')) {
    if (value.length > 0) text.expect(' ');
    value.push(item.read(text));
  }
  wholeNumber(`the repetitions of ${what}`, value.length, least, most);
  return value;
}
