/**
 * Modules of NAS-Bench-101 (Ying et al., ICML 2019) as text: inner operations joined by ",", then ":", then for each vertex but the
 * first the bits of its incoming edges from vertex 0 up, joined by ".": `conv3x3-bn-relu,maxpool3x3:1.01.101` has the edges 0→1, 1→2,
 * 0→3 and 2→3.
 */
import { show } from '../base/errors.js';
import { Malformed } from './refusal.js';

/** In the order of the digits of neutral files. */
const OPERATIONS = ['conv3x3-bn-relu', 'conv1x1-bn-relu', 'maxpool3x3'];
const MOST_VERTICES = 7;

/** @param edge whether there is an edge between two vertices, the first below the second */
function moduleText(operations: readonly string[], edge: (from: number, to: number) => boolean): string {
  const incoming = Array.from({ length: operations.length + 1 }, (_, i) =>
    Array.from({ length: i + 1 }, (_, from) => (edge(from, i + 1) ? '1' : '0')).join(''),
  );
  return `${operations.join(',')}:${incoming.join('.')}`;
}

/**
 * From the fields of a neutral file: bit r + c(c−1)/2 of `bits` is the edge r→c, `digits` the inner operations.
 * @param place where in the file, for the refusal, e.g. `line 7`
 */
export function moduleOfBits(vertices: string, bits: string, digits: string, place: string): string {
  const count = wholeIn(vertices);
  const edges = wholeIn(bits);
  const operations = [...digits].map((digit) => OPERATIONS[wholeIn(digit)]);
  const whole = count >= 2 && count <= MOST_VERTICES && operations.length === count - 2;
  if (!whole || operations.includes(undefined as never) || !(edges >= 0 && edges < 2 ** ((count * (count - 1)) / 2))) {
    throw new Malformed(
      'hold modules of NAS-Bench-101',
      `vertices ${vertices}, adj_bits ${bits}, ops ${show(digits)} in ${place}`,
    );
  }
  return moduleText(operations, (from, to) => ((edges >>> (from + (to * (to - 1)) / 2)) & 1) === 1);
}

/** NaN where the field is anything but digits. */
function wholeIn(field: string): number {
  return /^\d+$/.test(field) ? Number(field) : Number.NaN;
}

/** From a published record: the adjacency matrix row by row as digits, and all operations with `input` and `output`. */
export function moduleOfMatrix(matrix: string, operations: string): string {
  const names = operations.split(',');
  const inner = names.slice(1, -1);
  const count = names.length;
  const known = names[0] === 'input' && names[count - 1] === 'output' && inner.every((op) => OPERATIONS.includes(op));
  if (
    !known ||
    count > MOST_VERTICES ||
    matrix.length !== count * count ||
    !/^[01]*$/.test(matrix) ||
    !isUpper(matrix)
  ) {
    throw new Malformed('hold modules of NAS-Bench-101', `matrix ${show(matrix)}, operations ${show(operations)}`);
  }
  return moduleText(inner, (from, to) => matrix[from * count + to] === '1');
}

function isUpper(matrix: string): boolean {
  const side = Math.sqrt(matrix.length);
  return [...matrix].every((digit, i) => digit === '0' || i % side > Math.floor(i / side));
}
