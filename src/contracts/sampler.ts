/**
 * Samplers: strategies that propose architectures.
 *
 * - Proposals are numbered from 0. Proposal i is drawn from the stream `random.child('proposal', i)` and depends only on the
 *   observations of proposals 0 … i − lag, even where later ones are in already. They reach the sampler in the order of its
 *   proposals. Workers that finish in another order change nothing.
 * - `propose(i)` may be called once those observations are in, and is awaited before the next: `lag` says how many proposals may be
 *   open at once.
 * - The state is a replay: feeding the same observations to a new sampler of the same seed gives the same proposals.
 */
import type { Random } from '../base/random.js';
import type { JsonObject } from './json.js';
import type { Cost } from './network.js';
import type { Predictor } from './predictor.js';
import type { SearchSpace } from './search-space.js';

export interface Observation<A = unknown> {
  readonly proposal: number;
  /** What was evaluated: the proposal, or what stood in for it where a table has no such architecture. */
  readonly architecture: A;
  /** Higher is better; undefined where the candidate failed. */
  readonly value: number | undefined;
}

export interface Sampler<A = unknown> {
  readonly name: string;
  /** Proposals that may be open at once; Infinity where observations are not used. */
  readonly lag: number;
  propose(index: number): A | Promise<A>;
  observe(observation: Observation<A>): void;
}

/** What can be known of an architecture without training it. */
export interface CheapKnowledge<A = unknown> {
  /** Parameters and multiply-adds in the skeleton that is evaluated. */
  cost(architecture: A): Cost;
  /** The training-free metric behind `score`; absent where there is no data to compute one on. */
  readonly metric?: string;
  /** Scores, [count], higher is better; NaN where one could not be computed. Takes a forward pass each, so ask for few. */
  score?(architectures: readonly A[]): Promise<Float64Array>;
}

/** What a learning sampler thought before a batch of proposals. */
export interface FitReport {
  /** Counts from 1. */
  readonly iteration: number;
  readonly predictor: string;
  /** Evaluations that it was fitted to. */
  readonly labels: number;
  /** Architectures that it ranked. */
  readonly ranked: number;
  /** Spearman's ρ of its cross-validated predictions with the labels; absent where too few labels are there. */
  readonly rankCorrelation?: number;
  /** The proposals that follow from this fit: number, official text, predicted value and its deviation. */
  readonly proposals: readonly {
    readonly proposal: number;
    readonly architecture: string;
    readonly mean: number;
    readonly deviation?: number;
  }[];
}

export interface SamplerContext<A = unknown> {
  readonly space: SearchSpace<A>;
  readonly random: Random;
  readonly options?: JsonObject;
  /** The architectures that can be evaluated, where that is not the whole space: those of a table. */
  readonly pool?: readonly A[];
  readonly knowledge?: CheapKnowledge<A>;
  /** Makes a predictor by its name in the catalogue, with the run's engine. */
  readonly predictor?: (name: string, random: Random, options?: JsonObject) => Promise<Predictor>;
  /** Hears what learning samplers think. */
  readonly report?: (report: FitReport) => void;
}

export type SamplerFactory = <A>(context: SamplerContext<A>) => Sampler<A>;
