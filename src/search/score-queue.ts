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

/** A candidate on its way. Without an outcome its job waits or runs, or an earlier candidate has its form. */
interface Entry extends NewCandidate {
  outcome?: ScoreOutcome;
  readonly resolve: (scored: ScoredCandidate) => void;
  readonly reject: (reason: unknown) => void;
}

/** Candidates a worker that may wait for a slower one before them: a kill loses no more scores than those. */
const WAITING_A_WORKER = 4;

export class ScoreQueue {
  /** Added and not recorded. Jobs begin in their order: behind the first of `unbegun` none has begun. */
  private readonly entries: Entry[] = [];
  private readonly unbegun: Entry[] = [];
  private readonly jobs = new Set<Promise<void>>();
  private fatal?: { readonly error: unknown };

  constructor(
    private readonly run: ActiveRun,
    private readonly recorder: ScoreRecorder,
  ) {}

  /** Candidates recorded so far. */
  get recorded(): readonly ScoredCandidate[] {
    return this.recorder.recorded;
  }

  /** Those among them that were proposed: proposal i at place i. */
  get proposed(): readonly ScoredCandidate[] {
    return this.recorder.proposed;
  }

  /** Whether another candidate would begin at once and wait for few. */
  get hasRoom(): boolean {
    const { pool, signal } = this.run;
    const few = this.jobs.size < pool.size && this.entries.length < WAITING_A_WORKER * pool.size;
    return few && !this.fatal && !signal.aborted;
  }

  /** Jobs in flight. */
  get running(): number {
    return this.jobs.size;
  }

  /** What the metric can tell of an architecture. */
  formOf(architecture: unknown): string {
    return this.recorder.formOf(architecture);
  }

  /**
   * Puts a candidate behind the last one; resolves when it is recorded. Nobody has to wait for it.
   * @param asked not proposed: the sampler asks for its score
   * @throws AbortError where the run was told to stop before its score was begun; what concerns the whole run, as `idle` does
   */
  add(architecture: unknown, asked = false): Promise<ScoredCandidate> {
    const form = this.formOf(architecture);
    const recorded = new Promise<ScoredCandidate>((resolve, reject) => {
      if (this.fatal) return reject(this.fatal.error);
      const entry: Entry = { architecture: this.run.space.format(architecture), form, asked, resolve, reject };
      const isNew = !this.recorder.knows(form) && !this.entries.some((earlier) => earlier.form === form);
      if (isNew) this.unbegun.push(entry);
      this.entries.push(entry);
      this.advance();
    });
    recorded.catch(() => {});
    return recorded;
  }

  /** Resolves when the next of the jobs in flight has ended. */
  jobEnd(): Promise<void> {
    return Promise.race(this.jobs);
  }

  /** Waits for the jobs in flight. @throws what concerns the whole run */
  async idle(): Promise<void> {
    while (this.jobs.size > 0) await this.jobEnd();
    if (this.fatal) throw this.fatal.error;
  }

  private advance(): void {
    const { pool, signal } = this.run;
    this.recordReady();
    if (this.unbegun.length > 0 && signal.aborted) this.drop(this.unbegun[0], abortError(signal));
    while (this.unbegun.length > 0 && this.jobs.size < pool.size) {
      const job = this.begin(this.unbegun.shift()!).then(() => {
        this.jobs.delete(job);
        this.advance();
      });
      this.jobs.add(job);
    }
  }

  private recordReady(): void {
    const { entries, recorder } = this;
    while (entries.length > 0 && (entries[0].outcome || recorder.knows(entries[0].form))) {
      const [entry] = entries;
      try {
        entry.resolve(recorder.record(entry, entry.outcome));
        entries.shift();
      } catch (error) {
        this.fail(entry, error);
      }
    }
  }

  private async begin(entry: Entry): Promise<void> {
    try {
      entry.outcome = await computeScore(this.run, entry.form);
    } catch (error) {
      this.fail(entry, error);
    }
  }

  private fail(entry: Entry, error: unknown): void {
    this.fatal ??= { error };
    this.drop(entry, error);
  }

  /** Forgets an entry and all behind it, which can't be recorded before it. */
  private drop(first: Entry, reason: unknown): void {
    const place = this.entries.indexOf(first);
    if (place >= 0) for (const { reject } of this.entries.splice(place)) reject(reason);
    this.unbegun.length = 0;
  }
}

/** What concerns the candidate alone becomes its failure; what concerns the whole run is thrown. */
async function computeScore(run: ActiveRun, form: string): Promise<ScoreOutcome> {
  const { configuration, pool } = run;
  const job: ScoreJob = {
    kind: 'score',
    network: networkReference(configuration, configuration.scoreSkeleton, form),
    data: dataReference(configuration),
    metrics: [configuration.metric],
    batch: configuration.scoreBatch,
    seed: configuration.seed,
    engine: configuration.engine,
    threads: THREADS,
  };
  const started = performance.now();
  try {
    const { scores, seconds } = await pool.run(job);
    return { score: scores[configuration.metric], seconds };
  } catch (thrown) {
    if (isFatal(thrown)) throw thrown;
    return { score: { failure: messageOf(thrown) }, seconds: (performance.now() - started) / 1000 };
  }
}
