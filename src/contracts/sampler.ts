/**
 * Samplers: strategies that propose architectures, one proposal after the other, each from what the earlier ones were worth.
 *
 * A proposal is a function of its number and of the first `needs(number)` observations, and of nothing else: proposal i draws from the
 * stream `random.child('proposal', i)`. So workers that finish in another order change nothing, and resuming is asking again. What a
 * sampler keeps between calls is a memory of what it could compute anew.
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
  /**
   * How many observations proposal `index` is made from: those of proposals 0 … needs(index) − 1. At most `index`, and never fewer for a
   * later proposal; what lies between is how many proposals may be open at once.
   */
  needs(index: number): number;
  /**
   * @param index counts from 0; each is asked for once the one before it is settled
   * @param seen the first `needs(index)` observations, in the order of proposals
   */
  propose(index: number, seen: readonly Observation<A>[]): A | Promise<A>;
  /**
   * Refuses options that only waiting can check, such as the name of a predictor. Whoever drives a sampler calls this once, before anything is
   * evaluated; all other options are checked when the sampler is made.
   * @throws NascentError `usage`
   */
  check?(): Promise<void>;
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
