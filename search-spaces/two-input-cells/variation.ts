/** How genotypes are drawn, changed and turned into features. */
import type { Random } from '../../src/base/random.js';
import { type Cell, type CellKind, type CellRules, type Edge, type Genotype, INPUTS, KINDS } from './genotype.js';

/** A uniform draw: each edge's operation and state on their own, as Radosavovic et al. drew. */
export function sample(rules: CellRules, random: Random): Genotype {
  const draw = (): Cell => {
    const cell: Edge[] = [];
    for (let i = 0; i < 2 * rules.nodes; i++) {
      const operation = random.pick(rules.operations);
      const taken = takenStates(cell, i, rules);
      cell.push({ operation, input: skipping(random.integer(statesBefore(i) - taken.length), taken) });
    }
    return cell;
  };
  return { normal: draw(), reduce: draw() };
}

/** One of the neighbours, each as likely. */
export function mutate(genotype: Genotype, rules: CellRules, random: Random): Genotype {
  const kind = random.pick(KINDS);
  let rest = random.integer(changesOfCell(rules));
  let edge = 0;
  while (rest >= changesOfEdge(edge, rules)) rest -= changesOfEdge(edge++, rules);
  return changed(genotype, kind, edge, rest, rules);
}

/** Every genotype in which one edge has another operation or reads another state: by cell, by edge, operations first. */
export function neighbours(genotype: Genotype, rules: CellRules): Genotype[] {
  return KINDS.flatMap((kind) =>
    genotype[kind].flatMap((_, i) =>
      Array.from({ length: changesOfEdge(i, rules) }, (_, change) => changed(genotype, kind, i, change, rules)),
    ),
  );
}

/** States that an edge may read. */
function statesBefore(edge: number): number {
  return INPUTS + Math.floor(edge / 2);
}

/** The state that an edge may not read because the other edge of its node does; looked for among the edges that there are. */
function takenStates(cell: Cell, edge: number, { differentInputs = false }: CellRules): number[] {
  const other = cell[edge ^ 1];
  return differentInputs && other !== undefined ? [other.input] : [];
}

function changesOfEdge(edge: number, { operations, differentInputs = false }: CellRules): number {
  return operations.length - 1 + statesBefore(edge) - 1 - Number(differentInputs);
}

function changesOfCell(rules: CellRules): number {
  return Array.from({ length: 2 * rules.nodes }, (_, i) => changesOfEdge(i, rules)).reduce((a, b) => a + b);
}

/** The genotype with one change of an edge: to the other operations in their order, then to the other states. */
function changed(genotype: Genotype, kind: CellKind, edge: number, change: number, rules: CellRules): Genotype {
  const cell = genotype[kind];
  const { operation, input } = cell[edge];
  const others = rules.operations.length - 1;
  const edged =
    change < others
      ? { operation: rules.operations[skipping(change, [rules.operations.indexOf(operation)])], input }
      : { operation, input: skipping(change - others, [input, ...takenStates(cell, edge, rules)]) };
  return { ...genotype, [kind]: cell.with(edge, edged) };
}

/** The number at a place among all whole numbers but these. */
function skipping(place: number, left: readonly number[]): number {
  return left.toSorted((a, b) => a - b).reduce((number, each) => (number < each ? number : number + 1), place);
}

/** Length of an encoding. */
export function encodingLength({ operations, nodes }: CellRules): number {
  let length = 0;
  for (let i = 0; i < 2 * nodes; i++) length += operations.length + statesBefore(i);
  return KINDS.length * length;
}

/** Cell by cell and edge by edge, the operation and the state read, both one-hot: float32 [encodingLength]. */
export function encode(genotype: Genotype, rules: CellRules): Float32Array {
  const features = new Float32Array(encodingLength(rules));
  let place = 0;
  for (const kind of KINDS) {
    for (const [i, { operation, input }] of genotype[kind].entries()) {
      features[place + rules.operations.indexOf(operation)] = 1;
      place += rules.operations.length;
      features[place + input] = 1;
      place += statesBefore(i);
    }
  }
  return features;
}
