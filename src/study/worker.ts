/** The worker thread of a study: performs one run at a time. */
import { workerData } from 'node:worker_threads';
import type { StudyRun, StudyRunResult } from '../contracts/study.js';
import { openStudies } from '../log/studies.js';
import { abortError } from '../workers/abort.js';
import { inlinePool } from '../workers/inline-pool.js';
import { type FailureRecord, failureRecord } from '../workers/messages.js';
import { performRun, type StudyResources, studyResources } from './run.js';
import type { StudyThreadData } from './threads.js';

export type StudyAnswer = { readonly result: StudyRunResult } | { readonly failure: FailureRecord };

let resources: StudyResources | undefined;

/** Never rejects: a rejection means that the thread itself has died. */
export default async function work(run: StudyRun): Promise<StudyAnswer> {
  try {
    const given = ownData();
    const stopped = new Int32Array(given.stop);
    resources ??= studyResources(openStudies(given.ledger), inlinePool(), given.threads, () => {
      if (Atomics.load(stopped, 0) !== 0) throw abortError();
    });
    return { result: await performRun(run, resources) };
  } catch (thrown) {
    return { failure: failureRecord(thrown) };
  }
}

/** Piscina wraps what it was given as `workerData`. */
function ownData(): StudyThreadData {
  const given: unknown = workerData;
  return (
    Array.isArray(given) ? given.find((entry) => typeof entry === 'object' && entry?.ledger) : given
  ) as StudyThreadData;
}
