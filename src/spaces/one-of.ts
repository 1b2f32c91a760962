/** One of several options. */
import { expected } from '../base/errors.js';
import { unknownName } from '../base/names.js';
import type { Decision } from './decision.js';
import { isWord } from './text-reader.js';

export type Option = number | string | boolean;

/**
 * @param what the choice as sentences call it
 * @throws NascentError `usage` where there are no options, two are written alike, or one can't be read back
 */
export function oneOf<T extends Option>(what: string, options: readonly T[]): Decision<T> {
  const words = options.map(String);
  if (options.length === 0) throw expected(`the options of ${what}`, 'at least one', options);
  const unreadable = words.find((word) => !isWord(word));
  if (unreadable !== undefined) {
    throw expected(`the options of ${what}`, 'without spaces, brackets and equals signs', unreadable);
  }
  const twice = words.find((word, i) => words.indexOf(word) !== i);
  if (twice !== undefined) throw expected(`the options of ${what}`, 'different', `${twice} twice`);
  return {
    size: options.length,
    at: (index) => options[index],
    sample: (random) => random.pick(options),
    neighbourCount: () => options.length - 1,
    neighbour: (value, index) => options[index + Number(index >= options.indexOf(value))],
    encodingLength: options.length,
    encode(value, features, start) {
      features[start + options.indexOf(value)] = 1;
    },
    format: String,
    read(text) {
      const word = text.word();
      const place = words.indexOf(word);
      if (place < 0) throw unknownName(what, word, words);
      return options[place];
    },
  };
}
