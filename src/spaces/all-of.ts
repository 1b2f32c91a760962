/** Several decisions side by side, each under its name: `(kernel=3 width=16)`. */
import { expected } from '../base/errors.js';
import type { Decision } from './decision.js';
import { isWord } from './text-reader.js';

/** @throws NascentError `usage` where there are none, or a name can't be read back */
export function allOf<T extends object>(what: string, parts: { readonly [K in keyof T]: Decision<T[K]> }): Decision<T> {
  const names = Object.keys(parts) as (keyof T & string)[];
  if (names.length === 0) throw expected(what, 'at least one choice', parts);
  const unreadable = names.find((name) => !isWord(name));
  if (unreadable !== undefined) throw expected('the name of a choice', 'without spaces and brackets', unreadable);
  const made = <V>(make: (name: keyof T & string) => V): T =>
    Object.fromEntries(names.map((name) => [name, make(name)])) as T;
  return {
    size: names.reduce((product, name) => product * parts[name].size, 1),
    at(index) {
      let rest = index;
      const places = new Map<string, number>();
      // The last part changes fastest.
      for (const name of names.toReversed()) {
        places.set(name, rest % parts[name].size);
        rest = Math.floor(rest / parts[name].size);
      }
      return made((name) => parts[name].at(places.get(name) as number));
    },
    sample: (random) => made((name) => parts[name].sample(random)),
    neighbourCount: (value) => names.reduce((sum, name) => sum + parts[name].neighbourCount(value[name]), 0),
    neighbour(value, index) {
      let rest = index;
      for (const name of names) {
        const own = parts[name].neighbourCount(value[name]);
        if (rest < own) return { ...value, [name]: parts[name].neighbour(value[name], rest) };
        rest -= own;
      }
      throw new RangeError(`no neighbour ${index}`);
    },
    encodingLength: names.reduce((sum, name) => sum + parts[name].encodingLength, 0),
    encode(value, features, start) {
      let place = start;
      for (const name of names) {
        parts[name].encode(value[name], features, place);
        place += parts[name].encodingLength;
      }
    },
    format: (value) => `(${names.map((name) => `${name}=${parts[name].format(value[name])}`).join(' ')})`,
    read(text) {
      text.expect('(');
      const value = made((name) => {
        text.expect(`${name === names[0] ? '' : ' '}${name}=`);
        return parts[name].read(text);
      });
      text.expect(')');
      return value;
    },
  };
}
