/** NAS-Bench-101 (Ying et al., ICML 2019). */
import { knownOptions } from '../../src/base/names.js';
import type { CellGraph } from '../../src/contracts/cell-graph.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { skeletonOf } from '../skeleton.js';
import { cellCost } from './cost.js';
import { encodingNamed } from './encoding.js';
import { format, type Genotype, parse, sourcesOf } from './genotype.js';
import { graphHash } from './hash.js';
import { canonical, SIZE } from './isomorphism.js';
import { cellNetwork } from './network.js';
import { enumerate, mutate, neighbours, sample } from './variation.js';

export type { Genotype } from './genotype.js';
export { graphHash };

const NAME = 'nas-bench-101';

/** At most four vertices are concatenated, and each needs a channel. */
const FEWEST_CHANNELS = 4;

/** As NASWOT scores it (Mellor et al., ICML 2021). */
const SCORED = { channels: 16 };

/** Default: as the benchmark was trained, 128, 256 and 512 channels, 3 cells a stage. */
const completeSkeleton = skeletonOf(
  NAME,
  { channels: 128, cells: 3, classes: 10, inputShape: [3, 32, 32] },
  FEWEST_CHANNELS,
);

/**
 * The space of 423,624 cells.
 * @param options `encoding`: `adjacency` (default; 45 features that follow the order of vertices) or `path` (364 that do not)
 */
export function nasBench101(options: JsonObject = {}): SearchSpace<Genotype> {
  knownOptions(`an option of ${NAME}`, options, ['encoding']);
  const { encode, length } = encodingNamed(options.encoding ?? 'adjacency');
  return {
    name: NAME,
    size: SIZE,
    sample,
    mutate,
    neighbours,
    enumerate,
    encode,
    encodingLength: length,
    parse,
    format,
    // Both views: no cell has dead branches.
    canonical,
    publishedHash: graphHash,
    network: (genotype, skeleton) => cellNetwork(genotype, completeSkeleton(skeleton)),
    cost: (genotype, skeleton) => cellCost(genotype, completeSkeleton(skeleton)),
    scoring: SCORED,
    skeleton: completeSkeleton,
    graph: cellGraph,
  };
}

/** The cell as it is drawn: operations stand in the vertices, edges say how they join what they lead to. */
function cellGraph(genotype: Genotype): CellGraph {
  const inner = genotype.operations.map((operation, i) => `${i + 1} ${operation.replace('-bn-relu', '')}`);
  const nodes = ['input', ...inner, 'output'];
  const joins = (from: number, to: number) => {
    if (from === 0) return 'project';
    return to === nodes.length - 1 ? 'concat' : 'add';
  };
  const edges = nodes.flatMap((_, to) => sourcesOf(genotype, to).map((from) => ({ from, to, label: joins(from, to) })));
  return { nodes, edges, operations: [undefined, ...genotype.operations, undefined] };
}
