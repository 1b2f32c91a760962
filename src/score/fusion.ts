/**
 * Several scores of the same architectures joined into one ranking, without labels.
 *
 * A score comes as one number an architecture, higher is better, NaN where there is none: failures rank below everything, and tie.
 */
import { averageRanks } from '../base/rank-statistics.js';

/** @param scores of each metric, [metrics][architectures] @returns one number an architecture, higher is better */
export type FusionRule = (scores: readonly ArrayLike<number>[]) => Float64Array;

/**
 * Log-rank (Lee & Ham, "AZ-NAS: Assembling Zero-Cost Proxies for Network Architecture Search", CVPR 2024, its non-linear
 * ranking aggregation): Σ over metrics of log(rank / n); the best of n has rank n, ties share their average. One bad rank costs more than
 * several good ones bring.
 */
export const logRank: FusionRule = (scores) => {
  const fused = new Float64Array(countOf(scores));
  for (const values of scores) {
    averageRanks(withoutNaN(values)).forEach((rank, i) => {
      fused[i] += Math.log(rank / fused.length);
    });
  }
  return fused;
};

/**
 * Vote (Abdelfattah et al., "Zero-Cost Proxies for Lightweight NAS", ICLR 2021): of two architectures the one is better that more
 * metrics prefer. These preferences may run in a circle, so architectures are ranked by how many others they are preferred to, ties counting
 * half (Copeland's rule). The paper reports the share of pairs that are ordered rightly, which is another number than a rank correlation.
 * O(metrics · n²)
 */
export const vote: FusionRule = (scores) => {
  const ranks = scores.map((values) => Float64Array.from(averageRanks(withoutNaN(values))));
  const won = new Float64Array(countOf(scores));
  for (let i = 0; i < won.length; i++) {
    for (let j = 0; j < i; j++) {
      let lead = 0;
      for (const own of ranks) lead += Number(own[i] > own[j]) - Number(own[i] < own[j]);
      won[i] += (1 + Math.sign(lead)) / 2;
      won[j] += (1 - Math.sign(lead)) / 2;
    }
  }
  return won;
};

/** By name. */
export const FUSION_RULES = { 'log-rank': logRank, vote } as const satisfies Readonly<Record<string, FusionRule>>;

function countOf(scores: readonly ArrayLike<number>[]): number {
  return scores[0]?.length ?? 0;
}

function withoutNaN(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value));
}
