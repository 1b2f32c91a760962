/** What all defined spaces have in common: everything that follows from decisions, a network and limits. */
import type { CellGraph } from '../contracts/cell-graph.js';
import type { Drawing } from '../contracts/drawing.js';
import type { Cost, Network } from '../contracts/network.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { networkCost } from '../network/trace.js';
import { type Decision, decisionMethods } from './decision.js';
import { type BoundsOfMeasures, type Limit, limitsOf } from './limits.js';
import { restrictedSpace } from './restricted.js';
import { type Skeleton, skeletonOf } from './skeleton.js';

/** Bounds of parameters and multiply-adds in the space's own skeleton, and any condition on what is chosen. */
export interface SpaceConstraints<A> extends BoundsOfMeasures {
  /** Whether an architecture belongs to the space. */
  readonly where?: (chosen: A) => boolean;
}

export interface SpaceParts<A> {
  readonly name: string;
  readonly decision: Decision<A>;
  readonly format: (architecture: A) => string;
  readonly parse: (text: string) => A;
  readonly network: (architecture: A, skeleton: Skeleton) => Network;
  readonly cost?: (architecture: A, skeleton: Skeleton) => Cost;
  readonly graph?: (architecture: A) => CellGraph;
  readonly drawing?: (architecture: A) => Drawing;
  readonly constraints?: SpaceConstraints<A>;
  readonly skeleton?: SkeletonOptions;
  readonly scoring?: SkeletonOptions;
}

/** As NAS-Bench-201 has it. */
const SKELETON: Skeleton = { channels: 16, cells: 5, classes: 10, inputShape: [3, 32, 32] };

/** Networks that may be built to list a space whose costs have no closed form: a second or two. */
const BUILT = 2000;
/** Costs that are remembered: a search asks for those of one architecture several times. */
const REMEMBERED = 10_000;

export function spaceOf<A>(parts: SpaceParts<A>): SearchSpace<A> {
  const { name, decision, constraints = {}, graph, drawing } = parts;
  const completeSkeleton = skeletonOf(name, { ...SKELETON, ...parts.skeleton });
  const network = (architecture: A, skeleton?: SkeletonOptions) => {
    return parts.network(architecture, completeSkeleton(skeleton));
  };
  const cost = parts.cost ?? rememberedCosts(parts);
  const space: SearchSpace<A> = {
    name,
    ...decisionMethods(decision),
    parse: parts.parse,
    format: parts.format,
    // Nothing is known of which architectures are the same.
    canonical: (architecture) => architecture,
    network,
    cost: (architecture, skeleton) => cost(architecture, completeSkeleton(skeleton)),
    skeleton: completeSkeleton,
    ...(parts.scoring && { scoring: parts.scoring }),
    ...(graph && { graph }),
    ...(drawing && { drawing }),
  };
  const own = (measure: keyof Cost) => (architecture: A) => cost(architecture, completeSkeleton())[measure];
  const measuring = { parameters: own('parameters'), multiplyAdds: own('multiplyAdds') };
  const bounds = limitsOf(constraints, measuring);
  const limits = [...conditions(constraints), ...bounds];
  return restrictedSpace(space, limits, bounds.length > 0 && !parts.cost ? BUILT : undefined);
}

function conditions<A>({ where }: SpaceConstraints<A>): Limit<A>[] {
  if (where === undefined) return [];
  return [
    { words: 'the condition `where`', excess: (architecture) => (where(architecture) ? 0 : Number.POSITIVE_INFINITY) },
  ];
}

/** Costs of networks that have to be built for it; the last ones are kept by text and skeleton. */
function rememberedCosts<A>({ format, network }: SpaceParts<A>): (architecture: A, skeleton: Skeleton) => Cost {
  const known = new Map<string, Cost>();
  return (architecture, skeleton) => {
    const key = `${format(architecture)} ${JSON.stringify(skeleton)}`;
    const found = known.get(key);
    if (found) return found;
    const cost = networkCost(network(architecture, skeleton));
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, cost);
    return cost;
  };
}
