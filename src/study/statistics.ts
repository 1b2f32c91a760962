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

/** 95 %, by the bootstrap over runs. */
export type Interval = readonly [low: number, high: number];

export interface StrategySummary extends StrategyReference {
  readonly seeds: number;
  /** Most samples a run; failures count as this many. */
  readonly samples: number;
  /** Share of the runs that evaluated the architecture of the best validation accuracy. */
  readonly successRate: number;
  readonly successes: number;
  /** Samples to the optimum over all runs, failures counted as `samples` (the capped mean), with a bootstrap interval. */
  readonly meanSamples: number;
  readonly meanSamplesInterval: Interval;
  readonly medianSamples: number;
  readonly medianSamplesInterval: Interval;
  /** Over the successful runs alone; absent without one. */
  readonly meanSamplesOfSuccesses?: number;
  /** Share of runs that evaluated one of the k best rows, and capped mean samples until then. */
  readonly top: readonly {
    readonly k: number;
    readonly successRate: number;
    readonly meanSamples: number;
    readonly meanSamplesInterval: Interval;
  }[];
  /** Mean regret after so many samples, to the last. */
  readonly regret: readonly ({ readonly samples: number } & Estimate)[];
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
  /** Where the best so far became better: after so many samples this is what was left to the optimum. */
  readonly regret: readonly { readonly samples: number; readonly left: number }[];
  /** The row of the best by validation, of equals the first evaluated. */
  readonly row: number;
  readonly validation: number;
  /** NaN where the table has none. */
  readonly test: number;
}

const TOP = [1, 10, BEST];
const REGRET_AT = [
  ...[1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000],
  ...[20_000, 50_000, 100_000, 200_000],
];
const RESAMPLES = 2000;

export function measured({ order, ...costs }: StudyRunResult, labels: Labels): MeasuredRun {
  const { validation, best, test } = labels;
  const samplesTo = (k: number) => {
    const place = order.findIndex((row) => validation[row] >= best[k - 1]);
    return place < 0 ? undefined : place + 1;
  };
  const chosen = order.reduce((first, row) => (validation[row] > validation[first] ? row : first));
  return {
    ...costs,
    samplesTo: new Map(TOP.filter((k) => k <= best.length).map((k) => [k, samplesTo(k)])),
    regret: regretOf(order, labels),
    row: chosen,
    validation: validation[chosen],
    test: test?.[chosen] ?? Number.NaN,
  };
}

function regretOf(order: readonly number[], { validation, optimum }: Labels): MeasuredRun['regret'] {
  const steps: { samples: number; left: number }[] = [];
  let best = Number.NEGATIVE_INFINITY;
  for (const [i, row] of order.entries()) {
    if (!(validation[row] > best)) continue;
    best = validation[row];
    steps.push({ samples: i + 1, left: optimum - best });
  }
  return steps;
}

/** A run that ended before, because it had found the optimum or nothing was left, keeps what it had. */
function regretAt({ regret }: MeasuredRun, at: number): number {
  return regret.findLast(({ samples }) => samples <= at)!.left;
}

export function summarise(strategy: StrategyReference, runs: readonly MeasuredRun[], samples: number): StrategySummary {
  const capped = (k: number) => runs.map(({ samplesTo }) => samplesTo.get(k) ?? samples);
  const found = runs.map(({ samplesTo }) => samplesTo.get(1));
  const successes = found.filter((count) => count !== undefined);
  const tops = [...runs[0].samplesTo.keys()];
  const marks = [...REGRET_AT.filter((at) => at < samples), samples];
  const [toOptimum, middle, validation, ...rest] = estimates([
    { values: capped(1), of: meanOf },
    { values: capped(1), of: medianOf },
    { values: runs.map((run) => run.validation), of: meanOf },
    ...tops.map((k) => ({ values: capped(k), of: meanOf })),
    ...marks.map((at) => ({ values: runs.map((run) => regretAt(run, at)), of: meanOf })),
  ]);
  const fits = mean(runs.map((run) => run.fits));
  const tests = runs.map(({ test }) => test).filter((value) => !Number.isNaN(value));
  return {
    ...strategy,
    seeds: runs.length,
    samples,
    successRate: successes.length / runs.length,
    successes: successes.length,
    meanSamples: toOptimum.estimate,
    meanSamplesInterval: toOptimum.interval,
    medianSamples: middle.estimate,
    medianSamplesInterval: middle.interval,
    ...(successes.length > 0 && { meanSamplesOfSuccesses: mean(successes) }),
    top: tops.map((k, i) => ({
      k,
      successRate: runs.filter(({ samplesTo }) => samplesTo.get(k) !== undefined).length / runs.length,
      meanSamples: rest[i].estimate,
      meanSamplesInterval: rest[i].interval,
    })),
    regret: marks.map((at, i) => ({ samples: at, ...meanAndEnds(rest[tops.length + i]) })),
    validation: meanAndEnds(validation),
    ...(tests.length > 0 && { test: bootstrap(tests) }),
    scored: mean(runs.map((run) => run.scored)),
    scoringSeconds: mean(runs.map((run) => run.scoringSeconds)),
    seconds: mean(runs.map((run) => run.seconds)),
    ...(fits > 0 && { secondsAFit: mean(runs.map((run) => run.seconds)) / fits }),
  };
}

/** What is estimated of the values of all runs. */
interface Quantity {
  readonly values: readonly number[];
  /** @param picks indices of values, one for each value */
  readonly of: (values: readonly number[], picks: Int32Array) => number;
}

interface Estimated {
  readonly estimate: number;
  readonly interval: Interval;
}

function meanOf(values: readonly number[], picks: Int32Array): number {
  let total = 0;
  for (const pick of picks) total += values[pick];
  return total / picks.length;
}

function medianOf(values: readonly number[], picks: Int32Array): number {
  return middleOf(Float64Array.from(picks, (pick) => values[pick]).sort());
}

/**
 * Each with its 95 % percentile bootstrap interval (Efron & Tibshirani, 1993, chapter 13), by a fixed seed: all of as many values, and of the
 * same resamples of the runs.
 */
function estimates(quantities: readonly Quantity[]): Estimated[] {
  const { length } = quantities[0].values;
  const picks = Int32Array.from({ length }, (_, i) => i);
  const whole = quantities.map(({ values, of }) => of(values, picks));
  const resampled = quantities.map(() => new Float64Array(RESAMPLES));
  const stream = random('bootstrap');
  for (let resample = 0; resample < RESAMPLES; resample++) {
    for (let i = 0; i < length; i++) picks[i] = stream.integer(length);
    quantities.forEach(({ values, of }, i) => {
      resampled[i][resample] = of(values, picks);
    });
  }
  return resampled.map((values, i) => {
    values.sort();
    const [low, high] = [values[Math.floor(0.025 * RESAMPLES)], values[Math.ceil(0.975 * RESAMPLES) - 1]];
    return { estimate: whole[i], interval: [low, high] };
  });
}

function meanAndEnds({ estimate, interval: [low, high] }: Estimated): Estimate {
  return { mean: estimate, low, high };
}

/** The mean with its 95 % percentile bootstrap interval. */
export function bootstrap(values: readonly number[]): Estimate {
  return meanAndEnds(estimates([{ values, of: meanOf }])[0]);
}

function middleOf(sorted: Float64Array): number {
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}
