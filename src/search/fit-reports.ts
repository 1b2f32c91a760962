/** What learning samplers think, on its way into the ledger: each fit once, with how well earlier fits have predicted. */
import { spearman } from '../base/rank-statistics.js';
import type { FitReport, Observation } from '../contracts/sampler.js';
import { type ActiveRun, recordEvent } from './active-run.js';
import type { History } from './history.js';

/** Fewer points make no rank correlation worth reading. */
const LEAST_FOR_CORRELATION = 3;

/** @returns records a fit that is not recorded yet; `seen` is what it was made from */
export function fitReports(
  run: ActiveRun,
  { fits }: History,
): (report: FitReport, seen: readonly Observation[]) => void {
  const told = [...fits];
  return (report, seen) => {
    // A run that is resumed in the middle of a batch makes its fit again.
    if (told.some(({ iteration }) => iteration === report.iteration)) return;
    const rankCorrelation = predictionCorrelation(told, seen);
    told.push(report);
    recordEvent(run, {
      type: 'predictor-fitted',
      ...report,
      ...(rankCorrelation !== undefined && { rankCorrelation }),
    });
  };
}

/**
 * Spearman's ρ between what was predicted for proposals before they were evaluated and what they turned out to be, over all that have
 * a value; undefined for fewer than three, and where all are equal.
 */
export function predictionCorrelation(
  fits: readonly Pick<FitReport, 'proposals'>[],
  seen: readonly Observation[],
): number | undefined {
  const predicted: number[] = [];
  const observed: number[] = [];
  for (const { proposal, mean } of fits.flatMap(({ proposals }) => proposals)) {
    const value = seen[proposal]?.value;
    if (value === undefined) continue;
    predicted.push(mean);
    observed.push(value);
  }
  if (predicted.length < LEAST_FOR_CORRELATION) return undefined;
  const correlation = spearman(predicted, observed);
  return Number.isNaN(correlation) ? undefined : correlation;
}
