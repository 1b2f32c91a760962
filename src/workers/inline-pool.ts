/** A pool without threads: jobs run one after another in this process, which sees what was added to the catalogue at run time. */
import type { Job, JobResults, TrainProgress, WorkerPool } from '../contracts/job.js';
import { unlessAborted } from './abort.js';
import { runScoreJob, runTrainJob } from './jobs.js';
import { jobResources } from './resources.js';
import { slots } from './slots.js';

export function inlinePool(): WorkerPool {
  const resources = jobResources();
  const free = slots(1);

  const run = async (
    job: Job,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: TrainProgress) => void } = {},
  ): Promise<JobResults[Job['kind']]> => {
    const release = await free.take(signal);
    const work: Promise<JobResults[Job['kind']]> =
      job.kind === 'score'
        ? runScoreJob(job, resources)
        : runTrainJob(job, resources, {
            signal,
            onProgress: (progress) => (signal?.aborted ? undefined : onProgress?.(progress)),
          });
    return unlessAborted(work.finally(release), signal);
  };

  return {
    size: 1,
    run: run as WorkerPool['run'],
    async close() {
      // The last job, dropped or not, has to be over.
      (await free.take())();
    },
  };
}
