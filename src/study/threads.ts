/** Who performs the runs of a study: worker threads, one run each, or this process. */
import { availableParallelism } from 'node:os';
import { messageOf, NascentError } from '../base/errors.js';
import type { WorkerPool } from '../contracts/job.js';
import type { StudyRun, StudyRunResult, StudyStore } from '../contracts/study.js';
import { abortError, whenAborted } from '../workers/abort.js';
import { typescriptOptions } from '../workers/local-pool.js';
import { errorOf } from '../workers/messages.js';
import { performRun, studyResources } from './run.js';
import type { StudyAnswer } from './worker.js';

export interface StudyThreads {
  /** How many runs at once. */
  readonly size: number;
  perform(run: StudyRun): Promise<StudyRunResult>;
  /** Once no run is in flight: a thread must not end in the middle of a computation. */
  close(): Promise<void>;
}

/**
 * This process, which knows what was added to the catalogue while it runs.
 * @param pool where scores are computed
 */
export function thisProcess(store: StudyStore, pool: WorkerPool, signal?: AbortSignal): StudyThreads {
  const resources = studyResources(store, pool, availableParallelism(), () => {
    if (signal?.aborted) throw abortError(signal);
  });
  return { size: 1, perform: (run) => performRun(run, resources), close: async () => {} };
}

/** What a thread is told when it starts. */
export interface StudyThreadData {
  readonly ledger: string;
  /** Cores that it may use. */
  readonly threads: number;
  /** Of four bytes, shared: not 0 once the runs are to stop. A message would wait until the thread has nothing to do. */
  readonly stop: SharedArrayBuffer;
}

/**
 * @param ledger the file in which the threads look for scores and keep them
 * @param signal stops the runs in flight where they are: after a score or a look-up. They reject with an AbortError.
 */
export async function studyThreads(size: number, ledger: string, signal?: AbortSignal): Promise<StudyThreads> {
  const { Piscina } = await import('piscina');
  const fromSources = import.meta.url.endsWith('.ts');
  const script = fromSources ? new URL('./worker.ts', import.meta.url) : new URL('./worker.js', import.meta.url);
  const stop = new SharedArrayBuffer(4);
  const threads = Math.max(1, Math.floor(availableParallelism() / size));
  const data: StudyThreadData = { ledger, threads, stop };
  const order = () => void Atomics.store(new Int32Array(stop), 0, 1);
  const forget = signal && whenAborted(signal, order);
  if (signal?.aborted) order();
  const pool = new Piscina({
    filename: script.href,
    minThreads: size,
    maxThreads: size,
    atomics: 'disabled',
    workerData: data,
    execArgv: fromSources ? typescriptOptions() : [],
  });
  return {
    size,
    async perform(run) {
      const answer = (await pool.run(run).catch((thrown: unknown) => {
        const words = `Expected a study's worker thread to live until the end of its run, but it died: ${messageOf(thrown)}`;
        throw new NascentError('machine', words, { cause: thrown });
      })) as StudyAnswer;
      if ('failure' in answer) throw errorOf(answer.failure);
      return answer.result;
    },
    close: () => {
      forget?.();
      return pool.destroy();
    },
  };
}
