/**
 * The training stages: the best candidates by score side by side in the pool, then, where it is asked for, the winner once more at
 * full length. The candidates trained are the shortest beginning of the ranking in which enough trainings succeed, whatever the
 * number of workers; evaluation i is that of rank i.
 */
import { NascentError } from '../base/errors.js';
import type { EvaluationRow } from '../contracts/ledger.js';
import { type ActiveRun, recordEvent } from './active-run.js';
import { type EvaluationPlan, evaluate, evaluateSideBySide } from './evaluation.js';
import { bestEvaluation, validationAccuracy } from './ranking.js';
import type { ScoredCandidate } from './score-recorder.js';

/**
 * Trains until `train` candidates have succeeded, or nobody is left.
 * @returns false where the run was told to stop before
 */
export async function trainStage(run: ActiveRun, ranked: readonly ScoredCandidate[]): Promise<boolean> {
  const { ledger, id, configuration } = run;
  const wanted = Math.min(configuration.train, ranked.length);
  const earlier = new Map(evaluationsOf(run, 'train').map((row) => [row.evaluation, row.status]));
  const done = [...earlier.values()].filter((status) => status === 'finished').length;
  recordEvent(run, { type: 'stage-started', stage: 'train', total: wanted, done });
  if (wanted < configuration.train) {
    const message = `Only ${wanted} candidates with a score differ in what they compute, so ${wanted} are trained instead of ${configuration.train}.`;
    recordEvent(run, { type: 'warning', message });
  }
  const plans = ranked.map(({ candidate, architecture }, rank) => ({
    evaluation: rank + 1,
    candidate,
    architecture,
    stage: 'train' as const,
    recipe: configuration.recipe,
  }));
  const unfinished = plans.filter(({ evaluation }) => (earlier.get(evaluation) ?? 'running') === 'running');
  const complete = await trainUntil(run, unfinished, wanted - done);
  if (complete) requireSomeTraining(ledger.evaluations(id));
  return complete;
}

/** @throws NascentError `machine` with the first reason, where every training has failed */
export function requireSomeTraining(evaluations: readonly EvaluationRow[]): void {
  if (bestEvaluation(evaluations)) return;
  const first = evaluations[0]?.failure;
  const words = `Expected at least one of ${evaluations.length} trainings to succeed, got none; the first: ${first}`;
  throw new NascentError('machine', words);
}

/**
 * Runs `plans` in order, as many at once as are still needed, until `wanted` have succeeded.
 * @returns false where the run was told to stop before
 */
async function trainUntil(run: ActiveRun, plans: readonly EvaluationPlan[], wanted: number): Promise<boolean> {
  const queue = [...plans];
  let ended = 0;
  let succeeded = 0;
  await evaluateSideBySide(run, {
    next: (running) => (succeeded + running < wanted ? queue.shift() : undefined),
    ended(_, result) {
      ended++;
      if (!('failure' in result)) succeeded++;
    },
  });
  return succeeded >= wanted || ended === plans.length;
}

/**
 * Trains the best candidate anew for `retrainEpochs`; its short training stays the result where the long one is worse.
 * @returns false where the run was told to stop before
 */
export async function retrainStage(run: ActiveRun): Promise<boolean> {
  const { ledger, id, configuration } = run;
  const short = bestEvaluation(evaluationsOf(run, 'train'));
  if (!short || configuration.retrainEpochs === 0) return true;
  const earlier = evaluationsOf(run, 'retrain')[0];
  const over = earlier !== undefined && earlier.status !== 'running';
  recordEvent(run, { type: 'stage-started', stage: 'retrain', total: 1, done: over ? 1 : 0 });
  if (over) return true;
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
