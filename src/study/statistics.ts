/** What the runs of one strategy come to. Accuracies are fractions; regret is the optimum less the best validation so far. */
import { random } from '../base/random.js';
import { mean } from '../base/rank-statistics.js';
import type { StrategyReference, StudyRunResult } from '../contracts/study.js';
import type { Labels } from './labels.js';

/** A mean with its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface StrategySummary extends StrategyReference {
  readonly seeds: number;
  /** Most samples a run; failures count as this many. */
  readonly samples: number;
  /** Share of the runs that evaluated the architecture of the best validation accuracy. */
  readonly successRate: number;
  readonly successes: number;
  /** Samples to the optimum over all runs, failures counted as `samples` (the capped mean), with a bootstrap interval. */
  readonly meanSamples: number;
  readonly meanSamplesInterval: readonly [number, number];
  readonly medianSamples: number;
  /** Over the successful runs alone; absent without one. */
  readonly meanSamplesOfSuccesses?: number;
  /** Share of runs that evaluated one of the k best rows, and capped mean samples until then. */
  readonly top: readonly { readonly k: number; readonly successRate: number; readonly meanSamples: number }[];
  /** Mean regret after so many samples. */
  readonly regret: readonly { readonly samples: number; readonly mean: number }[];
  /** Test accuracy of each run's best by validation, where the table has one: selection never sees it. */
  readonly test?: Estimate;
  readonly validation: Estimate;
  /** Means over the runs. */
  readonly scored: number;
  readonly scoringSeconds: number;
  readonly seconds: number;
  readonly secondsAFit?: number;
}

const TOP = [1, 10, 100];
const REGRET_AT = [1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000];
const RESAMPLES = 2000;

export function summarise(
  strategy: StrategyReference,
  results: readonly StudyRunResult[],
  labels: Labels,
  samples: number,
): StrategySummary {
  const found = samplesTo(results, atLeast(labels, labels.optimum));
  const capped = found.map((count) => count ?? samples);
  const successes = found.filter((count) => count !== undefined);
  const interval = bootstrap(capped);
  const fits = mean(results.map((result) => result.fits));
  const chosen = results.map(({ order }) => bestByValidation(order, labels));
  const tests = chosen.map((row) => labels.test?.[row] ?? Number.NaN).filter((value) => !Number.isNaN(value));
  return {
    ...strategy,
    seeds: results.length,
    samples,
    successRate: successes.length / results.length,
    successes: successes.length,
    meanSamples: interval.mean,
    meanSamplesInterval: [interval.low, interval.high],
    medianSamples: median(capped),
    ...(successes.length > 0 && { meanSamplesOfSuccesses: mean(successes) }),
    top: TOP.filter((k) => k <= labels.rows.length).map((k) => topOf(k, results, labels, samples)),
    regret: regretOf(results, labels, samples),
    validation: bootstrap(chosen.map((row) => labels.validation[row])),
    ...(tests.length > 0 && { test: bootstrap(tests) }),
    scored: mean(results.map((result) => result.scored)),
    scoringSeconds: mean(results.map((result) => result.scoringSeconds)),
    seconds: mean(results.map((result) => result.seconds)),
    ...(fits > 0 && { secondsAFit: mean(results.map((result) => result.seconds)) / fits }),
  };
}

/** Rows whose validation accuracy is at least this. */
function atLeast({ validation }: Labels, value: number): (row: number) => boolean {
  return (row) => validation[row] >= value;
}

/** For each run how many samples it took to the first row that is `wanted`; undefined where it never came. */
function samplesTo(results: readonly StudyRunResult[], wanted: (row: number) => boolean): (number | undefined)[] {
  return results.map(({ order }) => {
    const place = order.findIndex(wanted);
    return place < 0 ? undefined : place + 1;
  });
}

function topOf(k: number, results: readonly StudyRunResult[], labels: Labels, samples: number) {
  const values = labels.rows.map((row) => labels.validation[row]).sort((a, b) => b - a);
  const found = samplesTo(results, atLeast(labels, values[k - 1]));
  return {
    k,
    successRate: found.filter((count) => count !== undefined).length / results.length,
    meanSamples: mean(found.map((count) => count ?? samples)),
  };
}

/** A run that ended before, because it had found the optimum or nothing was left, keeps what it had. */
function regretOf(results: readonly StudyRunResult[], labels: Labels, samples: number): StrategySummary['regret'] {
  const curves = results.map(({ order }) => bestSoFar(order, labels));
  return REGRET_AT.filter((at) => at <= samples).map((at) => ({
    samples: at,
    mean: mean(curves.map((curve) => labels.optimum - curve[Math.min(at, curve.length) - 1])),
  }));
}

function bestSoFar(order: readonly number[], { validation }: Labels): number[] {
  let best = Number.NEGATIVE_INFINITY;
  return order.map((row) => {
    best = Math.max(best, validation[row]);
    return best;
  });
}

/** Of equals the first evaluated. */
function bestByValidation(order: readonly number[], { validation }: Labels): number {
  return order.reduce((best, row) => (validation[row] > validation[best] ? row : best));
}

/** The mean with its 95 % percentile bootstrap interval (Efron & Tibshirani, 1993, chapter 13), by a fixed seed. */
export function bootstrap(values: readonly number[]): Estimate {
  const stream = random('bootstrap');
  const means = Array.from({ length: RESAMPLES }, () => {
    let total = 0;
    for (let i = 0; i < values.length; i++) total += values[stream.integer(values.length)];
    return total / values.length;
  }).sort((a, b) => a - b);
  return {
    mean: mean(values),
    low: means[Math.floor(0.025 * RESAMPLES)],
    high: means[Math.ceil(0.975 * RESAMPLES) - 1],
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}
