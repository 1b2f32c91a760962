/** NAS-Bench-201 (Dong & Yang, ICLR 2020), also known as the topology space of NATS-Bench. */
import { noOptions } from '../../src/base/names.js';
import type { Random } from '../../src/base/random.js';
import type { CellGraph } from '../../src/contracts/cell-graph.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { decisionMethods } from '../../src/spaces/decision.js';
import { oneOf } from '../../src/spaces/one-of.js';
import { repeated } from '../../src/spaces/repeated.js';
import { skeletonOf } from '../skeleton.js';
import { canonicalization } from './canonical.js';
import { cellCost } from './cost.js';
import { EDGES, format, type Genotype, OPERATIONS, type Operation, parse } from './genotype.js';
import { cellNetwork, doublingWidths } from './network.js';

export type { Genotype } from './genotype.js';

const NAME = 'nas-bench-201';

/** Default: as the benchmark was trained on CIFAR-10, 16, 32 and 64 channels, 5 cells a stage. */
const completeSkeleton = skeletonOf(NAME, { channels: 16, cells: 5, classes: 10, inputShape: [3, 32, 32] });

const decision = repeated<Operation>('an edge', EDGES.length, EDGES.length, oneOf('an operation', OPERATIONS));

/**
 * One edge, drawn uniformly, gets one of its four other operations, drawn uniformly: two draws, as since the first runs were recorded, so that
 * seeds go on giving the same.
 */
function mutate(genotype: Genotype, random: Random): Genotype {
  const edge = random.integer(EDGES.length);
  // A step of 1 … 4 along the circle of operations never comes back to where it was.
  const step = 1 + random.integer(OPERATIONS.length - 1);
  const digit = (OPERATIONS.indexOf(genotype[edge]) + step) % OPERATIONS.length;
  return genotype.with(edge, OPERATIONS[digit]);
}

/**
 * The space of 15,625 cells.
 * @param options takes none; any is refused.
 */
export function nasBench201(options: JsonObject = {}): SearchSpace<Genotype> {
  noOptions(NAME, options);
  return {
    name: NAME,
    // 30 features, the encoding of WeakNAS (Wu et al., NeurIPS 2021); listed in lexicographic order of operation digits.
    ...decisionMethods(decision),
    mutate,
    parse,
    format,
    canonical: canonicalization(),
    network: (genotype, options) => {
      const skeleton = completeSkeleton(options);
      return cellNetwork(genotype, doublingWidths(skeleton.channels), skeleton);
    },
    cost: (genotype, options) => {
      const skeleton = completeSkeleton(options);
      return cellCost(genotype, doublingWidths(skeleton.channels), skeleton);
    },
    skeleton: completeSkeleton,
    graph: cellGraph,
  };
}

/** The cell as it is drawn. */
function cellGraph(genotype: Genotype): CellGraph {
  const edges = EDGES.map(({ source, target }, i) => ({
    from: source,
    to: target,
    label: genotype[i],
    empty: genotype[i] === 'none',
  }));
  return { nodes: ['input', '1', '2', 'output'], edges };
}
