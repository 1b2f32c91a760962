/** Which architectures of a table are compared. */
import { expected } from '../base/errors.js';
import { random } from '../base/random.js';
import type { CellGraph } from '../contracts/cell-graph.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { Table } from '../contracts/table.js';
import { type CheckedCorrelation, DEFAULT_COUNT } from './options.js';

export interface Population<A = unknown> {
  /** Architectures that could have been drawn. */
  readonly size: number;
  /** Drawn rows of the table, in the order of the draw: of equal scores the one drawn first comes first. */
  readonly rows: readonly number[];
  readonly architectures: readonly A[];
}

/**
 * Draws without repeats. The draw of a smaller number is the beginning of that of a larger one.
 * @param accuracies of the whole table; rows of NaN are not drawn
 * @throws NascentError `usage` for an architecture that the table does not have, or more than there are
 */
export function drawPopulation<A>(
  space: SearchSpace<A>,
  table: Table,
  accuracies: Float64Array,
  options: Pick<CheckedCorrelation, 'population' | 'architectures' | 'count' | 'seed'>,
): Population<A> {
  const candidates = rowsOf(space, table, accuracies, options.architectures);
  const architectureOf = (row: number) => space.parse(table.architecture(row));
  const rows =
    options.population === 'live' ? candidates.filter((row) => isLive(space, architectureOf(row))) : candidates;
  const { count = options.architectures ? 'all' : Math.min(DEFAULT_COUNT, rows.length), seed } = options;
  const wanted = count === 'all' ? rows.length : count;
  if (wanted > rows.length || rows.length < 2) {
    throw expected('`count`', `from 2 to the ${rows.length} architectures of the population`, wanted);
  }
  const drawn = random(seed).child('population').sample(rows, wanted);
  return { size: rows.length, rows: drawn, architectures: drawn.map(architectureOf) };
}

function rowsOf<A>(
  space: SearchSpace<A>,
  table: Table,
  accuracies: Float64Array,
  given: readonly string[] | undefined,
): number[] {
  if (!given) return [...accuracies.keys()].filter((row) => !Number.isNaN(accuracies[row]));
  const rows = given.map((text) => {
    const row = table.indexOf(space.format(space.parse(text)));
    if (row === undefined || Number.isNaN(accuracies[row])) {
      throw expected('every architecture', 'one whose accuracy the table has', text);
    }
    return row;
  });
  return [...new Set(rows)];
}

/**
 * Whether the output depends on every operation: each edge that carries one lies on a path from an input to the output, over edges that carry
 * one too. Architectures without a graph have no operation that could be idle.
 */
export function isLive<A>(space: SearchSpace<A>, architecture: A): boolean {
  const graph = space.graph?.(architecture);
  return graph === undefined || everyEdgeCounts(graph);
}

function everyEdgeCounts({ nodes, edges }: CellGraph): boolean {
  const carrying = edges.filter(({ empty }) => !empty);
  // What has no edge at all into it is an input; nodes whose edges are all empty are not.
  const reached = nodes.map((_, node) => edges.every(({ to }) => to !== node));
  const used = nodes.map((_, node) => edges.every(({ from }) => from !== node));
  // Nodes stand in the order of computation: each edge leads to a later one.
  for (const { from, to } of carrying.toSorted((a, b) => a.from - b.from)) if (reached[from]) reached[to] = true;
  for (const { from, to } of carrying.toSorted((a, b) => b.to - a.to)) if (used[to]) used[from] = true;
  return carrying.every(({ from, to }) => reached[from] && used[to]);
}
