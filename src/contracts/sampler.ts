/**
 * Samplers: strategies that propose architectures.
 *
 * - Proposals are numbered from 0. Proposal i is drawn from the stream `random.child('proposal', i)` and may depend only on the
 *   observations it was given, which reach the sampler in the order of its proposals. Workers that finish in another order change
 *   nothing.
 * - `propose(i)` may be called once the observations of proposals 0 … i − lag are in: `lag` says how many proposals may be open at once.
 * - The state is a replay: feeding the same observations to a new sampler of the same seed gives the same proposals.
 */
import type { Random } from '../base/random.js';
import type { JsonObject } from './json.js';
import type { SearchSpace } from './search-space.js';

export interface Observation<A = unknown> {
  readonly proposal: number;
  readonly architecture: A;
  /** Higher is better; undefined where the candidate failed. */
  readonly value: number | undefined;
}

export interface Sampler<A = unknown> {
  readonly name: string;
  /** Proposals that may be open at once; Infinity where observations are not used. */
  readonly lag: number;
  propose(index: number): A;
  observe(observation: Observation<A>): void;
}

export interface SamplerContext<A = unknown> {
  readonly space: SearchSpace<A>;
  readonly random: Random;
  readonly options?: JsonObject;
}

export type SamplerFactory = <A>(context: SamplerContext<A>) => Sampler<A>;
