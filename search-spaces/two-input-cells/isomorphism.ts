/**
 * Which genotypes are the same, and the one that stands for them.
 *
 * Two cells are the same where one becomes the other by numbering its nodes otherwise and exchanging the two edges of nodes; what `none`
 * reads does not count. Channels of a cell's output then stand in another order, which the convolutions that read them make up for.
 * Weights renamed, such networks give equal outputs, and their ReLUs read equal inputs, so that this holds for both views.
 *
 * The representative's cells are the first among their equals: each as the list of its nodes, a node as its two edges in order,
 * an edge as its operation's digit, then its state.
 */
import { type Cell, type CellRules, type Edge, type Genotype, INPUTS } from './genotype.js';

export function canonical({ normal, reduce }: Genotype, rules: CellRules): Genotype {
  return { normal: canonicalCell(normal, rules), reduce: canonicalCell(reduce, rules) };
}

/** A node with its edges as numbers, in order. */
type NodeCode = readonly [number, number];

/** Nodes that are numbered so far, each with the state it becomes. */
interface Numbering {
  readonly states: ReadonlyMap<number, number>;
  readonly codes: readonly NodeCode[];
}

/**
 * The smallest list of nodes. Nodes are numbered one after the other; among those whose inputs have numbers, only the smallest can come
 * next, and where several are equally small, all of them are tried.
 */
function canonicalCell(cell: Cell, { operations, nodes }: CellRules): Cell {
  const width = nodes + INPUTS;
  const edges = cell.map(({ operation, input }) => ({
    digit: operations.indexOf(operation),
    input: operation === 'none' ? 0 : input,
  }));
  const codeOf = (states: ReadonlyMap<number, number>, node: number): NodeCode | undefined => {
    const [a, b] = [edges[2 * node], edges[2 * node + 1]].map(({ digit, input }) => {
      const state = states.get(input);
      return state === undefined ? undefined : digit * width + state;
    });
    if (a === undefined || b === undefined) return undefined;
    return a <= b ? [a, b] : [b, a];
  };
  let numberings: Numbering[] = [{ states: new Map([0, 1].map((input) => [input, input])), codes: [] }];
  for (let place = 0; place < nodes; place++) {
    const longer: Numbering[] = [];
    for (const { states, codes } of numberings) {
      for (let node = 0; node < nodes; node++) {
        const code = states.has(node + INPUTS) ? undefined : codeOf(states, node);
        if (code === undefined) continue;
        longer.push({ states: new Map(states).set(node + INPUTS, place + INPUTS), codes: [...codes, code] });
      }
    }
    numberings = smallest(longer);
  }
  return numberings[0].codes.flat().map(
    (code): Edge => ({
      operation: operations[Math.floor(code / width)],
      input: code % width,
    }),
  );
}

/** Those whose last node is smallest; all before it are equal. */
function smallest(numberings: readonly Numbering[]): Numbering[] {
  const last = ({ codes }: Numbering) => codes[codes.length - 1];
  const compare = ([a, b]: NodeCode, [c, d]: NodeCode) => a - c || b - d;
  const least = numberings.map(last).reduce((one, other) => (compare(other, one) < 0 ? other : one));
  return numberings.filter((numbering) => compare(last(numbering), least) === 0);
}
