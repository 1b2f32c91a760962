/** The two jobs. They resolve what they name by the catalogue and compute; where they run is the pool's business. */
import { random } from '../base/random.js';
import { modules, resolve } from '../catalog.js';
import type { ScoreJob, ScoreJobResult, TrainJob, TrainProgress } from '../contracts/job.js';
import type { TrainingResult } from '../contracts/training.js';
import { memoryFailure, requireMemory } from './memory.js';
import type { JobResources } from './resources.js';

/**
 * Scores one untrained network: weights from the stream `weights` of the job's seed, the batch from the stream `scoring-batch` of the data's,
 * which a search has equal.
 */
export async function runScoreJob(job: ScoreJob, resources: JobResources): Promise<ScoreJobResult> {
  const started = performance.now();
  try {
    const { network, cost } = await resources.network(job.network);
    requireMemory(job, cost.parameters);
    const metrics = await Promise.all(job.metrics.map((name) => resolve('metrics', name)));
    const { computeScores } = await modules.scores();
    const scores = await computeScores(metrics, {
      network,
      batch: await resources.scoringBatch(job.data, job.batch),
      engine: await resources.engine(job.engine),
      random: random(job.seed).child('metric'),
      initialize: await resources.initialTensors(job.seed),
      threads: job.threads,
    });
    return { scores, cost, seconds: (performance.now() - started) / 1000 };
  } catch (thrown) {
    throw memoryFailure(job, thrown);
  }
}

export interface TrainJobOptions {
  readonly signal?: AbortSignal;
  /** Is awaited before the next epoch begins. */
  readonly onProgress?: (progress: TrainProgress) => void | Promise<void>;
}

/** Trains one network; everything random comes from the seed's stream for this architecture. */
export async function runTrainJob(
  job: TrainJob,
  resources: JobResources,
  { signal, onProgress }: TrainJobOptions = {},
): Promise<TrainingResult> {
  try {
    const { network, cost } = await resources.network(job.network);
    requireMemory(job, cost.parameters);
    const { train } = await modules.train();
    return await train({
      network,
      data: await resources.data(job.data),
      recipe: job.recipe,
      engine: await resources.engine(job.engine),
      random: random(job.seed).child('training', job.network.architecture),
      threads: job.threads,
      track: await Promise.all((job.track ?? []).map((name) => resolve('quantities', name))),
      checkpoint: job.checkpoint,
      onEpoch: onProgress,
      signal,
    });
  } catch (thrown) {
    throw memoryFailure(job, thrown);
  }
}
