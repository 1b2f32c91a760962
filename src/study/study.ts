/** `study`: strategies compared over seeds on a table. What has been computed before is taken from the ledger's file. */

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { StrategyReference, StudyRun, StudyRunResult, StudyStore, StudyTrial } from '../contracts/study.js';
import type { Table } from '../contracts/table.js';
import { openStudies } from '../log/studies.js';
import { abortError, isAbort } from '../workers/abort.js';
import type { Labels } from './labels.js';
import { checkedStudy, type StudyOptions } from './options.js';
import { type Prepared, prepare } from './prepare.js';
import { inStrategy } from './run.js';
import { type MeasuredRun, measured, type StrategySummary, summarise } from './statistics.js';
import { type StudyThreads, studyThreads, thisProcess } from './threads.js';

/** What one run found. */
export interface StudyFound {
  readonly strategy: string;
  readonly seed: number;
  /** Samples until the optimum; absent where it was not found. */
  readonly samplesToOptimum?: number;
  /** The best by validation, of equals the first evaluated. */
  readonly architecture: string;
  /** Its label in this run. */
  readonly validation: number;
  /** Absent where the table has none. */
  readonly test?: number;
}

/** What a listener hears: each run as it ends. */
export interface StudyProgress extends StudyFound {
  readonly done: number;
  readonly of: number;
  /** It was in the ledger. */
  readonly reused: boolean;
}

/** The architectures of the best validation accuracy. */
export interface StudyOptimum {
  readonly validation: number;
  /** Of the first of them, as the texts beside: a table may hold hundreds that are equal. */
  readonly rows: readonly number[];
  readonly architectures: readonly string[];
  /** How many there are. */
  readonly count: number;
  /** Of the first. */
  readonly test?: number;
}

export interface StudyResult {
  readonly space: string;
  /** Of the table. */
  readonly checksum: string;
  readonly dataset: string;
  readonly epochs: number;
  /** Which trainings were the labels. */
  readonly trial: StudyTrial;
  /** Architectures of the table that have a validation accuracy. */
  readonly architectures: number;
  /** Architectures of the whole space, where they can be counted. */
  readonly spaceSize?: number;
  /** Absent where every run has its own: of random trials. */
  readonly optimum?: StudyOptimum;
  readonly strategies: readonly StrategySummary[];
  /** By strategy and seed. */
  readonly runs: readonly StudyFound[];
  readonly seconds: number;
}

/** Of equally good optima so many are named. */
const LISTED = 5;

interface Planned {
  readonly run: StudyRun;
  readonly key: string;
}

/**
 * @param onRun hears of every run once it is kept
 * @throws NascentError for what is wrong with options, table or data; an AbortError where `signal` stopped it: the same call goes on
 */
