/**
 * How well scores rank architectures. A failed score ranks last: all failures tie below every score. Intervals are 95 % percentile bootstraps
 * over the architectures (Efron & Tibshirani, 1993, chapter 13); every metric sees the same resamples.
 */
import { type PairedRanks, pairedRanks } from '../base/paired-ranks.js';
import { random } from '../base/random.js';
import { mean } from '../base/rank-statistics.js';

/** Rank correlations of scores and accuracies: means over the repeats. NaN, in JSON null, where all scores or all accuracies are equal. */
export interface Correlations {
  /** Kendall's τ-b. */
  readonly kendall: number;
  readonly kendallInterval?: readonly [low: number, high: number];
  /** Standard deviation over the repeats, where there are several. */
  readonly kendallDeviation?: number;
  /** Spearman's ρ. */
  readonly spearman: number;
  readonly spearmanInterval?: readonly [low: number, high: number];
  readonly spearmanDeviation?: number;
}

export interface RankingQuality extends Correlations {
  /** Among the best by accuracy alone. */
  readonly top: Correlations & { readonly share: number; readonly architectures: number };
  /** The best accuracy among the k highest scores, and how much the best of all exceeds it; fractions, means over the repeats. */
  readonly bestOf: readonly { readonly k: number; readonly accuracy: number; readonly regret: number }[];
  /** Mean Spearman's ρ between the scores of two repeats, where there are several. */
  readonly agreement?: number;
}

export interface StatisticsOptions {
  readonly top: number;
  readonly bestOf: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
}

/** Scores as they rank: higher is better, failures are NaN; one list a repeat. */
export type Merits = readonly Float64Array[];

/** What is told of each ranking, in the order in which statistics are computed. */
const MEASURES = ['kendall', 'spearman', 'topKendall', 'topSpearman'] as const;
type Measures = Readonly<Record<(typeof MEASURES)[number], number>>;

/** @param accuracies [architectures] @returns in the order of `rankings` */
export function rankingQualities(
  rankings: readonly Merits[],
  accuracies: Float64Array,
  { top, bestOf, bootstrap, seed }: StatisticsOptions,
): RankingQuality[] {
  const ranked = rankings.map((merits) => merits.map(failuresLast));
  const paired = ranked.map((merits) => merits.map((merit) => pairedRanks(merit, accuracies)));
  const best = topOf(accuracies, top);
  const resampled = rankings.map((): Measures[] => []);
  const stream = random(seed).child('bootstrap');
  for (let resample = 0; resample < bootstrap; resample++) {
    const weights = new Uint16Array(accuracies.length);
    for (let i = 0; i < weights.length; i++) weights[stream.integer(weights.length)]++;
    const topWeights = best(weights);
    for (const [i, repeats] of paired.entries()) {
      resampled[i].push(meanOf(repeats.map((ranks) => measure(ranks, weights, topWeights))));
    }
  }
  const once = new Uint16Array(accuracies.length).fill(1);
  const inTop = best(once);
  const architectures = inTop.reduce((sum, weight) => sum + weight, 0);
  return paired.map((repeats, i) => {
    const measured = repeats.map((ranks) => measure(ranks, once, inTop));
    return {
      ...correlations('kendall', 'spearman', measured, resampled[i]),
      top: { share: top, architectures, ...correlations('topKendall', 'topSpearman', measured, resampled[i]) },
      bestOf: bestOf.filter((k) => k <= accuracies.length).map((k) => bestAmong(k, ranked[i], accuracies)),
      ...(repeats.length > 1 && { agreement: agreementOf(ranked[i]) }),
    };
  });
}

const failuresLast = (merit: Float64Array): Float64Array =>
  merit.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value));

function measure(ranks: PairedRanks, weights: Uint16Array, topWeights: Uint16Array): Measures {
  return {
    kendall: ranks.kendall(weights),
    spearman: ranks.spearman(weights),
    topKendall: ranks.kendall(topWeights),
    topSpearman: ranks.spearman(topWeights),
  };
}

function meanOf(measured: readonly Measures[]): Measures {
  const means = MEASURES.map((name) => [name, mean(measured.map((each) => each[name]))]);
  return Object.fromEntries(means) as Measures;
}

/** Of a resample, the weights of its best by accuracy, at least `share` of it: those that tie with the last of them are in. */
function topOf(accuracies: Float64Array, share: number): (weights: Uint16Array) => Uint16Array {
  const order = Uint32Array.from(accuracies, (_, i) => i).sort((i, j) => accuracies[j] - accuracies[i]);
  const wanted = Math.ceil(share * accuracies.length);
  return (weights) => {
    const kept = new Uint16Array(weights.length);
    let count = 0;
    let last = Number.NaN;
    for (const i of order) {
      if (count >= wanted && accuracies[i] !== last) break;
      kept[i] = weights[i];
      count += weights[i];
      if (weights[i] > 0) last = accuracies[i];
    }
    return kept;
  };
}

function correlations(
  kendall: keyof Measures,
  spearman: keyof Measures,
  measured: readonly Measures[],
  resampled: readonly Measures[],
): Correlations {
  const [tau, rho] = [kendall, spearman].map((name) => ({
    values: measured.map((each) => each[name]),
    interval: intervalOf(resampled.map((each) => each[name])),
  }));
  const several = measured.length > 1;
  return {
    kendall: mean(tau.values),
    ...(tau.interval && { kendallInterval: tau.interval }),
    ...(several && { kendallDeviation: deviation(tau.values) }),
    spearman: mean(rho.values),
    ...(rho.interval && { spearmanInterval: rho.interval }),
    ...(several && { spearmanDeviation: deviation(rho.values) }),
  };
}

/** The middle 95 % of what is finite; undefined where nothing is. */
function intervalOf(values: readonly number[]): readonly [number, number] | undefined {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  return [sorted[Math.floor(0.025 * sorted.length)], sorted[Math.ceil(0.975 * sorted.length) - 1]];
}

/** Of a sample: divided by one less than there are. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

/** Of equal scores those drawn first. */
function bestAmong(k: number, repeats: Merits, accuracies: Float64Array): RankingQuality['bestOf'][number] {
  const found = repeats.map((merit) => {
    const order = [...merit.keys()].sort((i, j) => Number(merit[j] > merit[i]) - Number(merit[j] < merit[i]));
    return Math.max(...order.slice(0, k).map((i) => accuracies[i]));
  });
  const accuracy = mean(found);
  return { k, accuracy, regret: accuracies.reduce((most, value) => Math.max(most, value)) - accuracy };
}

function agreementOf(repeats: Merits): number {
  const pairs = repeats.flatMap((one, i) => repeats.slice(0, i).map((other) => pairedRanks(one, other).spearman()));
  return mean(pairs);
}
