/**
 * The trainings of a run that trains its best: each function once, for training the same network twice tells nothing new, and numbered
 * in the order in which they begin.
 */
import type { TrainingResult } from '../contracts/training.js';
import type { ActiveRun } from './active-run.js';
import { type EvaluationPlan, evaluate } from './evaluation.js';
import type { ScoredCandidate } from './score-recorder.js';

type Trainable = Pick<ScoredCandidate, 'candidate' | 'architecture'>;

export type TrainingState = 'unfinished' | 'running' | 'finished' | 'failed';

export interface Training extends Trainable {
  readonly evaluation: number;
  /** `unfinished`: an earlier part of the run began it. */
  readonly state: TrainingState;
}

export class Trainings {
  /** By the form that stands for a function. */
  private readonly trainings = new Map<string, Training>();
  private readonly forms = new Map<string, string>();
  private last = 0;

  constructor(private readonly run: Pick<ActiveRun, 'id' | 'ledger' | 'space' | 'configuration'>) {
    const { ledger, id } = run;
    const rows = ledger.evaluations(id).filter(({ stage }) => stage === 'train');
    if (rows.length === 0) return;
    const architectures = new Map(ledger.candidates(id).map((row) => [row.candidate, row.architecture]));
    for (const { candidate, evaluation, status } of rows) {
      const state = status === 'running' ? 'unfinished' : status;
      const architecture = architectures.get(candidate)!;
      this.trainings.set(this.formOf(architecture), { candidate, architecture, evaluation, state });
      this.last = Math.max(this.last, evaluation);
    }
  }

  /** The training that stands for the candidate, its own or that of another one which computes the same. */
  of({ architecture }: Pick<Trainable, 'architecture'>): Training | undefined {
    return this.trainings.get(this.formOf(architecture));
  }

  /** Takes a candidate that no training runs for; the plan goes on where an unfinished one was. */
  plan(wanted: Trainable): EvaluationPlan {
    const { candidate, architecture, evaluation } = this.of(wanted) ?? { ...wanted, evaluation: ++this.last };
    this.trainings.set(this.formOf(architecture), { candidate, architecture, evaluation, state: 'running' });
    return { candidate, architecture, evaluation, stage: 'train', recipe: this.run.configuration.recipe };
  }

  settle({ architecture, candidate, evaluation }: EvaluationPlan, result: TrainingResult): void {
    const state = 'failure' in result ? 'failed' : 'finished';
    this.trainings.set(this.formOf(architecture), { candidate, architecture, evaluation, state });
  }

  private formOf(architecture: string): string {
    const { space } = this.run;
    const form = this.forms.get(architecture) ?? space.format(space.canonical(space.parse(architecture), 'function'));
    this.forms.set(architecture, form);
    return form;
  }
}

/** Trains a candidate that no training runs for. @returns undefined where it was stopped */
export async function trainNow(
  run: ActiveRun,
  trainings: Trainings,
  candidate: Trainable,
): Promise<TrainingResult | undefined> {
  const plan = trainings.plan(candidate);
  const result = await evaluate(run, plan, run.signal);
  if (result) trainings.settle(plan, result);
  return result;
}
