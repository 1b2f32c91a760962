/**
 * The loop of weak predictors (WeakNAS, Wu et al., NeurIPS 2021, algorithm 1): an initial draw, then again and again a predictor fitted to
 * everything seen, the pool ranked by it, and a batch chosen from where it thinks the best are.
 */
import type { Random } from '../base/random.js';
import type { Features, Prediction } from '../contracts/predictor.js';
import type { Observation, Sampler, SamplerContext } from '../contracts/sampler.js';
import type { Choice } from './choose.js';
import type { CandidatePool } from './pool.js';

/** The successful evaluations: what a predictor is fitted to. */
export interface Labelled {
  readonly features: Features;
  readonly values: Float64Array;
}

/** What one iteration thinks. */
export interface Ranking {
  readonly predictor: string;
  /** Of every pool member, on any scale. */
  readonly prediction: Prediction;
  /** Of the batch's proposal at that place, where several predictors propose; else `prediction`. */
  readonly predictionOf?: (place: number) => Prediction;
  /** The best value so far on that scale. */
  readonly best: number;
  /** From that scale to the units of the observations; absent where they are the same. */
  readonly toUnits?: (value: number) => number;
}

export interface LoopParts<A> {
  readonly name: string;
  /** Architectures of the initial draw; they need no observation. */
  readonly initial: number;
  /** Proposals from the fit that follows the first `evaluated` proposals. */
  batch(evaluated: number): number;
  first(index: number): A | Promise<A>;
  pool(seen: readonly Observation<A>[], random: Random): CandidatePool<A>;
  rank(pool: CandidatePool<A>, labelled: Labelled, random: Random): Promise<Ranking>;
  readonly choose: Choice;
}

/** A sampler that goes through the loop. Failed evaluations are not proposed again, and teach nothing. */
export function weakPredictorLoop<A>(context: SamplerContext<A>, parts: LoopParts<A>): Sampler<A> {
  const { space, random } = context;
  const { name, initial, first } = parts;
  const starts = iterations(parts);
  let current: { readonly iteration: number; readonly proposals: Promise<readonly A[]> } | undefined;

  return {
    name,
    needs: (index) => (index < initial ? 0 : starts.of(index).start),
    async propose(index, seen) {
      if (index < initial) return first(index);
      const { iteration, start } = starts.of(index);
      if (current?.iteration !== iteration) {
        current = { iteration, proposals: proposalsOf(context, parts, iteration, seen) };
      }
      const proposals = await current.proposals;
      // Everything has been evaluated: what is left to propose is anything.
      return proposals[index - start] ?? space.sample(random.child('proposal', index));
    },
  };
}

/** Which iteration a proposal belongs to, and the first proposal of that iteration. */
function iterations({ initial, batch }: Pick<LoopParts<unknown>, 'initial' | 'batch'>) {
  const starts = [initial];
  return {
    of(index: number): { readonly iteration: number; readonly start: number } {
      let last = starts[starts.length - 1];
      while (last <= index) {
        last += batch(last);
        starts.push(last);
      }
      let iteration = starts.length - 2;
      while (starts[iteration] > index) iteration--;
      return { iteration, start: starts[iteration] };
    },
  };
}

/** The batch of one iteration: members of the pool that were not evaluated. */
async function proposalsOf<A>(
  { space, random, report }: SamplerContext<A>,
  { batch, pool, rank, choose }: LoopParts<A>,
  iteration: number,
  seen: readonly Observation<A>[],
): Promise<readonly A[]> {
  const count = batch(seen.length);
  const stream = random.child('iteration', iteration);
  const evaluated = new Set(seen.map(({ architecture }) => space.format(architecture)));
  const candidates = pool(seen, stream.child('pool'));
  const { architectures, texts } = candidates;
  const open = texts.flatMap((text, member) => (evaluated.has(text) ? [] : [member]));
  const succeeded = seen.filter(({ value }) => value !== undefined);
  if (succeeded.length === 0) {
    return stream.sample(open, Math.min(count, open.length)).map((member) => architectures[member]);
  }
  const values = Float64Array.from(succeeded, ({ value }) => value!);
  const features = candidates.describe(succeeded.map(({ architecture }) => architecture));
  const ranking = await rank(candidates, { features, values }, stream.child('fit'));
  const { predictor, prediction, predictionOf = () => prediction, best, toUnits = (value) => value } = ranking;
  const chosen = choose({ prediction, open, best, count, random: stream.child('choice') });
  report?.({
    iteration: iteration + 1,
    predictor,
    labels: values.length,
    ranked: texts.length,
    proposals: chosen.map((member, position) => {
      const own = predictionOf(position);
      const mean = own.mean[member];
      const deviation = own.variance && Math.sqrt(own.variance[member]);
      return {
        proposal: seen.length + position,
        architecture: texts[member],
        mean: toUnits(mean),
        // To the better side, which proposals are made for: below the labels a scale may say little of their units.
        ...(deviation !== undefined && { deviation: toUnits(mean + deviation) - toUnits(mean) }),
      };
    }),
  });
  return chosen.map((member) => architectures[member]);
}
