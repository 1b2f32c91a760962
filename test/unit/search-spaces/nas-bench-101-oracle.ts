/**
 * NAS-Bench-101 on plain matrices, by definition and without the space's own code: what lies between input and output, every
 * renumbering, and the outputs of a network in loops.
 */
import type { Random } from '../../../src/base/random.js';

export interface MatrixCell {
  /** matrix[source][target] is 1 where there is an edge. */
  readonly matrix: readonly (readonly number[])[];
  /** Of the inner vertices. */
  readonly operations: readonly string[];
}

const OPERATIONS = ['conv3x3-bn-relu', 'conv1x1-bn-relu', 'maxpool3x3'];

/** Any upper triangle of 7 vertices: each edge with this probability. */
export function randomMatrixCell(random: Random, probability: number): MatrixCell {
  const matrix = Array.from({ length: 7 }, (_, source) =>
    Array.from({ length: 7 }, (_, target) => Number(source < target && random.uniform() < probability)),
  );
  return { matrix, operations: Array.from({ length: 5 }, () => random.pick(OPERATIONS)) };
}

export function textOf({ matrix, operations }: MatrixCell): string {
  const columns = matrix.slice(1).map((_, i) =>
    matrix
      .slice(0, i + 1)
      .map((row) => row[i + 1])
      .join(''),
  );
  return `${operations.join(',')}:${columns.join('.')}`;
}

export function matrixOf(text: string): MatrixCell {
  const [operations, columns] = text.split(':');
  const bits = ['', ...columns.split('.')];
  const matrix = bits.map((_, source) => bits.map((column) => Number(column[source] ?? 0)));
  return { matrix, operations: operations === '' ? [] : operations.split(',') };
}

/** Every path from input to output, as lists of vertices. */
export function pathsOf({ matrix }: MatrixCell): number[][] {
  const output = matrix.length - 1;
  const follow = (path: number[]): number[][] => {
    const last = path[path.length - 1];
    if (last === output) return [path];
    return matrix[last].flatMap((edge, target) => (edge ? follow([...path, target]) : []));
  };
  return follow([0]);
}

/** Only the vertices that some path has. */
export function prunedCell(cell: MatrixCell): MatrixCell {
  const used = new Set(pathsOf(cell).flat());
  const vertices = cell.matrix.map((_, vertex) => vertex).filter((vertex) => used.has(vertex));
  return {
    matrix: vertices.map((source) => vertices.map((target) => cell.matrix[source][target])),
    operations: cell.operations.filter((_, i) => used.has(i + 1)),
  };
}

/** A cell with its inner vertices renumbered at random; `order[vertex]` is the new number. */
export function renumbered(cell: MatrixCell, random: Random): { cell: MatrixCell; order: readonly number[] } {
  const size = cell.matrix.length;
  // A random topological order: of the vertices whose sources are all placed, any.
  const placed: number[] = [];
  while (placed.length < size) {
    const free = cell.matrix
      .map((_, vertex) => vertex)
      .filter((vertex) => !placed.includes(vertex))
      .filter((vertex) => cell.matrix.every((row, source) => !row[vertex] || placed.includes(source)));
    placed.push(random.pick(free));
  }
  return {
    cell: {
      matrix: placed.map((source) => placed.map((target) => cell.matrix[source][target])),
      operations: placed.slice(1, -1).map((vertex) => cell.operations[vertex - 1]),
    },
    order: cell.matrix.map((_, vertex) => placed.indexOf(vertex)),
  };
}
