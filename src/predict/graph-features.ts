/**
 * What a cell's graph says to a predictor, whatever the space: how often each operation stands on its paths from input to output, and
 * which operations follow each other. Such path features order architectures from few labels better than the positions of operations alone (White et al.,
 * AAAI 2021, "BANANAS", section 3.2, for path encodings).
 */
import type { CellGraph } from '../contracts/cell-graph.js';

/** Paths counted at most: a cell of the published spaces has fewer. */
const MOST_PATHS = 10_000;

interface Step {
  readonly to: number;
  readonly label: string | undefined;
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
  const perPath: number[][] = [];
  walk(stepsOf(graph), 0, new Array<number>(labels.length).fill(0), number, perPath);
  return { paths: pathFeatures(perPath, labels.length), pairs: pairCounts(graph, number) };
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
function stepsOf({ nodes, edges, operations }: CellGraph): Step[][] {
  const steps: Step[][] = nodes.map(() => []);
  for (const { from, to, label, empty } of edges) {
    if (!empty) steps[from].push({ to, label: operations ? operations[to] : label });
  }
  return steps;
}

/** Every path from `node` to the last one, as how often each label stands on it. */
function walk(
  steps: readonly (readonly Step[])[],
  node: number,
  counts: readonly number[],
  number: ReadonlyMap<string, number>,
  found: number[][],
): void {
  if (node === steps.length - 1) {
    if (found.length < MOST_PATHS) found.push([...counts]);
    return;
  }
  for (const { to, label } of steps[node]) {
    const after = [...counts];
    if (label !== undefined) increment(after, number.get(label));
    walk(steps, to, after, number, found);
  }
}

function increment(counts: number[], i: number | undefined): void {
  if (i !== undefined && !Number.isNaN(i)) counts[i]++;
}

function pathFeatures(paths: readonly (readonly number[])[], labels: number): number[] {
  const lengths = paths.map((path) => path.reduce((total, count) => total + count, 0));
  const features = [paths.length, highest(lengths), lowest(lengths)];
  for (let label = 0; label < labels; label++) {
    const onPath = paths.map((path) => path[label]);
    features.push(
      highest(onPath),
      lowest(onPath),
      onPath.reduce((total, count) => total + count, 0),
    );
  }
  return features;
}

function highest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function lowest(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((least, value) => Math.min(least, value));
}
