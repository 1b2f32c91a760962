/**
 * A search space: which architectures there are, how to draw, change, write, number and build them.
 *
 * `A` is the space's own genotype type. Everywhere outside the space an architecture travels as its text (`format`), so that jobs,
 * events and the ledger are plain data.
 */
import type { Random } from '../base/random.js';
import type { CellGraph } from './cell-graph.js';
import type { Drawing } from './drawing.js';
import type { JsonObject } from './json.js';
import type { Cost, Network } from './network.js';

/** The macro skeleton: how a genotype is made into a network. Defaults are the space's own. */
export interface SkeletonOptions {
  /** Channels of the first stage; where architectures decide widths themselves, what these are scaled by, as the space says. */
  readonly channels?: number;
  /** Cells a stage; where architectures decide depths themselves, what these are multiplied by. */
  readonly cells?: number;
  readonly classes?: number;
  /** [channels, height, width] of one image. */
  readonly inputShape?: readonly [number, number, number];
}

/** What two architectures must share to count as the same. */
export type EquivalenceView =
  | 'function' // the outputs can be made equal by renaming weights; what no output needs is ignored
  | 'activations'; // additionally every ReLU, dead branches included, sees equal inputs

export interface SearchSpace<A = unknown> {
  readonly name: string;
  /** Number of architectures, where they can be counted; beyond 2⁵³ rounded. */
  readonly size?: number;
  /** A uniform draw. */
  sample(random: Random): A;
  /** A copy with exactly one decision changed. */
  mutate(architecture: A, random: Random): A;
  /** Every architecture that differs in exactly one decision. */
  neighbours(architecture: A): A[];
  /** All architectures in the space's own fixed order; absent where they can't be listed. */
  enumerate?(): Iterable<A>;
  /** Features for predictors, of fixed length `encodingLength`. */
  encode(architecture: A): Float32Array;
  readonly encodingLength: number;
  /** Reads the official text form; throws a NascentError of code 'usage' that says what was expected. */
  parse(text: string): A;
  /** The official text form: equal for equal genotypes, and only for them. */
  format(architecture: A): string;
  /** One architecture that stands for all that are the same under `view` (the first in official order, where there is one). */
  canonical(architecture: A, view: EquivalenceView): A;
  /** The hash under which its publication lists an architecture, equal for all that share a row there; absent where there is none. */
  publishedHash?(architecture: A): string;
  /** The cell as nodes and labelled edges, to be drawn and described to predictors; absent where a space has no cell. */
  graph?(architecture: A): CellGraph;
  /** The architecture as it is drawn, where that is not `graph`: several cells, or a chain of blocks. */
  drawing?(architecture: A): Drawing;
  network(architecture: A, skeleton?: SkeletonOptions): Network;
  /** Parameters and multiply-adds in closed form, equal to those of the network; absent where a space has none. */
  cost?(architecture: A, skeleton?: SkeletonOptions): Cost;
  /** What differs in the skeleton that published scores see, which is smaller than the one that is trained; absent where it is the same. */
  readonly scoring?: SkeletonOptions;
  /** The skeleton with every default filled in, as it is recorded. */
  skeleton(options?: SkeletonOptions): Required<SkeletonOptions>;
}

/** A shipped or third-party space by name and options. */
export type SearchSpaceFactory = (options?: JsonObject) => SearchSpace;
