/**
 * The training stages: the best candidates by score side by side in the pool, then, where it is asked for, the winner once more at
 * full length. The candidates trained are the shortest beginning of the ranking in which enough trainings succeed, whatever the
 * number of workers; evaluation i is that of rank i, unless a person asked for others besides.
 */
import { NascentError } from '../base/errors.js';
import type { EvaluationRow } from '../contracts/ledger.js';
import { type ActiveRun, recordEvent } from './active-run.js';
import { evaluate, evaluateSideBySide } from './evaluation.js';
import { bestEvaluation, validationAccuracy } from './ranking.js';
import type { ScoredCandidate } from './score-recorder.js';

/**
 * Trains until as many candidates as are wanted have succeeded, or nobody is left.
 * @returns false where the run was told to stop before
 */
export async function trainStage(run: ActiveRun, ranked: readonly ScoredCandidate[]): Promise<boolean> {
  const { ledger, id, steering } = run;
  const wanted = () => Math.min(steering.wantedTrainings, ranked.length);
  const best = () => nextRanked(run, ranked, wanted());
  recordEvent(run, {
    type: 'stage-started',
    stage: 'train',
    total: wanted(),
    done: countFinished(run, ranked, wanted()),
  });
  warnIfFew(run, ranked.length);
  do {
    await evaluateSideBySide(run, {
      next() {
        const candidate = best();
        return candidate && steering.trainings.plan(candidate);
      },
      ended: (plan, result) => steering.trainings.settle(plan, result),
    });
    // A training that was asked for may fail, and leave its place to the next in rank.
    await steering.requestsMet();
  } while (best() && (await steering.mayGoOn()));
  if (best() || !(await steering.mayGoOn())) return false;
  requireSomeTraining(ledger.evaluations(id));
  return true;
}

function countFinished({ steering }: ActiveRun, ranked: readonly ScoredCandidate[], wanted: number): number {
  const finished = ranked.filter((candidate) => steering.trainings.of(candidate)?.state === 'finished').length;
  return Math.min(wanted, finished);
}

function warnIfFew(run: ActiveRun, ranked: number): void {
  const { wantedTrainings } = run.steering;
  if (ranked >= wantedTrainings) return;
  const message = `Only ${ranked} candidates with a score differ in what they compute, so ${ranked} are trained instead of ${wantedTrainings}.`;
  recordEvent(run, { type: 'warning', message });
}

/** The best candidate without a training, as long as those before it can give fewer than `wanted` successes. */
function nextRanked(
  { steering }: ActiveRun,
  ranked: readonly ScoredCandidate[],
  wanted: number,
): ScoredCandidate | undefined {
  let possible = 0;
  for (const candidate of ranked) {
    if (possible === wanted) return undefined;
    const state = steering.trainings.of(candidate)?.state ?? 'unfinished';
    if (state === 'unfinished') return candidate;
    if (state !== 'failed') possible++;
  }
  return undefined;
}

/** @throws NascentError `machine` with the first reason, where every training has failed */
export function requireSomeTraining(evaluations: readonly EvaluationRow[]): void {
  if (bestEvaluation(evaluations)) return;
  const first = evaluations[0]?.failure;
  const words = `Expected at least one of ${evaluations.length} trainings to succeed, got none; the first: ${first}`;
  throw new NascentError('machine', words);
}

/**
 * Trains the best candidate anew for `retrainEpochs`; its short training stays the result where the long one is worse.
 * @returns false where the run was told to stop before
 */
export async function retrainStage(run: ActiveRun): Promise<boolean> {
  const { ledger, id, configuration, steering } = run;
  const short = bestEvaluation(evaluationsOf(run, 'train'));
  if (!short || configuration.retrainEpochs === 0) return true;
  const earlier = evaluationsOf(run, 'retrain')[0];
  const over = earlier !== undefined && earlier.status !== 'running';
  recordEvent(run, { type: 'stage-started', stage: 'retrain', total: 1, done: over ? 1 : 0 });
  if (over) return true;
  if (!(await steering.mayGoOn())) return false;
  const { architecture } = ledger.candidates(id).find(({ candidate }) => candidate === short.candidate)!;
  const numbers = ledger.evaluations(id).map(({ evaluation }) => evaluation);
  const evaluation = earlier?.evaluation ?? Math.max(configuration.train, ...numbers) + 1;
  const recipe = { ...configuration.recipe, epochs: configuration.retrainEpochs };
  const plan = { evaluation, candidate: short.candidate, architecture, stage: 'retrain' as const, recipe };
  if (!(await evaluate(run, plan, run.signal))) return false;
  warnIfWorse(run, short);
  return true;
}

function warnIfWorse(run: ActiveRun, short: EvaluationRow): void {
  const [long] = evaluationsOf(run, 'retrain');
  if (validationAccuracy(long) >= validationAccuracy(short)) return;
  const reason = long.failure === undefined ? 'its validation accuracy is lower' : `it failed: ${long.failure}`;
  const message = `The long training is not better than the short one (${reason}), so the short one is kept.`;
  recordEvent(run, { type: 'warning', message });
}

export function evaluationsOf({ ledger, id }: ActiveRun, stage: 'train' | 'retrain'): EvaluationRow[] {
  return ledger.evaluations(id).filter((row) => row.stage === stage);
}
