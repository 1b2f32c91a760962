/** What the runs of one strategy come to. Accuracies are fractions; regret is the optimum less the best validation so far. */
import { random } from '../base/random.js';
import { mean } from '../base/rank-statistics.js';
import type { StrategyReference, StudyRunResult } from '../contracts/study.js';
import { BEST, type Labels } from './labels.js';

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

/** What one run came to, by the labels that it searched. */
export interface MeasuredRun extends Omit<StudyRunResult, 'order'> {
  /** By the k that the table has so many rows of: samples to one of the k best; undefined where it never came. */
  readonly samplesTo: ReadonlyMap<number, number | undefined>;
  /** After each number of samples of `REGRET_AT`. */
  readonly regret: readonly number[];
  /** Of the best by validation, of equals the first evaluated. */
  readonly validation: number;
  /** NaN where the table has none. */
  readonly test: number;
}

const TOP = [1, 10, BEST];
const REGRET_AT = [1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000];
const RESAMPLES = 2000;

export function measured({ order, ...costs }: StudyRunResult, labels: Labels): MeasuredRun {
  const { validation, best, optimum, test } = labels;
  const samplesTo = (k: number) => {
    const place = order.findIndex((row) => validation[row] >= best[k - 1]);
    return place < 0 ? undefined : place + 1;
  };
  const curve = bestSoFar(order, labels);
  const chosen = order.reduce((first, row) => (validation[row] > validation[first] ? row : first));
  return {
    ...costs,
    samplesTo: new Map(TOP.filter((k) => k <= best.length).map((k) => [k, samplesTo(k)])),
    // A run that ended before, because it had found the optimum or nothing was left, keeps what it had.
    regret: REGRET_AT.map((at) => optimum - curve[Math.min(at, curve.length) - 1]),
    validation: validation[chosen],
    test: test?.[chosen] ?? Number.NaN,
  };
}

export function summarise(strategy: StrategyReference, runs: readonly MeasuredRun[], samples: number): StrategySummary {
  const found = runs.map(({ samplesTo }) => samplesTo.get(1));
  const capped = found.map((count) => count ?? samples);
  const successes = found.filter((count) => count !== undefined);
  const interval = bootstrap(capped);
  const fits = mean(runs.map((run) => run.fits));
  const tests = runs.map(({ test }) => test).filter((value) => !Number.isNaN(value));
  return {
    ...strategy,
    seeds: runs.length,
    samples,
    successRate: successes.length / runs.length,
    successes: successes.length,
    meanSamples: interval.mean,
    meanSamplesInterval: [interval.low, interval.high],
    medianSamples: median(capped),
    ...(successes.length > 0 && { meanSamplesOfSuccesses: mean(successes) }),
    top: [...runs[0].samplesTo.keys()].map((k) => topOf(k, runs, samples)),
    regret: REGRET_AT.flatMap((at, i) =>
      at <= samples ? [{ samples: at, mean: mean(runs.map(({ regret }) => regret[i])) }] : [],
    ),
    validation: bootstrap(runs.map(({ validation }) => validation)),
    ...(tests.length > 0 && { test: bootstrap(tests) }),
    scored: mean(runs.map((run) => run.scored)),
    scoringSeconds: mean(runs.map((run) => run.scoringSeconds)),
    seconds: mean(runs.map((run) => run.seconds)),
    ...(fits > 0 && { secondsAFit: mean(runs.map((run) => run.seconds)) / fits }),
  };
}

function topOf(k: number, runs: readonly MeasuredRun[], samples: number) {
  const found = runs.map(({ samplesTo }) => samplesTo.get(k));
  return {
    k,
    successRate: found.filter((count) => count !== undefined).length / runs.length,
    meanSamples: mean(found.map((count) => count ?? samples)),
  };
}

function bestSoFar(order: readonly number[], { validation }: Labels): number[] {
  let best = Number.NEGATIVE_INFINITY;
  return order.map((row) => {
    best = Math.max(best, validation[row]);
    return best;
  });
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
