/**
 * Cells of TransNAS-Bench-101's micro space and their official text: `64-41414-1_02_333`, the channels and the modules, which all share, then for each node
 * after the first one digit for each earlier node.
 */
import { expected } from '../../src/base/errors.js';
import { BASE_CHANNELS } from '../transnas-bench-101/backbone.js';

/** The modules of every network of this space. */
export const MACRO = '41414';

/** The operations of the digits 0 … 3. */
export const OPERATIONS = ['none', 'skip', 'conv1x1', 'conv3x3'] as const;

export const NODES = 4;

/** Six digits, each the number of an operation, on the edges of NAS-Bench-201's cells and in their order. */
export type Genotype = readonly number[];

const PREFIX = `${BASE_CHANNELS}-${MACRO}-`;

export function format(genotype: Genotype): string {
  const digits = genotype.join('');
  return `${PREFIX}${digits[0]}_${digits.slice(1, 3)}_${digits.slice(3)}`;
}

/**
 * Reads the official text; space around it is ignored.
 * @throws NascentError of code 'usage'
 */
export function parse(text: string): Genotype {
  const [, ...nodes] = /^64-41414-([0-3])_([0-3]{2})_([0-3]{3})$/.exec(text.trim()) ?? [];
  if (nodes.length > 0) return [...nodes.join('')].map(Number);
  throw expected(
    'the architecture',
    `"${PREFIX}" and then digits 0 to 3, one for each edge, as in "${PREFIX}1_02_333"`,
    text,
  );
}
