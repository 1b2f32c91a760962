/** One evaluation: a training in the pool, written down epoch by epoch, and gone on with where the ledger holds its beginning. */
import { messageOf } from '../base/errors.js';
import type { TrainJob } from '../contracts/job.js';
import type { EvaluationRow } from '../contracts/ledger.js';
import type { TrainingResult } from '../contracts/training.js';
import { isAbort } from '../workers/abort.js';
import { type ActiveRun, dataReference, isFatal, networkReference, THREADS } from './active-run.js';

export interface EvaluationPlan extends Pick<EvaluationRow, 'evaluation' | 'candidate' | 'stage' | 'recipe'> {
  readonly architecture: string;
}

/**
 * Trains until the end, or until `signal` fires; then the last recorded epoch is where it goes on.
 * @returns how it ended
 * @throws what concerns the whole run
 */
export async function evaluate(
  run: ActiveRun,
  { architecture, ...start }: EvaluationPlan,
  signal: AbortSignal,
): Promise<'finished' | 'failed' | 'stopped'> {
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
    if (isAbort(thrown)) return 'stopped';
    if (isFatal(thrown)) throw thrown;
    result = { failure: messageOf(thrown), seconds: (performance.now() - began) / 1000 };
  }
  ledger.recordEvaluation(id, evaluation, { ...result, seconds: earlier + result.seconds });
  run.changed();
  return 'failure' in result ? 'failed' : 'finished';
}