export async function study(
  options: StudyOptions,
  onRun: (progress: StudyProgress) => void = () => {},
): Promise<StudyResult> {
  const started = performance.now();
  const prepared = await prepare(checkedStudy(options));
  const { strategies, seeds, samples, ledger, signal } = prepared.options;
  const plans = strategies.flatMap((strategy) => seeds.map((seed) => planned(prepared, strategy, seed)));
  const store = openStudies(ledger);
  try {
    const runs = await performAll(plans, store, prepared, onRun);
    if (signal?.aborted) throw abortError(signal);
    const runsOf = (name: string) =>
      plans.filter(({ run }) => run.strategy.name === name).map((plan) => runs.get(plan)!);
    return {
      ...factsOf(prepared),
      strategies: strategies.map((strategy) => summarise(strategy, runsOf(strategy.name), samples)),
      runs: plans.map((plan) => foundBy(plan, runs.get(plan)!, prepared.table)),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    store.close();
  }
}

function planned(prepared: Prepared, strategy: StrategyReference, seed: number): Planned {
  const { options, labels, scores, versions, ownSamplers } = prepared;
  const { checksum } = prepared.table;
  const run: StudyRun = {
    table: options.table,
    checksum,
    space: options.space,
    spaceOptions: options.spaceOptions ?? {},
    dataset: labels.dataset,
    epochs: labels.epochs,
    ...(labels.trial !== labels.usualTrial && { trial: labels.trial }),
    strategy,
    seed,
    samples: options.samples,
    toTheEnd: options.toTheEnd,
    ...(scores && { scores }),
    scoreBudget: options.scoreBudget,
    engine: options.engine,
  };
  // Neither where the table and the data lie nor how the strategy is called decides anything.
  const decisive = {
    ...run,
    table: '',
    strategy: { ...strategy, name: '' },
    ...(ownSamplers.has(strategy.sampler) && { text: ownSamplers.get(strategy.sampler) }),
    ...(scores && { scores: { ...scores, data: '' } }),
  };
  return {
    run,
    key: createHash('sha256')
      .update(JSON.stringify([decisive, versions]))
      .digest('hex'),
  };
}

/**
 * Runs what is not kept yet, as many at once as there are workers.
 * @returns what each run came to, without those that `signal` kept from beginning
 */
async function performAll(
  plans: readonly Planned[],
  store: StudyStore,
  { options, table, labels }: Prepared,
  onRun: (progress: StudyProgress) => void,
): Promise<ReadonlyMap<Planned, MeasuredRun>> {
  const runs = new Map<Planned, MeasuredRun>();
  const tell = (plan: Planned, result: StudyRunResult, reused: boolean) => {
    const run = measured(result, labels.of(plan.run.seed));
    runs.set(plan, run);
    onRun({ ...foundBy(plan, run, table), done: runs.size, of: plans.length, reused });
  };
  const missing = plans.filter((plan) => {
    const kept = store.run(plan.key);
    if (kept) tell(plan, kept, true);
    return !kept;
  });
  if (missing.length === 0) return runs;
  const threads = options.pool
    ? thisProcess(store, options.pool, options.signal)
    : await studyThreads(
        Math.min(options.workers ?? availableParallelism(), missing.length),
        options.ledger,
        options.signal,
      );
  const queue = [...missing];
  const failing: { error?: unknown } = {};
  try {
    await Promise.all(
      Array.from({ length: threads.size }, () =>
        work(queue, threads, options.signal, failing, (plan, result) => {
          store.keepRun(plan.key, result);
          tell(plan, result, false);
        }),
      ),
    );
  } finally {
    await threads.close();
  }
  if ('error' in failing) throw failing.error;
  return runs;
}

/** One worker's turn after turn; after a failure nobody begins anything new. */
async function work(
  queue: Planned[],
  threads: StudyThreads,
  signal: AbortSignal | undefined,
  failing: { error?: unknown },
  keep: (plan: Planned, result: StudyRunResult) => void,
): Promise<void> {
  while (queue.length > 0 && !signal?.aborted && !('error' in failing)) {
    const plan = queue.shift()!;
    try {
      keep(plan, await threads.perform(plan.run));
    } catch (error) {
      // A run that was stopped is not kept; its scores are.
      if (!(isAbort(error) && signal?.aborted)) failing.error = inStrategy(plan.run.strategy, error);
    }
  }
}

function factsOf({ options, space, labels, table }: Prepared): Omit<StudyResult, 'strategies' | 'runs' | 'seconds'> {
  const { dataset, epochs, trial, rows } = labels;
  const facts = {
    ...{ space: options.space, checksum: table.checksum, dataset, epochs, trial, architectures: rows.length },
    ...(space.size !== undefined && { spaceSize: space.size }),
  };
  return trial === 'random' ? facts : { ...facts, optimum: optimumOf(labels.of(1), table) };
}

function optimumOf({ rows, validation, test, optimum }: Labels, table: Table): StudyOptimum {
  const best = rows.filter((row) => validation[row] === optimum);
  const first = best.slice(0, LISTED);
  return {
    ...{ validation: optimum, rows: first, architectures: first.map((row) => table.architecture(row)) },
    count: best.length,
    ...(test && !Number.isNaN(test[best[0]]) && { test: test[best[0]] }),
  };
}

function foundBy({ run }: Planned, { samplesTo, row, validation, test }: MeasuredRun, table: Table): StudyFound {
  const samplesToOptimum = samplesTo.get(1);
  return {
    ...{ strategy: run.strategy.name, seed: run.seed },
    ...(samplesToOptimum !== undefined && { samplesToOptimum }),
    ...{ architecture: table.architecture(row), validation },
    ...(!Number.isNaN(test) && { test }),
  };
}
