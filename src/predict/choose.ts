/** Which architectures of a ranked pool are evaluated next. */
import { expected } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { Prediction } from '../contracts/predictor.js';

export interface ChoiceContext {
  readonly prediction: Prediction;
  /** Pool members that have not been evaluated. */
  readonly open: readonly number[];
  /** Best value so far. */
  readonly best: number;
  readonly count: number;
  readonly random: Random;
}

/** @returns at most `count` different members of `open` */
export type Choice = (context: ChoiceContext) => number[];

/**
 * As WeakNAS published it: uniform among the `top` best predicted of the whole pool; where fewer of them are open, the next best.
 * (Wu et al., NeurIPS 2021, algorithm 1)
 */
export function uniformOfTop(top: number): Choice {
  return ({ prediction: { mean }, open, count, random }) => {
    const isOpen = new Uint8Array(mean.length);
    for (const member of open) isOpen[member] = 1;
    const inTop = largest(mean, [...mean.keys()], top).filter((member) => isOpen[member]);
    const chosen = random.sample(inTop, Math.min(count, inTop.length));
    if (chosen.length === count) return chosen;
    const taken = new Set(chosen);
    return [...chosen, ...largest(mean, open, count).filter((member) => !taken.has(member))].slice(0, count);
  };
}

/** The best predicted. */
export const greedy: Choice = ({ prediction: { mean }, open, count }) => largest(mean, open, count);

/** Expected improvement over the best so far (Jones et al., Journal of Global Optimization 1998, equation 15). */
export const expectedImprovement: Choice = ({ prediction, open, best, count }) =>
  largest(expectedImprovements(prediction, best), open, count);

/** E[max(0, x − best)] of every prediction. */
export function expectedImprovements(prediction: Prediction, best: number): Float64Array {
  const { mean, variance } = withVariance(prediction);
  return mean.map((value, i) => improvementOver(best, value, Math.sqrt(variance[i])));
}

/** Thompson sampling: one draw from each member's prediction, taken as independent; the best draws win. */
export const thompson: Choice = ({ prediction, open, count, random }) => {
  const { mean, variance } = withVariance(prediction);
  const draws = mean.map((value, i) => value + Math.sqrt(variance[i]) * random.normal());
  return largest(draws, open, count);
};

/** E[max(0, x − best)] of a normal x. */
function improvementOver(best: number, mean: number, deviation: number): number {
  // Far below the best the two terms cancel; a tiny slope keeps those in the order of their means.
  const slope = 1e-12 * (mean - best);
  if (deviation === 0) return Math.max(0, mean - best) + slope;
  const z = (mean - best) / deviation;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return deviation * Math.max(0, z * normalDistribution(z) + density) + slope;
}

/** Φ(z), to 1.5e-7 (Abramowitz & Stegun, 7.1.26). */
export function normalDistribution(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp(-x * x)) / 2;
  return z >= 0 ? 1 - tail : tail;
}

function withVariance({ mean, variance }: Prediction): Required<Prediction> {
  // Samplers refuse predictors without one before they choose by doubt.
  if (!variance) throw expected('`predictor`', 'one that says a variance, such as gaussian-process', 'one without');
  return { mean, variance };
}

/** The `count` members of the largest `values`, best first; of equals the one listed first. */
export function largest(values: Float64Array, members: readonly number[], count: number): number[] {
  return [...members].sort((a, b) => values[b] - values[a]).slice(0, count);
}
