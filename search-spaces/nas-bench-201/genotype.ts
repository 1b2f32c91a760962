/**
 * Genotypes of NAS-Bench-201 (Dong & Yang, ICLR 2020; the topology space of NATS-Bench) and their official text.
 *
 * A cell has nodes 0 (its input), 1, 2 and 3 (its output). Each node after the first sums one edge from every earlier node, and
 * each of the six edges carries one of five operations: 5⁶ = 15,625 cells.
 */
import { expected, NascentError } from '../../src/base/errors.js';
import { unknownName } from '../../src/base/names.js';

/** The operations, in the order of their digits 0 … 4. */
export const OPERATIONS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'] as const;

export type Operation = (typeof OPERATIONS)[number];

/** One edge of the cell: it adds its operation of node `source` to node `target`. */
export interface Edge {
  readonly source: number;
  readonly target: number;
}

/** The edges in the order of the text form: 1←0, 2←0, 2←1, 3←0, 3←1, 3←2. */
export const EDGES: readonly Edge[] = [
  { source: 0, target: 1 },
  { source: 0, target: 2 },
  { source: 1, target: 2 },
  { source: 0, target: 3 },
  { source: 1, target: 3 },
  { source: 2, target: 3 },
];

/** Six operations, in the order of `EDGES`. */
export type Genotype = readonly Operation[];

/** Number of cells: 15,625. */
export const SIZE = OPERATIONS.length ** EDGES.length;

const TARGETS = [1, 2, 3];
const SHAPE = '"|op~0|+|op~0|op~1|+|op~0|op~1|op~2|"';

/** The official text, e.g. `|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|`. */
export function format(genotype: Genotype): string {
  const nodes = TARGETS.map((target) => {
    const edges = EDGES.flatMap((edge, i) => (edge.target === target ? [`${genotype[i]}~${edge.source}`] : []));
    return `|${edges.join('|')}|`;
  });
  return nodes.join('+');
}

/**
 * Reads the official text; space around it is ignored.
 * @throws NascentError of code 'usage' that names the first node, edge or operation that is wrong.
 */
export function parse(text: string): Genotype {
  const nodes = text.trim().split('+');
  if (nodes.length !== TARGETS.length) {
    throw expected('the architecture', `three nodes joined by "+", as in ${SHAPE}`, text);
  }
  return nodes.flatMap((node, i) => parseNode(node, TARGETS[i]));
}

function parseNode(text: string, target: number): Operation[] {
  if (text.length < 2 || !text.startsWith('|') || !text.endsWith('|')) {
    throw expected(`node ${target} of the architecture`, 'edges between bars, as in "|op~0|"', text);
  }
  const edges = text.slice(1, -1).split('|');
  if (edges.length !== target) {
    throw new NascentError(
      'usage',
      `Expected node ${target} of the architecture to have ${target} ${target === 1 ? 'edge' : 'edges'}, ` +
        `got ${edges.length} in ${JSON.stringify(text)}.`,
    );
  }
  return edges.map((edge, source) => parseEdge(edge, { source, target }));
}

function parseEdge(text: string, { source, target }: Edge): Operation {
  const parts = text.split('~');
  if (parts.length !== 2 || parts[1] !== String(source)) {
    throw expected(
      `edge ${source + 1} of node ${target}`,
      `an operation from node ${source}, as in "op~${source}"`,
      text,
    );
  }
  const operation = OPERATIONS.find((name) => name === parts[0]);
  if (operation === undefined) throw unknownName(`the operation of edge ${target}←${source}`, parts[0], OPERATIONS);
  return operation;
}

/**
 * The place of a genotype in enumeration order: its digits as a number of base five, edge 1←0 first.
 * This is not the index of the published tables, which follows the order in which its authors trained the cells.
 */
export function indexOf(genotype: Genotype): number {
  let index = 0;
  for (const operation of genotype) index = index * OPERATIONS.length + OPERATIONS.indexOf(operation);
  return index;
}

/** The genotype at a place in enumeration order, 0 … 15,624. */
export function genotypeAt(index: number): Genotype {
  const genotype = new Array<Operation>(EDGES.length);
  for (let i = EDGES.length - 1, rest = index; i >= 0; i--) {
    genotype[i] = OPERATIONS[rest % OPERATIONS.length];
    rest = Math.floor(rest / OPERATIONS.length);
  }
  return genotype;
}
