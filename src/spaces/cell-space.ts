/** Spaces of cells: every edge between nodes carries one of the named operations; the cells stand in three stages. */
import { expected, wholeNumber } from '../base/errors.js';
import { unknownName } from '../base/names.js';
import type { CellGraph } from '../contracts/cell-graph.js';
import type { Cost, Network } from '../contracts/network.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { networkCost } from '../network/trace.js';
import { doublingWidths, edgeCell, threeStages } from './edge-cell.js';
import { oneOf } from './one-of.js';
import { type MakeOperation, type OperationName, operationsOf } from './operations.js';
import { type SpaceConstraints, spaceOf } from './parts.js';
import { repeated } from './repeated.js';
import type { Skeleton } from './skeleton.js';

/** The operation of each edge: 1←0, 2←0, 2←1, 3←0, … */
export type Cell = readonly string[];

export interface CellSpaceDefinition {
  readonly name: string;
  readonly cell: {
    /** The input and the output among them; at least 2. */
    readonly nodes: number;
    /** One's own by name, or names of those that ship (`operations`). */
    readonly operations: Readonly<Record<string, MakeOperation>> | readonly OperationName[];
  };
  readonly constraints?: SpaceConstraints<Cell>;
  /** Defaults of the skeleton, over 16 channels, 5 cells a stage, 10 classes and images of [3, 32, 32]. */
  readonly skeleton?: SkeletonOptions;
  /** What differs in it while scored. */
  readonly scoring?: SkeletonOptions;
}

interface Edge {
  readonly source: number;
  readonly target: number;
}

const MOST_NODES = 20;

export function cellSpace({ name, cell, constraints, skeleton, scoring }: CellSpaceDefinition): SearchSpace<Cell> {
  const nodes = wholeNumber(`\`nodes\` of ${name}`, cell.nodes, 2, MOST_NODES);
  const edges = edgesOf(nodes);
  const operations = operationsOf(cell.operations);
  const names = Object.keys(operations);
  const unreadable = names.find((each) => /[|~+\s]/.test(each));
  if (unreadable !== undefined) throw expected('the name of an operation', 'without spaces, |, ~ and +', unreadable);
  const decision = repeated<string>('an edge', edges.length, edges.length, oneOf('`operations`', names));
  const network = (chosen: Cell, whole: Skeleton) =>
    threeStages(whole, doublingWidths(whole.channels), (channels) => {
      const layers = edges.map((edge, i) => ({ ...edge, layer: operations[chosen[i]](channels) }));
      return edgeCell(nodes, layers);
    });
  return spaceOf<Cell>({
    name,
    decision,
    format: (chosen) => format(chosen, edges),
    parse: (text) => parse(text, nodes, names),
    network,
    cost: summedCosts(network, names, edges.length),
    graph: (chosen) => graphOf(chosen, edges, nodes, (each) => operations[each](1) === undefined),
    constraints,
    skeleton,
    scoring,
  });
}

function edgesOf(nodes: number): Edge[] {
  return Array.from({ length: nodes }, (_, target) =>
    Array.from({ length: target }, (_, source) => ({ source, target })),
  ).flat();
}

/** The form of NAS-Bench-201: `|op~0|+|op~0|op~1|`, for each node after the first its edges. */
function format(chosen: Cell, edges: readonly Edge[]): string {
  const last = edges[edges.length - 1].target;
  const nodes = Array.from({ length: last }, (_, i) =>
    edges.flatMap(({ source, target }, edge) => (target === i + 1 ? [`${chosen[edge]}~${source}`] : [])),
  );
  return nodes.map((each) => `|${each.join('|')}|`).join('+');
}

function parse(text: string, nodes: number, names: readonly string[]): Cell {
  const targets = text.trim().split('+');
  if (targets.length !== nodes - 1) {
    throw expected('the architecture', `${nodes - 1} nodes joined by "+", as in "|op~0|+|op~0|op~1|"`, text);
  }
  return targets.flatMap((node, i) => {
    const parts = node.slice(1, -1).split('|');
    const fits = node.length > 2 && node.startsWith('|') && node.endsWith('|') && parts.length === i + 1;
    if (!fits) throw expected(`node ${i + 1}`, `${i + 1} edges between bars, as in "|op~0|"`, node);
    return parts.map((part, source) => {
      const [operation, from, ...more] = part.split('~');
      if (from !== String(source) || more.length > 0) {
        throw expected(
          `edge ${source + 1} of node ${i + 1}`,
          `an operation from node ${source}, as "op~${source}"`,
          part,
        );
      }
      if (!names.includes(operation)) throw unknownName(`the operation ${i + 1}←${source}`, operation, names);
      return operation;
    });
  });
}

/**
 * Cost as a sum: an edge costs what its operation costs, on whichever edge it is, and what lies around the cells costs the same for all. So
 * one network an operation has to be built for each skeleton: with the first operation everywhere, and with each other one on one edge.
 */
function summedCosts(build: (chosen: Cell, whole: Skeleton) => Network, names: Cell, edges: number) {
  const known = new Map<string, ReadonlyMap<string, Cost>>();
  const [first] = names;
  const withOne = (name: string, whole: Skeleton) =>
    networkCost(build([name, ...Array.from({ length: edges - 1 }, () => first)], whole));
  return (chosen: Cell, whole: Skeleton): Cost => {
    const key = JSON.stringify(whole);
    const costs = known.get(key) ?? new Map(names.map((name) => [name, withOne(name, whole)]));
    known.set(key, costs);
    const base = costs.get(first) as Cost;
    const total = (measure: keyof Cost) =>
      chosen.reduce((sum, name) => sum + (costs.get(name) as Cost)[measure] - base[measure], base[measure]);
    return { parameters: total('parameters'), multiplyAdds: total('multiplyAdds') };
  };
}

function graphOf(
  chosen: Cell,
  edges: readonly Edge[],
  nodes: number,
  isEmpty: (operation: string) => boolean,
): CellGraph {
  const inner = Array.from({ length: nodes - 2 }, (_, i) => String(i + 1));
  return {
    nodes: ['input', ...inner, 'output'],
    edges: edges.map(({ source, target }, i) => {
      return { from: source, to: target, label: chosen[i], ...(isEmpty(chosen[i]) && { empty: true }) };
    }),
  };
}
