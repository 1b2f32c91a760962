/**
 * Scoring in order: candidates are scored side by side in the pool and recorded in the order in which they were added, so that their
 * numbers do not depend on which worker was quick. Candidates that the metric cannot tell apart share one score: their common
 * canonical form is scored, so that it does not matter which came first.
 */
import { messageOf } from '../base/errors.js';
import type { ScoreJob } from '../contracts/job.js';
import { abortError } from '../workers/abort.js';
import { type ActiveRun, dataReference, isFatal, networkReference, THREADS } from './active-run.js';
import type { NewCandidate, ScoredCandidate, ScoreOutcome, ScoreRecorder } from './score-recorder.js';

export interface ScoreQueue extends Pick<ScoreRecorder, 'recorded' | 'proposed' | 'formOf'> {
  /** Whether another candidate would begin at once and wait for few. */
  readonly hasRoom: boolean;
  /** Jobs in flight. */
  readonly running: number;
  /**
   * Puts a candidate behind the last one; resolves when it is recorded. Nobody has to wait for it.
   * @throws AbortError where the run was told to stop before its score was begun; what concerns the whole run, as `idle` does
   */
  add(architecture: unknown, asked?: boolean): Promise<ScoredCandidate>;
  /** Resolves when the next job has ended. */
  jobEnd(): Promise<void>;
  /** Waits for the jobs in flight. @throws what concerns the whole run */
  idle(): Promise<void>;
}

/** A candidate on its way. Without an outcome its job waits or runs, or an earlier candidate has its form. */
interface Entry extends NewCandidate {
  outcome?: ScoreOutcome;
  readonly resolve: (scored: ScoredCandidate) => void;
  readonly reject: (reason: unknown) => void;
}

/** Candidates a worker that may wait for a slower one before them: a kill loses no more scores than those. */
const WAITING_A_WORKER = 4;

export function scoreQueue(run: ActiveRun, recorder: ScoreRecorder): ScoreQueue {
  const { space, pool, signal } = run;
  /** Added and not recorded. Jobs begin in their order, so behind the first that has not begun none has. */
  const entries: Entry[] = [];
  const unbegun: Entry[] = [];
  const running = new Set<Promise<void>>();
  let fatal: { readonly error: unknown } | undefined;

  /** Forgets an entry and all behind it, which can't be recorded before it. */
  const drop = (first: Entry, reason: unknown) => {
    const place = entries.indexOf(first);
    if (place >= 0) for (const { reject } of entries.splice(place)) reject(reason);
    unbegun.length = 0;
  };
  const fail = (entry: Entry, error: unknown) => {
    fatal ??= { error };
    drop(entry, error);
  };
  const recordReady = () => {
    while (entries.length > 0 && (entries[0].outcome || recorder.knows(entries[0].form))) {
      const [entry] = entries;
      try {
        entry.resolve(recorder.record(entry, entry.outcome));
        entries.shift();
      } catch (error) {
        fail(entry, error);
      }
    }
  };
  const begin = async (entry: Entry) => {
    try {
      entry.outcome = await computeScore(run, entry.form);
    } catch (error) {
      fail(entry, error);
    }
  };
  const advance = () => {
    recordReady();
    if (unbegun.length > 0 && signal.aborted) drop(unbegun[0], abortError(signal));
    while (unbegun.length > 0 && running.size < pool.size) {
      const job = begin(unbegun.shift()!).then(() => {
        running.delete(job);
        advance();
      });
      running.add(job);
    }
  };

  return {
    recorded: recorder.recorded,
    proposed: recorder.proposed,
    formOf: recorder.formOf,
    get hasRoom() {
      const few = running.size < pool.size && entries.length < WAITING_A_WORKER * pool.size;
      return few && !fatal && !signal.aborted;
    },
    get running() {
      return running.size;
    },
    add(architecture, asked = false) {
      const form = recorder.formOf(architecture);
      const recorded = new Promise<ScoredCandidate>((resolve, reject) => {
        if (fatal) return reject(fatal.error);
        const entry: Entry = { architecture: space.format(architecture), form, asked, resolve, reject };
        if (!recorder.knows(form) && !entries.some((earlier) => earlier.form === form)) unbegun.push(entry);
        entries.push(entry);
        advance();
      });
      recorded.catch(() => {});
      return recorded;
    },
    jobEnd: () => Promise.race(running),
    async idle() {
      while (running.size > 0) await Promise.race(running);
      if (fatal) throw fatal.error;
    },
  };
}

/** What concerns the candidate alone becomes its failure; what concerns the whole run is thrown. */
async function computeScore(run: ActiveRun, form: string): Promise<ScoreOutcome> {
  const { configuration, pool } = run;
  const job: ScoreJob = {
    kind: 'score',
    network: networkReference(configuration, configuration.scoreSkeleton, form),
    data: dataReference(configuration),
    metric: configuration.metric,
    batch: configuration.scoreBatch,
    seed: configuration.seed,
    engine: configuration.engine,
    threads: THREADS,
  };
  const started = performance.now();
  try {
    return await pool.run(job);
  } catch (thrown) {
    if (isFatal(thrown)) throw thrown;
    return { score: { failure: messageOf(thrown) }, seconds: (performance.now() - started) / 1000 };
  }
}
