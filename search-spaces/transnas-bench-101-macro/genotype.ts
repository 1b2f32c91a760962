/**
 * Networks of TransNAS-Bench-101's macro space and their official text: `64-1234-basic`, the channels, then one digit a module. Four to six
 * modules, of which one to three double the channels (2, 4) and one to four halve the image (3, 4): 3,256 networks.
 */
import { expected } from '../../src/base/errors.js';
import { BASE_CHANNELS } from '../transnas-bench-101/backbone.js';

/** The macro code: digits 1 … 4. */
export type Genotype = string;

export const MODULES = ['1', '2', '3', '4'] as const;
export const FEWEST_MODULES = 4;
export const MOST_MODULES = 6;

/** Whether digits make a network of this space. */
export function isGenotype(digits: string): boolean {
  if (!/^[1-4]{4,6}$/.test(digits)) return false;
  const widening = digits.replace(/[13]/g, '').length;
  const halving = digits.replace(/[12]/g, '').length;
  return widening >= 1 && widening <= 3 && halving >= 1 && halving <= 4;
}

export function format(genotype: Genotype): string {
  return `${BASE_CHANNELS}-${genotype}-basic`;
}

/**
 * Reads the official text; space around it is ignored.
 * @throws NascentError of code 'usage'
 */
export function parse(text: string): Genotype {
  const digits = /^64-(\d+)-basic$/.exec(text.trim())?.[1];
  if (digits !== undefined && isGenotype(digits)) return digits;
  const form = `"${BASE_CHANNELS}-", ${FEWEST_MODULES} to ${MOST_MODULES} digits 1 to 4, of which 1 to 3 are 2 or 4 and 1 to 4 are 3 or 4, and "-basic"`;
  throw expected('the architecture', form, text);
}
