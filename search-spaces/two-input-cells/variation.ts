/** How genotypes are drawn, changed and turned into features. */
import type { Random } from '../../src/base/random.js';
import { type Cell, type CellRules, type Edge, type Genotype, INPUTS, KINDS } from './genotype.js';

/** A uniform draw: each edge's operation and state on their own, as Radosavovic et al. drew. */
export function sample({ operations, nodes }: CellRules, random: Random): Genotype {
  const draw = (): Cell =>
    Array.from({ length: 2 * nodes }, (_, i) => ({
      operation: random.pick(operations),
      input: random.integer(statesBefore(i)),
    }));
  return { normal: draw(), reduce: draw() };
}

/** One of the neighbours, each as likely. */
export function mutate(genotype: Genotype, rules: CellRules, random: Random): Genotype {
  let rest = random.integer(KINDS.length * changesOfCell(rules));
  for (const kind of KINDS) {
    for (const [i, edge] of genotype[kind].entries()) {
      const changes = changesOfEdge(i, rules);
      if (rest < changes) return withEdge(genotype, kind, i, changedEdge(edge, rest, rules));
      rest -= changes;
    }
  }
  return genotype;
}

/** Every genotype in which one edge has another operation or reads another state: by cell, by edge, operations first. */
export function neighbours(genotype: Genotype, rules: CellRules): Genotype[] {
  return KINDS.flatMap((kind) =>
    genotype[kind].flatMap((edge, i) =>
      Array.from({ length: changesOfEdge(i, rules) }, (_, change) =>
        withEdge(genotype, kind, i, changedEdge(edge, change, rules)),
      ),
    ),
  );
}

/** States that an edge may read. */
function statesBefore(edge: number): number {
  return INPUTS + Math.floor(edge / 2);
}

function changesOfEdge(edge: number, { operations }: CellRules): number {
  return operations.length - 1 + statesBefore(edge) - 1;
}

function changesOfCell(rules: CellRules): number {
  return Array.from({ length: 2 * rules.nodes }, (_, i) => changesOfEdge(i, rules)).reduce((a, b) => a + b);
}

/** The other operations in their order, then the other states. */
function changedEdge({ operation, input }: Edge, change: number, { operations }: CellRules): Edge {
  if (change < operations.length - 1) {
    return { operation: operations[skipping(change, operations.indexOf(operation))], input };
  }
  return { operation, input: skipping(change - operations.length + 1, input) };
}

/** The number at a place among all whole numbers but one. */
function skipping(place: number, left: number): number {
  return place < left ? place : place + 1;
}

function withEdge(genotype: Genotype, kind: (typeof KINDS)[number], i: number, edge: Edge): Genotype {
  return { ...genotype, [kind]: genotype[kind].with(i, edge) };
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
