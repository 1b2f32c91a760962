/** Options of predictors: each is read by its name, its default and the values it may take. */
import { expected, wholeNumber } from '../src/base/errors.js';
import { knownOptions, unknownName } from '../src/base/names.js';
import type { JsonObject } from '../src/contracts/json.js';

export interface OptionReader {
  /** A whole number of at least `low`. */
  whole(name: string, fallback: number, low?: number): number;
  /** A number in (above, most], or of at least `least` where that is given. */
  number(name: string, fallback: number, range: NumberRange): number;
  flag(name: string, fallback: boolean): boolean;
  choice<T extends string>(name: string, fallback: T, choices: readonly T[]): T;
}

export interface NumberRange {
  readonly above?: number;
  readonly least?: number;
  readonly most?: number;
}

/** @throws NascentError `usage` for an option that is not among `known`; the reader's methods throw for values out of range */
export function optionReader(predictor: string, options: JsonObject = {}, known: readonly string[]): OptionReader {
  knownOptions(`an option of ${predictor}`, options, known);
  return {
    whole: (name, fallback, low = 1) =>
      options[name] === undefined ? fallback : wholeNumber(`\`${name}\``, options[name], low),
    number: (name, fallback, range) => inRange(name, options[name] ?? fallback, range),
    flag: (name, fallback) => {
      const value = options[name] ?? fallback;
      if (typeof value !== 'boolean') throw expected(`\`${name}\``, 'true or false', value);
      return value;
    },
    choice: (name, fallback, choices) => {
      const value = options[name] ?? fallback;
      const found = choices.find((choice) => choice === value);
      if (found === undefined) throw unknownName(`\`${name}\``, String(value), choices);
      return found;
    },
  };
}

function inRange(name: string, value: unknown, { above, least, most }: NumberRange): number {
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (above === undefined || value > above) &&
    (least === undefined || value >= least) &&
    (most === undefined || value <= most);
  if (fits) return value;
  const bounds = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(least === undefined ? [] : [`of at least ${least}`]),
    ...(most === undefined ? [] : [`of at most ${most}`]),
  ];
  throw expected(`\`${name}\``, `a number ${bounds.join(' and ')}`, value);
}
