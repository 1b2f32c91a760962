/** The micro space of TransNAS-Bench-101 (Duan et al., CVPR 2021): 4,096 cells, in networks for classification. */
import { noOptions } from '../../src/base/names.js';
import type { CellGraph } from '../../src/contracts/cell-graph.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { EquivalenceView, SearchSpace } from '../../src/contracts/search-space.js';
import { decisionMethods } from '../../src/spaces/decision.js';
import { oneOf } from '../../src/spaces/one-of.js';
import { repeated } from '../../src/spaces/repeated.js';
import { EDGES } from '../nas-bench-201/genotype.js';
import { backbone, backboneCost, backboneSkeleton } from '../transnas-bench-101/backbone.js';
import { cellLayer, cellWeights, equivalenceKey } from './cell.js';
import { format, type Genotype, MACRO, OPERATIONS, parse } from './genotype.js';

export type { Genotype } from './genotype.js';

const NAME = 'transnas-bench-101-micro';

const completeSkeleton = backboneSkeleton(NAME);

const decision = repeated('an edge', EDGES.length, EDGES.length, oneOf('an operation', [0, 1, 2, 3]));

/** Takes no options. */
export function transNasBench101Micro(options: JsonObject = {}): SearchSpace<Genotype> {
  noOptions(NAME, options);
  return {
    name: NAME,
    ...decisionMethods(decision),
    parse,
    format,
    canonical: canonicalization(),
    network(genotype, skeleton) {
      return backbone(MACRO, completeSkeleton(skeleton), (shape) => cellLayer(genotype, shape));
    },
    cost(genotype, skeleton) {
      return backboneCost(MACRO, completeSkeleton(skeleton), (shape) => cellWeights(genotype, shape));
    },
    skeleton: completeSkeleton,
    graph: cellGraph,
  };
}

/** From a cell to the first in enumeration order that is the same; cells are classed at the first call for each view. */
function canonicalization(): (genotype: Genotype, view: EquivalenceView) => Genotype {
  const tables: Partial<Record<EquivalenceView, ReadonlyMap<string, Genotype>>> = {};
  const firstOfEach = (view: EquivalenceView) => {
    const first = new Map<string, Genotype>();
    const byText = new Map<string, Genotype>();
    for (let index = 0; index < decision.size; index++) {
      const genotype = decision.at(index);
      const key = equivalenceKey(genotype, view);
      if (!first.has(key)) first.set(key, genotype);
      byText.set(format(genotype), first.get(key) as Genotype);
    }
    return byText;
  };
  return (genotype, view) => {
    tables[view] ??= firstOfEach(view);
    return tables[view].get(format(genotype)) as Genotype;
  };
}

/** The cell as it is drawn. */
function cellGraph(genotype: Genotype): CellGraph {
  const edges = EDGES.map(({ source, target }, i) => {
    const label = OPERATIONS[genotype[i]];
    return { from: source, to: target, label, empty: label === 'none' };
  });
  return { nodes: ['input', '1', '2', 'output'], edges };
}
