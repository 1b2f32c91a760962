/**
 * Genotypes of NAS-Bench-101 (Ying et al., ICML 2019, section 2.1) and their text.
 *
 * A cell is a directed acyclic graph of 2 to 7 vertices and at most 9 edges. Vertex 0 is its input, the last one its output; each
 * one between them has one of three operations. Edges go from smaller to larger numbers, and every vertex lies on a path from
 * input to output: what does not is dropped when a cell is read, as in the benchmark.
 *
 * The text is the operations of the inner vertices, then for each vertex after the input which earlier ones feed it:
 * `conv3x3-bn-relu,maxpool3x3:1.01.101` has edges 0→1, 1→2, 0→3 and 2→3. The cell without inner vertices is `:1`.
 */
import { expected, NascentError } from '../../src/base/errors.js';
import { unknownName } from '../../src/base/names.js';

/** The operations, in the order of their digits 0, 1, 2. */
export const OPERATIONS = ['conv3x3-bn-relu', 'conv1x1-bn-relu', 'maxpool3x3'] as const;

export type Operation = (typeof OPERATIONS)[number];

export interface Genotype {
  /** Input and output included. */
  readonly vertices: number;
  /** Bit `edgeBit(source, target)` is set where there is an edge. */
  readonly edges: number;
  /** Of vertices 1 … vertices − 2. */
  readonly operations: readonly Operation[];
}

export const MOST_VERTICES = 7;
export const MOST_EDGES = 9;

const SHAPE = '"conv3x3-bn-relu,maxpool3x3:1.01.101"';

/** The place of an edge: columns of the adjacency matrix one after the other, each from vertex 0, as the benchmark numbers them. */
export function edgeBit(source: number, target: number): number {
  return source + firstBit(target);
}

/** The place of the edge 0 → target. */
function firstBit(target: number): number {
  return (target * (target - 1)) / 2;
}

export function hasEdge({ edges }: Pick<Genotype, 'edges'>, source: number, target: number): boolean {
  return ((edges >>> edgeBit(source, target)) & 1) === 1;
}

/** The vertices that feed `target`, ascending. */
export function sourcesOf(genotype: Pick<Genotype, 'edges'>, target: number): number[] {
  return Array.from({ length: target }, (_, source) => source).filter((source) => hasEdge(genotype, source, target));
}

/** For each vertex a mask of those that feed it: bit `source` of entry `target`. */
export function columnsOf({ vertices, edges }: Pick<Genotype, 'vertices' | 'edges'>): number[] {
  return Array.from({ length: vertices }, (_, target) => (edges >>> firstBit(target)) & ((1 << target) - 1));
}

/** The edges that `columnsOf` gives back as `columns`. */
export function edgesOf(columns: readonly number[]): number {
  return columns.reduce((edges, column, target) => edges | (column << firstBit(target)), 0);
}

export function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Whether every vertex but the input is fed, and every one but the output feeds another: then each lies on a path between them. */
export function isWhole(vertices: number, edges: number): boolean {
  let feeding = 0;
  for (let target = 1; target < vertices; target++) {
    const column = (edges >>> firstBit(target)) & ((1 << target) - 1);
    if (column === 0) return false;
    feeding |= column;
  }
  return feeding === (1 << (vertices - 1)) - 1;
}

/** The columns of a graph without one vertex; those after it move down by one. */
export function withoutVertex(columns: readonly number[], vertex: number): number[] {
  const below = (1 << vertex) - 1;
  return columns.toSpliced(vertex, 1).map((column) => (column & below) | ((column >>> 1) & ~below));
}

/** The text, e.g. `conv3x3-bn-relu,maxpool3x3:1.01.101`. */
export function format(genotype: Genotype): string {
  const columns = Array.from({ length: genotype.vertices - 1 }, (_, i) => {
    const target = i + 1;
    return Array.from({ length: target }, (_, source) => Number(hasEdge(genotype, source, target))).join('');
  });
  return `${genotype.operations.join(',')}:${columns.join('.')}`;
}

/**
 * Reads the text; space around it is ignored. Vertices and edges that lie on no path from input to output are dropped, and the
 * edges counted after that.
 * @throws NascentError of code 'usage' that names what is wrong.
 */
export function parse(text: string): Genotype {
  const parts = text.trim().split(':');
  if (parts.length !== 2)
    throw expected('the architecture', `operations and edges joined by ":", as in ${SHAPE}`, text);
  const columns = [0, ...parseColumns(parts[1])];
  return checked(pruned(columns, parseOperations(parts[0], columns.length - 2)), text);
}

function parseColumns(text: string): number[] {
  const columns = text.split('.');
  if (columns.length >= MOST_VERTICES) {
    throw expected('the edges', `those into 1 to ${MOST_VERTICES - 1} vertices, joined by "."`, text);
  }
  return columns.map((bits, i) => {
    const target = i + 1;
    if (bits.length !== target || /[^01]/.test(bits)) {
      throw expected(`the edges into vertex ${target}`, `${target} of the digits 0 and 1`, bits);
    }
    return [...bits].reduce((column, bit, source) => column | (Number(bit) << source), 0);
  });
}

function parseOperations(text: string, count: number): Operation[] {
  const names = text === '' ? [] : text.split(',');
  if (names.length !== count) {
    throw expected('the operations', `${count} joined by ",", one for each vertex between input and output`, text);
  }
  return names.map((name, i) => {
    const operation = OPERATIONS.find((known) => known === name);
    if (operation === undefined) throw unknownName(`the operation of vertex ${i + 1}`, name, OPERATIONS);
    return operation;
  });
}

/** Drops the vertices that lie on no path from input to output; undefined where there is no path. */
export function pruned(columns: readonly number[], operations: readonly Operation[]): Genotype | undefined {
  const output = columns.length - 1;
  let reached = 1;
  for (let target = 1; target <= output; target++) if (columns[target] & reached) reached |= 1 << target;
  let needed = 1 << output;
  for (let target = output; target > 0; target--) if (needed & (1 << target)) needed |= columns[target];
  const kept = reached & needed;
  if (!(kept & 1) || !(kept & (1 << output))) return undefined;
  let left: readonly number[] = columns;
  for (let vertex = output - 1; vertex > 0; vertex--) if (!(kept & (1 << vertex))) left = withoutVertex(left, vertex);
  const named = operations.filter((_, i) => kept & (1 << (i + 1)));
  return { vertices: left.length, edges: edgesOf(left), operations: named };
}

function checked(genotype: Genotype | undefined, text: string): Genotype {
  if (genotype === undefined) throw expected('the output', 'reached from the input', text);
  const edges = countBits(genotype.edges);
  if (edges <= MOST_EDGES) return genotype;
  throw new NascentError(
    'usage',
    `Expected the cell to have at most ${MOST_EDGES} edges between input and output, ` +
      `got ${edges} in ${JSON.stringify(text)}.`,
  );
}
