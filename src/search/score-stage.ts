/**
 * The score stage: candidates are proposed, scored in the pool, and recorded in the order of their proposals. Candidates that the
 * metric cannot tell apart share one score: their common canonical form is scored, so that it does not matter which came first.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf, NascentError } from '../base/errors.js';
import type { ScoreJob } from '../contracts/job.js';
import { type ActiveRun, dataReference, isFatal, networkReference, recordEvent, THREADS } from './active-run.js';
import { proposals } from './proposals.js';
import { type Proposed, type ScoredCandidate, type ScoreOutcome, scoreRecorder } from './score-recorder.js';

/** A candidate on its way. Without an outcome its job runs, or it waits for an earlier candidate of its form. */
interface Pending extends Proposed {
  outcome?: ScoreOutcome;
}

/** Candidates a worker that may wait for a slower one before them: a kill loses no more scores than those. */
const WAITING_A_WORKER = 4;

/** @returns all candidates in order; fewer than `count` where the run was told to stop */
export async function scoreStage(run: ActiveRun): Promise<ScoredCandidate[]> {
  const scored = recordedCandidates(run);
  const { count } = run.configuration;
  recordEvent(run, { type: 'stage-started', stage: 'score', total: count, done: scored.length });
  if (scored.length < count) await scoreRest(run, scored);
  if (scored.length === count) requireSomeScore(scored);
  return scored;
}

function recordedCandidates({ ledger, id }: ActiveRun): ScoredCandidate[] {
  const scores = new Map(ledger.scores(id).map((score) => [score.candidate, score]));
  return ledger.candidates(id).map(({ candidate, architecture }) => {
    const { value, failure } = scores.get(candidate)!;
    return { candidate, architecture, value, failure };
  });
}

function requireSomeScore(scored: readonly ScoredCandidate[]): void {
  if (scored.some(({ value }) => value !== undefined)) return;
  const words = `Expected at least one of ${scored.length} candidates to get a score, got none; the first: ${scored[0].failure}`;
  throw new NascentError('machine', words);
}

async function scoreRest(run: ActiveRun, scored: ScoredCandidate[]): Promise<void> {
  const { configuration, space, metric, pool, signal } = run;
  const proposer = proposals(run.sampler(), (proposal) => observed(run, scored[proposal]));
  const recorder = await scoreRecorder(run, scored);
  const pending: Pending[] = [];
  const running = new Map<string, Promise<void>>();
  let fatal: { readonly error: unknown } | undefined;
  let next = scored.length;

  const mayPropose = () =>
    !fatal &&
    !signal.aborted &&
    next < configuration.count &&
    running.size < pool.size &&
    pending.length < WAITING_A_WORKER * pool.size &&
    proposer.ready(next, scored.length);
  const propose = async (): Promise<Pending> => {
    const architecture = await proposer.propose(next++);
    const form = space.format(space.canonical(architecture, metric.sees));
    return { candidate: next, architecture: space.format(architecture), form };
  };
  const start = async (candidate: Pending) => {
    try {
      candidate.outcome = await computeScore(run, candidate.form);
    } catch (error) {
      fatal ??= { error };
    } finally {
      running.delete(candidate.form);
    }
  };
  const isNew = ({ form }: Pending) => !recorder.knows(form) && !pending.some((earlier) => earlier.form === form);

  while (true) {
    while (mayPropose()) {
      const candidate = await propose();
      if (isNew(candidate)) running.set(candidate.form, start(candidate));
      pending.push(candidate);
    }
    while (pending.length > 0 && (pending[0].outcome || recorder.knows(pending[0].form))) {
      const candidate = pending.shift()!;
      recorder.record(candidate, candidate.outcome);
    }
    if (mayPropose()) await nextTurn();
    else if (running.size > 0) await Promise.race(running.values());
    else break;
  }
  if (fatal) throw fatal.error;
}

/** Higher is better for samplers, whatever the metric's direction. */
function observed({ space, metric }: ActiveRun, { architecture, value }: ScoredCandidate) {
  const better = value === undefined || metric.higherIsBetter ? value : -value;
  return { architecture: space.parse(architecture), value: better };
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
