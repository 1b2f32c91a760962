/**
 * Which cells are the same, the one that stands for them, and the list of all.
 *
 * Two cells are the same where their graphs are isomorphic: equal after renumbering inner vertices. That is the identity of the
 * benchmark, whose 423,624 results are one for each such class. The cell that stands for a class is the first of it in the order in
 * which the benchmark's authors list graphs: by vertices, by edges as a number, by operations as digits, that of vertex 1 first. It
 * is the one that was trained: published parameter counts are those of its network.
 *
 * A renumbering changes which vertex has the odd channel where channels do not divide evenly (`channels.ts`), so that
 * cells of one class may differ by one channel here and there. Cells of different classes can still compute the same
 * function (two poolings of one vertex, read apart, are one pooling read twice): the benchmark tells them apart, and so is it here.
 * No cell has dead branches, so that equal functions have equal activations, and both views of equivalence are this one.
 */
import { countBits, edgeBit, type Genotype, isWhole, MOST_EDGES, MOST_VERTICES, OPERATIONS } from './genotype.js';

/** Number of classes. */
export const SIZE = 423_624;

/** `order[vertex]` is the new number of a vertex; input and output keep theirs. */
type Order = readonly number[];

/** How a graph without operations is brought to its smallest form. */
interface SmallestForm {
  readonly edges: number;
  /** Every renumbering that leads to it. */
  readonly orders: readonly Order[];
}

/** Every renumbering of each count of vertices. */
const ORDERS: readonly (readonly Order[])[] = Array.from({ length: MOST_VERTICES + 1 }, (_, vertices) => {
  if (vertices < 2) return [];
  const inner = Array.from({ length: vertices - 2 }, (_, i) => i + 1);
  return permutations(inner).map((order) => [0, ...order, vertices - 1]);
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, i) => permutations(items.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** Of 6,472 graphs at most, so that each is worked out once. */
const forms = new Map<number, SmallestForm>();

function smallestForm(vertices: number, edges: number): SmallestForm {
  const key = vertices * 2 ** 21 + edges;
  const known = forms.get(key);
  if (known !== undefined) return known;
  let smallest = edges;
  let orders: Order[] = [];
  for (const order of ORDERS[vertices]) {
    const renumbered = renumber(vertices, edges, order);
    if (renumbered === undefined || renumbered > smallest) continue;
    if (renumbered < smallest) orders = [];
    smallest = renumbered;
    orders.push(order);
  }
  const form = { edges: smallest, orders };
  forms.set(key, form);
  return form;
}

/** Undefined where an edge would lead from a larger number to a smaller one. */
function renumber(vertices: number, edges: number, order: Order): number | undefined {
  let renumbered = 0;
  for (let target = 1; target < vertices; target++) {
    for (let source = 0; source < target; source++) {
      if (!(edges & (1 << edgeBit(source, target)))) continue;
      if (order[source] > order[target]) return undefined;
      renumbered |= 1 << edgeBit(order[source], order[target]);
    }
  }
  return renumbered;
}

/** Operations as a number of base 3, vertex 1 highest, after renumbering. `digits[i]` is that of vertex i + 1. */
function numberOf(digits: readonly number[], order: Order): number {
  let number = 0;
  for (let i = 0; i < digits.length; i++) number += digits[i] * 3 ** (digits.length - order[i + 1]);
  return number;
}

function digitsOf(number: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(number / 3 ** (count - 1 - i)) % 3);
}

/** The first cell of a cell's class. */
export function canonical({ vertices, edges, operations }: Genotype): Genotype {
  const form = smallestForm(vertices, edges);
  const digits = operations.map((operation) => OPERATIONS.indexOf(operation));
  const smallest = form.orders.reduce((least, order) => Math.min(least, numberOf(digits, order)), Infinity);
  return genotypeOf(vertices, form.edges, smallest);
}

function genotypeOf(vertices: number, edges: number, operations: number): Genotype {
  return { vertices, edges, operations: digitsOf(operations, vertices - 2).map((digit) => OPERATIONS[digit]) };
}

/** A cell as 32 bits whose order is that of the list: 3 bits of vertices, 21 of edges, 8 of operations. */
const encoded = (vertices: number, edges: number, operations: number): number =>
  ((vertices << 29) | (edges << 8) | operations) >>> 0;

function decoded(code: number): Genotype {
  return genotypeOf(code >>> 29, (code >>> 8) & (2 ** 21 - 1), code & 255);
}

/** The first cells of all classes of this many vertices, ascending. */
function codesOf(vertices: number): number[] {
  const codes: number[] = [];
  const labelings = Array.from({ length: 3 ** (vertices - 2) }, (_, number) => digitsOf(number, vertices - 2));
  for (let edges = 1; edges < 2 ** edgeBit(0, vertices); edges++) {
    if (countBits(edges) > MOST_EDGES || !isWhole(vertices, edges)) continue;
    const form = smallestForm(vertices, edges);
    if (form.edges !== edges) continue;
    labelings.forEach((digits, number) => {
      if (form.orders.every((order) => numberOf(digits, order) >= number)) codes.push(encoded(vertices, edges, number));
    });
  }
  return codes;
}

let listed: Uint32Array | undefined;

/** Made at the first call, in a fraction of a second and 1.7 MB. */
function list(): Uint32Array {
  listed ??= Uint32Array.from(Array.from({ length: MOST_VERTICES - 1 }, (_, i) => codesOf(i + 2)).flat());
  return listed;
}

/** The first cell of class `index`, 0 … 423,623, in the order of the list. */
export function genotypeAt(index: number): Genotype {
  return decoded(list()[index]);
}
