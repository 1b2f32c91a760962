/**
 * A pool over worker threads.
 *
 * A thread is never ended while a job runs in it: onnxruntime aborts the whole process when its thread goes away in the middle of
 * a run. A dropped job rejects at once; its thread is told to stop, keeps its slot until it has, and is then used again.
 */
import { MessageChannel } from 'node:worker_threads';
import { NascentError } from '../base/errors.js';
import type { Job, JobResults, TrainProgress, WorkerPool } from '../contracts/job.js';
import { unlessAborted, whenAborted } from './abort.js';
import { jobName } from './job-name.js';
import { errorOf, type Order, type Task } from './messages.js';
import { slots } from './slots.js';
import { type ThreadOptions, type Threads, workerThreads } from './threads.js';

type Results = JobResults[Job['kind']];

interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
}

export function threadPool(options: ThreadOptions): WorkerPool {
  const threads = workerThreads(options);
  const free = slots(options.size);
  const unfinished = new Set<Promise<unknown>>();
  let closed = false;

  const run = async (job: Job, { signal, onProgress }: RunOptions = {}): Promise<Results> => {
    if (closed) throw new NascentError('machine', `Expected an open pool for ${jobName(job)}, got a closed one.`);
    const release = await free.take(signal);
    const work = job.kind === 'train' ? askForTraining(threads, job, { signal, onProgress }) : ask(threads, { job });
    const settled = work
      .catch(() => {})
      .then(() => {
        unfinished.delete(settled);
        release();
      });
    unfinished.add(settled);
    return unlessAborted(work, signal);
  };

  return {
    size: options.size,
    run: run as WorkerPool['run'],
    async close() {
      closed = true;
      while (unfinished.size > 0) await Promise.all(unfinished);
      await threads.destroy();
    },
  };
}

/** Progress is handed on before the training goes on; what `onProgress` throws ends the training and is thrown here. */
async function askForTraining(
  threads: Threads,
  job: Job,
  { signal, onProgress = () => {} }: RunOptions,
): Promise<Results> {
  const { port1, port2 } = new MessageChannel();
  const order = (word: Order) => port1.postMessage(word);
  const stop = () => order('stop');
  let thrown: { readonly error: unknown } | undefined;
  port1.on('message', (progress: TrainProgress) => {
    if (signal?.aborted || thrown) return stop();
    try {
      onProgress(progress);
      order('go-on');
    } catch (error) {
      thrown = { error };
      stop();
    }
  });
  const forget = signal && whenAborted(signal, stop);
  try {
    return await ask(threads, { job, port: port2 });
  } catch (error) {
    throw thrown ? thrown.error : error;
  } finally {
    forget?.();
    port1.close();
  }
}

async function ask(threads: Threads, task: Task): Promise<Results> {
  const answer = await threads.ask(task);
  if ('failure' in answer) throw errorOf(answer.failure);
  return answer.result;
}
