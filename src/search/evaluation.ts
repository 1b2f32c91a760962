/**
 * Evaluations: each a training in the pool, written down epoch by epoch, and gone on with where the ledger holds its beginning; and
 * how several of them run side by side.
 */
import { messageOf } from '../base/errors.js';
import type { TrainJob } from '../contracts/job.js';
import type { EvaluationRow } from '../contracts/ledger.js';
import type { TrainingResult } from '../contracts/training.js';
import { isAbort } from '../workers/abort.js';
import { type ActiveRun, dataReference, isFatal, isStop, networkReference, THREADS } from './active-run.js';

export interface EvaluationPlan extends Pick<EvaluationRow, 'evaluation' | 'candidate' | 'stage' | 'recipe'> {
  readonly architecture: string;
}

/**
 * Trains until the end, or until `signal` fires; then the last recorded epoch is where it goes on.
 * @returns what came of it; undefined where it was stopped
 * @throws what concerns the whole run
 */
export async function evaluate(
  run: ActiveRun,
  { architecture, ...start }: EvaluationPlan,
  signal: AbortSignal,
): Promise<TrainingResult | undefined> {
  const { configuration, ledger, id, pool } = run;
  const { evaluation } = start;
  const checkpoint = ledger.checkpoint(id, evaluation);
  const earlier = ledger.epochs(id, evaluation).reduce((total, { seconds }) => total + seconds, 0);
  const began = performance.now();
  ledger.recordTrainingStarted(id, start, checkpoint?.epoch ?? 0);
  run.changed();
  const job: TrainJob = {
    kind: 'train',
    network: networkReference(configuration, configuration.trainSkeleton, architecture),
    data: dataReference(configuration),
    recipe: start.recipe,
    seed: configuration.seed,
    engine: configuration.engine,
    threads: THREADS,
    ...(configuration.track && { track: configuration.track }),
    ...(checkpoint && { checkpoint }),
  };
  let result: TrainingResult;
  try {
    result = await pool.run(job, {
      signal,
      onProgress: (progress) => {
        ledger.recordEpoch(id, evaluation, progress.epoch, progress.checkpoint);
        run.changed();
      },
    });
  } catch (thrown) {
    if (isAbort(thrown)) return undefined;
    if (isFatal(thrown)) throw thrown;
    result = { failure: messageOf(thrown), seconds: (performance.now() - began) / 1000 };
  }
  ledger.recordEvaluation(id, evaluation, { ...result, seconds: earlier + result.seconds });
  run.changed();
  return result;
}

export interface Schedule {
  /** The training to start next; undefined while there is none as things stand. Not asked again before it has answered. */
  next(running: number): EvaluationPlan | undefined | Promise<EvaluationPlan | undefined>;
  /** Hears of every training that was not stopped. */
  ended(plan: EvaluationPlan, result: TrainingResult): void;
}

/**
 * Trains what `next` gives, as many at once as the pool takes, until it gives nothing and nothing runs, or the run is told to stop.
 * @throws what concerns the whole run, after the other trainings have stopped
 */
export async function evaluateSideBySide(run: ActiveRun, { next, ended }: Schedule): Promise<void> {
  const { steering } = run;
  const running = new Set<Promise<void>>();
  const failing = new AbortController();
  const signal = AbortSignal.any([run.signal, failing.signal]);
  let fatal: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    fatal ??= { error };
    failing.abort();
  };
  const start = async (plan: EvaluationPlan) => {
    try {
      const result = await evaluate(run, plan, signal);
      if (result) ended(plan, result);
    } catch (error) {
      fail(error);
    }
  };
  const planned = async () => {
    try {
      return await next(running.size);
    } catch (error) {
      if (!isStop(run, error)) fail(error);
    }
  };

  while (true) {
    const { change } = steering;
    const mayBegin = steering.isOpen && !signal.aborted && running.size < run.pool.size;
    const plan = mayBegin ? await planned() : undefined;
    if (plan && !signal.aborted) {
      const training = start(plan).finally(() => running.delete(training));
      running.add(training);
    } else if (running.size > 0) await Promise.race([...running, change]);
    else if (steering.isPaused && !signal.aborted) await change;
    else break;
  }
  if (fatal) throw fatal.error;
}
