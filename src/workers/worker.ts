/** The worker thread: takes one job at a time and answers with its result or its failure. */
import type { MessagePort } from 'node:worker_threads';
import type { TrainProgress } from '../contracts/job.js';
import { runScoreJob, runTrainJob } from './jobs.js';
import { type Answer, failureRecord, type Order, sendableProgress, sendableResult, type Task } from './messages.js';
import { jobResources } from './resources.js';

const resources = jobResources();

/** Never rejects: a rejection means to the pool that the thread itself has died. */
export default async function work({ job, port }: Task): Promise<Answer> {
  const line = port && progressLine(port);
  try {
    const result =
      job.kind === 'score'
        ? await runScoreJob(job, resources)
        : await runTrainJob(job, resources, { signal: line?.signal, onProgress: line?.report });
    return { result: sendableResult(result) };
  } catch (thrown) {
    return { failure: failureRecord(thrown) };
  } finally {
    port?.close();
  }
}

/**
 * Progress goes out and waits for its answer, so that a training never runs ahead of the ledger, and its result cannot overtake
 * its last epoch.
 */
function progressLine(port: MessagePort): {
  readonly signal: AbortSignal;
  readonly report: (progress: TrainProgress) => Promise<void>;
} {
  const controller = new AbortController();
  let answered: (() => void) | undefined;
  port.on('message', (order: Order) => {
    if (order === 'stop') controller.abort();
    answered?.();
  });
  return {
    signal: controller.signal,
    async report(progress) {
      if (controller.signal.aborted) return;
      const answer = new Promise<void>((resolve) => {
        answered = resolve;
      });
      port.postMessage(sendableProgress(progress));
      await answer;
    },
  };
}
