/**
 * The loop of weak predictors (WeakNAS, Wu et al., NeurIPS 2021, algorithm 1): an initial draw, then again and again a predictor fitted to
 * everything seen, the pool ranked by it, and a batch chosen from where it thinks the best are.
 */
import type { Random } from '../base/random.js';
import type { Features, Prediction } from '../contracts/predictor.js';
import type { Observation, Sampler, SamplerContext } from '../contracts/sampler.js';
import type { Choice } from './choose.js';
import type { CandidatePool } from './pool.js';

/** What one iteration thinks. */
export interface Ranking {
  readonly predictor: string;
  /** Of every pool member; in the units of the observations. */
  readonly prediction: Prediction;
}

export interface LoopParts<A> {
  readonly name: string;
  /** Architectures of the initial draw; they need no observation. */
  readonly initial: number;
  /** Proposals from one fit. */
  readonly batch: number;
  first(index: number): A | Promise<A>;
  pool(seen: readonly Observation<A>[], random: Random): CandidatePool<A>;
  rank(pool: CandidatePool<A>, labels: LabelledMembers<A>, random: Random): Promise<Ranking>;
  readonly choose: Choice;
}

/** The successful evaluations: what a predictor is fitted to. */
export interface LabelledMembers<A> {
  readonly architectures: readonly A[];
  /** Encodings. */
  readonly features: Features;
  readonly values: Float64Array;
}

/** A sampler that goes through the loop. Failed evaluations are not proposed again, and teach nothing. */
export function weakPredictorLoop<A>(
  { space, random, report }: SamplerContext<A>,
  encode: (architectures: readonly A[]) => Features,
  { name, initial, batch, first, pool, rank, choose }: LoopParts<A>,
): Sampler<A> {
  let current: { readonly iteration: number; readonly proposals: Promise<readonly A[]> } | undefined;
  const iterationOf = (index: number) => Math.floor((index - initial) / batch);

  const proposalsOf = async (iteration: number, seen: readonly Observation<A>[]): Promise<readonly A[]> => {
    const stream = random.child('iteration', iteration);
    const evaluated = new Set(seen.map(({ architecture }) => space.format(architecture)));
    const candidates = pool(seen, stream.child('pool'));
    const open = candidates.texts.flatMap((text, member) => (evaluated.has(text) ? [] : [member]));
    const succeeded = seen.filter(({ value }) => value !== undefined);
    if (succeeded.length === 0)
      return open.length === 0
        ? []
        : stream.sample(open, Math.min(batch, open.length)).map((m) => candidates.architectures[m]);
    const architectures = succeeded.map(({ architecture }) => architecture);
    const values = Float64Array.from(succeeded, ({ value }) => value!);
    const labels = { architectures, features: encode(architectures), values };
    const { predictor, prediction } = await rank(candidates, labels, stream.child('fit'));
    const best = Math.max(...values);
    const chosen = choose({ prediction, open, best, count: batch, random: stream.child('choice') });
    report?.({
      iteration: iteration + 1,
      predictor,
      labels: values.length,
      ranked: candidates.texts.length,
      proposals: chosen.map((member, position) => ({
        proposal: initial + iteration * batch + position,
        architecture: candidates.texts[member],
        mean: prediction.mean[member],
        ...(prediction.variance && { deviation: Math.sqrt(prediction.variance[member]) }),
      })),
    });
    return chosen.map((member) => candidates.architectures[member]);
  };

  return {
    name,
    needs: (index) => (index < initial ? 0 : initial + iterationOf(index) * batch),
    async propose(index, seen) {
      if (index < initial) return first(index);
      const iteration = iterationOf(index);
      if (current?.iteration !== iteration) current = { iteration, proposals: proposalsOf(iteration, seen) };
      const proposals = await current.proposals;
      // Everything has been evaluated: what is left to propose is anything.
      return proposals[(index - initial) % batch] ?? space.sample(random.child('proposal', index));
    },
  };
}
