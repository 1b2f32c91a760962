/**
 * Genotypes of the residual families of Radosavovic et al. (ICCV 2019) and their text.
 *
 * A network is three stages of residual blocks. Each stage has a depth d (blocks) and a width w (channels); where blocks are
 * bottlenecks, also a ratio r (the bottleneck is w / r wide) and a number of groups g. The text is one list for each letter, as in
 * `d=1,2,4 w=16,64,128 r=1,2,4 g=1,1,2`.
 */
import { expected, NascentError } from '../../src/base/errors.js';

export const STAGES = 3;

/** What is decided for every stage. */
export type Letter = 'd' | 'w' | 'r' | 'g';

/** Numbers for each letter; `r` and `g` are there where blocks are bottlenecks. */
interface Lists {
  readonly d: readonly number[];
  readonly w: readonly number[];
  readonly r?: readonly number[];
  readonly g?: readonly number[];
}

/** The values that a space knows of each letter, in the order of the text. */
export type Ranges = Lists;

/** For each letter of the space the values of the three stages. */
export type Genotype = Lists;

export function lettersOf(ranges: Ranges): Letter[] {
  return Object.keys(ranges) as Letter[];
}

export function format(genotype: Genotype, ranges: Ranges): string {
  return lettersOf(ranges)
    .map((letter) => `${letter}=${(genotype[letter] as readonly number[]).join()}`)
    .join(' ');
}

/**
 * Reads the text; space around it is ignored.
 * @throws NascentError of code 'usage' that names the first list or value that is wrong.
 */
export function parse(text: string, ranges: Ranges): Genotype {
  const letters = lettersOf(ranges);
  const parts = text.trim().split(/\s+/);
  if (parts.length !== letters.length) {
    const example = letters.map((letter) => `${letter}=${firstOf(ranges, letter)}`).join(' ');
    throw expected('the architecture', `a list for each of ${letters.join(', ')}, as in "${example}"`, text);
  }
  return genotypeOf(
    ranges,
    letters.flatMap((letter, i) => parseList(letter, parts[i], ranges[letter] ?? [])),
  );
}

function firstOf(ranges: Ranges, letter: Letter): string {
  const [first] = ranges[letter] ?? [];
  return new Array<number>(STAGES).fill(first).join();
}

function parseList(letter: Letter, text: string, known: readonly number[]): number[] {
  const [name, list, ...rest] = text.split('=');
  if (name !== letter || list === undefined || rest.length > 0) {
    throw expected(`the list of ${letter}`, `written as "${letter}=…"`, text);
  }
  const values = list.split(',');
  if (values.length !== STAGES) {
    throw new NascentError('usage', `Expected \`${letter}\` to have ${STAGES} values, got ${JSON.stringify(list)}.`);
  }
  return values.map((value, stage) => {
    const number = known.find((each) => String(each) === value);
    if (number === undefined)
      throw expected(`\`${letter}\` of stage ${stage + 1}`, `one of ${known.join(', ')}`, value);
    return number;
  });
}

/** @param values letter by letter, stage by stage */
export function genotypeOf(ranges: Ranges, values: readonly number[]): Genotype {
  const letters = lettersOf(ranges);
  const list = (letter: Letter) => values.slice(letters.indexOf(letter) * STAGES).slice(0, STAGES);
  return { d: list('d'), w: list('w'), ...(ranges.r && { r: list('r') }), ...(ranges.g && { g: list('g') }) };
}
