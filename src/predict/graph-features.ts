/**
 * What a cell's graph says to a predictor, whatever the space: how often each operation stands on its paths from input to output, and
 * which operations follow each other. Such path features order architectures from few labels better than the positions of operations alone (White et al.,
 * AAAI 2021, "BANANAS", section 3.2, for path encodings).
 */
import range from 'lodash/range.js';
import type { CellGraph } from '../contracts/cell-graph.js';

/** Paths counted at most: a cell of the published spaces has fewer. */
const MOST_PATHS = 10_000;

interface Step {
  readonly to: number;
  /** The label's number; undefined where the step carries none that is told apart. */
  readonly label: number | undefined;
}

export interface GraphFeatures {
  /** Number of paths, the longest, the shortest; for each label the most and least on one path and the sum over all. */
  readonly paths: readonly number[];
  /** How often each operation follows each other one directly, where the input and the output count as operations. */
  readonly pairs: readonly number[];
}

/** @param labels the operations that are told apart, in the order of the features */
export function graphFeatures(graph: CellGraph, labels: readonly string[]): GraphFeatures {
  const number = new Map(labels.map((label, i) => [label, i]));
  return { paths: pathFeatures(stepsOf(graph, number), labels.length), pairs: pairCounts(graph, number) };
}

/**
 * [labels + 1, labels + 1]: an operation (or the input, first) and the one after it (or the output, last). Where edges carry operations,
 * those into a node meet those out of it.
 */
function pairCounts(graph: CellGraph, number: ReadonlyMap<string, number>): number[] {
  const side = number.size + 1;
  const counts = new Array<number>(side * side).fill(0);
  // Undefined is the input where it is first, and the output where it is second; what is not told apart counts nowhere.
  const add = (first: string | undefined, second: string | undefined) => {
    const row = first === undefined ? 0 : (number.get(first) ?? Number.NaN) + 1;
    const column = second === undefined ? number.size : (number.get(second) ?? Number.NaN);
    increment(counts, row * side + column);
  };
  const { operations, nodes } = graph;
  const edges = graph.edges.filter(({ empty }) => !empty);
  if (operations) {
    for (const { from, to } of edges) add(operations[from], operations[to]);
    return counts;
  }
  for (const { from, to, label } of edges) {
    if (from === 0) add(undefined, label);
    if (to === nodes.length - 1) add(label, undefined);
    for (const next of edges) if (next.from === to) add(label, next.label);
  }
  return counts;
}

/** The operations that occur in any of the graphs, in the order of the alphabet. */
export function labelsOf(graphs: Iterable<CellGraph>): string[] {
  const labels = new Set<string>();
  for (const graph of graphs) for (const label of operationsOf(graph)) labels.add(label);
  return [...labels].sort();
}

/** Of nodes where these carry them, else of edges. */
function operationsOf({ edges, operations }: CellGraph): string[] {
  if (operations) return operations.filter((operation) => operation !== undefined);
  return edges.filter(({ empty }) => !empty).map(({ label }) => label);
}

/** From each node on; edges that add nothing are no edges, and a node's operation stands on every edge into it. */
function stepsOf({ nodes, edges, operations }: CellGraph, number: ReadonlyMap<string, number>): Step[][] {
  const steps: Step[][] = nodes.map(() => []);
  for (const { from, to, label, empty } of edges) {
    const own = operations ? operations[to] : label;
    if (!empty) steps[from].push({ to, label: own === undefined ? undefined : number.get(own) });
  }
  return steps;
}

/** Walks every path from the first node to the last, with one count a label, and keeps what is asked of all paths. */
function pathFeatures(steps: readonly (readonly Step[])[], labels: number): number[] {
  const counts = new Array<number>(labels).fill(0);
  // The whole path's length first, then each label's count on it.
  const most = new Array<number>(labels + 1).fill(0);
  const least = new Array<number>(labels + 1).fill(Number.POSITIVE_INFINITY);
  const total = new Array<number>(labels + 1).fill(0);
  let paths = 0;
  const meet = (column: number, count: number) => {
    most[column] = Math.max(most[column], count);
    least[column] = Math.min(least[column], count);
    total[column] += count;
  };
  const walk = (node: number, length: number) => {
    if (paths === MOST_PATHS) return;
    if (node === steps.length - 1) {
      paths++;
      meet(0, length);
      for (let label = 0; label < labels; label++) meet(label + 1, counts[label]);
      return;
    }
    for (const { to, label } of steps[node]) {
      if (label === undefined) walk(to, length);
      else {
        counts[label]++;
        walk(to, length + 1);
        counts[label]--;
      }
    }
  };
  walk(0, 0);
  if (paths === 0) least.fill(0);
  const ofLabels = range(1, labels + 1).flatMap((column) => [most[column], least[column], total[column]]);
  return [paths, most[0], least[0], ...ofLabels];
}

function increment(counts: number[], i: number | undefined): void {
  if (i !== undefined && !Number.isNaN(i)) counts[i]++;
}
