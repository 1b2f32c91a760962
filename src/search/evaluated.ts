/** Which evaluation stands for each proposal, and what came of it. */
import type { EvaluationRow } from '../contracts/ledger.js';
import { type ActiveRun, recordEvent } from './active-run.js';
import type { EvaluationPlan } from './evaluation.js';
import type { ScoredCandidate } from './score-recorder.js';

export interface EvaluatedProposals {
  /** Proposals so far. */
  readonly count: number;
  /** How many of the first proposals have their outcomes, without a gap. */
  readonly settled: number;
  /** Takes the next proposal; gives the training that it needs, if any. */
  add(candidate: ScoredCandidate): EvaluationPlan | undefined;
  settle(plan: Pick<EvaluationPlan, 'evaluation'>, result: Pick<EvaluationRow, 'measures' | 'failure'>): void;
  /** Validation accuracy of a settled proposal; undefined where its training failed. */
  valueOf(proposal: number): number | undefined;
}

/**
 * @param rows evaluations of earlier parts of the run
 * @param told those evaluations that are known to be shared; others are recorded
 */
export function evaluatedProposals(
  run: ActiveRun,
  rows: readonly EvaluationRow[],
  told: ReadonlySet<number>,
): EvaluatedProposals {
  const { space, configuration } = run;
  const outcomes = new Map<number, { readonly value: number | undefined }>();
  /** Evaluation of each proposal, and the first of each function. */
  const evaluationOf: number[] = [];
  const firstOf = new Map<string, number>();
  let settled = 0;
  const settle: EvaluatedProposals['settle'] = ({ evaluation }, { measures }) => {
    outcomes.set(evaluation, { value: measures?.validationAccuracy?.value });
  };
  for (const row of rows) if (row.status !== 'running') settle(row, row);

  return {
    settle,
    get count() {
      return evaluationOf.length;
    },
    get settled() {
      while (settled < evaluationOf.length && outcomes.has(evaluationOf[settled])) settled++;
      return settled;
    },
    add({ candidate, architecture }) {
      const evaluation = evaluationOf.length + 1;
      // What decides a training's outcome besides its seed: equal functions are not trained twice.
      const form = space.format(space.canonical(space.parse(architecture), 'function'));
      const sharedWith = firstOf.get(form);
      evaluationOf.push(sharedWith ?? evaluation);
      if (sharedWith !== undefined) {
        if (!told.has(evaluation)) recordEvent(run, { type: 'evaluation-shared', evaluation, candidate, sharedWith });
        return undefined;
      }
      firstOf.set(form, evaluation);
      if (outcomes.has(evaluation)) return undefined;
      return { evaluation, candidate, architecture, stage: 'train', recipe: configuration.recipe };
    },
    valueOf: (proposal) => outcomes.get(evaluationOf[proposal])?.value,
  };
}
