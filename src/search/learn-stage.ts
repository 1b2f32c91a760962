/**
 * The stage of samplers that learn from evaluations: each proposal is recorded with its score, then trained, and what came of it is
 * observed. Proposal i is evaluation i + 1; one that computes the same as an earlier one is not trained, for the evaluation of that one
 * stands for both. As many run side by side as the sampler's needs and the pool allow.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ActiveRun, recordEvent } from './active-run.js';
import { evaluatedProposals } from './evaluated.js';
import { type EvaluationPlan, evaluateSideBySide } from './evaluation.js';
import { proposing } from './proposals.js';
import { evaluationsOf, requireSomeTraining } from './train-stage.js';

/** @returns false where the run was told to stop before all proposals were evaluated */
export async function learnStage(run: ActiveRun): Promise<boolean> {
  const { space, signal, steering } = run;
  const total = () => steering.wantedTrainings;
  const { queue, history, proposer } = await proposing(run);
  const { proposed } = queue;
  const earlier = evaluationsOf(run, 'train');
  const done = earlier.filter(({ status }) => status !== 'running').length + history.shared.size;
  recordEvent(run, { type: 'stage-started', stage: 'train', total: total(), done });
  const evaluated = evaluatedProposals(run, earlier, history.shared);
  const unfinished = proposed.flatMap((candidate) => evaluated.add(candidate) ?? []);
  const { ready, propose } = await proposer((proposal) => ({
    architecture: space.parse(proposed[proposal].architecture),
    value: evaluated.valueOf(proposal),
  }));

  const next = async (): Promise<EvaluationPlan | undefined> => {
    if (unfinished.length > 0) return unfinished.shift();
    while (evaluated.count < total() && ready(evaluated.count, evaluated.settled) && !signal.aborted) {
      const plan = evaluated.add(await queue.add(await propose(evaluated.count)));
      if (plan) return plan;
      await nextTurn();
    }
  };
  try {
    await evaluateSideBySide(run, { next, ended: evaluated.settle });
  } finally {
    await queue.idle();
  }
  if (evaluated.settled < total() || !(await steering.mayGoOn())) return false;
  requireSomeTraining(evaluationsOf(run, 'train'));
  return true;
}
