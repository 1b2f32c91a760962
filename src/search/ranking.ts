/** Who is trained, and who is best. */
import type { EvaluationRow } from '../contracts/ledger.js';
import type { ActiveRun } from './active-run.js';
import type { ScoredCandidate } from './score-recorder.js';

/**
 * Candidates with a score, best first, one of each function: training the same network twice tells nothing new. Of equal scores
 * the earlier candidate comes first.
 */
export function rankedCandidates(
  { space, metric }: Pick<ActiveRun, 'space' | 'metric'>,
  scored: readonly ScoredCandidate[],
): ScoredCandidate[] {
  const sign = metric.higherIsBetter ? -1 : 1;
  const ranked = scored
    .filter(({ value }) => value !== undefined)
    .sort((a, b) => sign * (a.value! - b.value!) || a.candidate - b.candidate);
  const seen = new Set<string>();
  return ranked.filter(({ architecture }) => {
    const form = space.format(space.canonical(space.parse(architecture), 'function'));
    if (seen.has(form)) return false;
    seen.add(form);
    return true;
  });
}

/**
 * The finished evaluation with the best validation accuracy. Of equals the first, that is the better score; but a long training
 * needs only to be as good as the short one. Test accuracy is not looked at.
 */
export function bestEvaluation(evaluations: readonly EvaluationRow[]): EvaluationRow | undefined {
  let best: EvaluationRow | undefined;
  for (const evaluation of evaluations) {
    if (evaluation.status !== 'finished') continue;
    const ahead = best ? validationAccuracy(evaluation) - validationAccuracy(best) : 1;
    if (ahead > 0 || (ahead === 0 && evaluation.stage === 'retrain')) best = evaluation;
  }
  return best;
}

export function validationAccuracy({ measures }: EvaluationRow): number {
  return measures?.validationAccuracy?.value ?? Number.NEGATIVE_INFINITY;
}
