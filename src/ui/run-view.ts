/**
 * What there is to see of a run, made from its events and nothing else: a finished run read from the ledger looks as it did when
 * it was watched.
 */
import { spearman } from '../base/rank-statistics.js';
import type { BestCandidate, RunConfiguration, RunEvent, Stage } from '../contracts/run.js';
import { Candidates, type CandidateView } from './candidates.js';
import { StageProgress } from './stage-progress.js';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

export type RunState = 'starting' | 'running' | 'paused' | 'finishing' | 'finished' | 'interrupted';

/** The epochs of one training. */
export interface TrainingView {
  readonly evaluation: number;
  readonly candidate: number;
  readonly stage: Stage;
  readonly epochs: number;
  state: 'running' | 'finished' | 'failed' | 'stopped';
  /** Validation accuracy by epoch, from 1. */
  readonly curve: { readonly epoch: number; readonly validation: number }[];
  /** At the end. */
  validation?: number;
  test?: number;
  failure?: string;
}

/** A point of a chart. */
export interface XY {
  readonly x: number;
  readonly y: number;
}

/** Fewer points make no rank correlation worth reading. */
const LEAST_FOR_CORRELATION = 3;

export class RunView {
  id = '';
  state: RunState = 'starting';
  configuration?: RunConfiguration;
  versions: Readonly<Record<string, string>> = {};
  stage?: StageProgress;
  /** Stages that are behind, with what was done in each. */
  readonly past: { readonly stage: Stage; readonly done: number }[] = [];
  /** The direction of the run's metric; to be said before the first candidate. */
  higherIsBetter = true;
  readonly candidates = new Candidates(() => this.higherIsBetter);
  readonly trainings = new Map<number, TrainingView>();
  /** Of those that have ended well, in the order of their ends. */
  readonly finished: TrainingView[] = [];
  readonly fits: { readonly iteration: number; readonly predictor: string; readonly rankCorrelation?: number }[] = [];
  readonly artifacts: EventOf<'exported'>[] = [];
  /** The last remark of the run. */
  warning?: string;
  reason?: string;
  best?: BestCandidate;
  wantedTrainings = 0;
  resources?: { readonly workers: number; readonly memory: number };
  /** Milliseconds since 1970. */
  first = 0;
  last = 0;
  /** When the last event was that is not of a file: those may be exported when no process is at work on the run. */
  private lastWork = 0;
  /** Time in which no process was at work. */
  private idle = 0;

  /** Seconds of work between the first event and the last, or now while the run goes on. */
  seconds(now: number): number {
    if (this.first === 0) return 0;
    const end = this.isOver ? this.lastWork : Math.max(now, this.last);
    return (end - this.first - this.idle) / 1000;
  }

  get isOver(): boolean {
    return this.state === 'finished' || this.state === 'interrupted';
  }

  /** The finished training with the best validation accuracy; of equals the first, or the longer one. */
  get bestTraining(): TrainingView | undefined {
    let best: TrainingView | undefined;
    for (const training of this.finished) {
      const ahead = best ? training.validation! - best.validation! : 1;
      if (ahead > 0 || (ahead === 0 && training.stage === 'retrain')) best = training;
    }
    return best;
  }

  /** Best validation accuracy so far, by trainings that have ended. */
  get bestSoFar(): XY[] {
    let best = 0;
    return this.finished.map(({ validation }, i) => {
      best = Math.max(best, validation!);
      return { x: i + 1, y: best };
    });
  }

  /** Score against validation accuracy, of candidates with both; a long training of the winner does not compare. */
  get scoreAgainstValidation(): XY[] {
    return this.finished.flatMap(({ candidate, stage, validation }) => {
      const score = this.candidates.get(candidate)?.score;
      return stage === 'train' && score !== undefined ? [{ x: score, y: validation! }] : [];
    });
  }

  /** Spearman's ρ of score and validation accuracy; undefined below three points, and where all are equal. */
  get scoreCorrelation(): number | undefined {
    const points = this.scoreAgainstValidation;
    if (points.length < LEAST_FOR_CORRELATION) return undefined;
    const sign = this.higherIsBetter ? 1 : -1;
    const rho = spearman(
      points.map(({ x }) => sign * x),
      points.map(({ y }) => y),
    );
    return Number.isNaN(rho) ? undefined : rho;
  }

  get running(): TrainingView[] {
    return [...this.trainings.values()].filter(({ state }) => state === 'running');
  }

  trainingsOf({ candidate }: CandidateView): TrainingView[] {
    return [...this.trainings.values()].filter((training) => training.candidate === candidate);
  }

  see(event: RunEvent): void {
    if (this.first === 0) this.first = event.time;
    // A killed run has no event of its end: nothing but the resumption tells that no process was at work.
    if (event.type === 'run-started' && this.lastWork > 0) this.idle += event.time - this.lastWork;
    if (event.type !== 'exported') this.lastWork = event.time;
    this.last = event.time;
    this.id = event.run;
    if (event.type === 'stage-started') this.beginStage(event);
    else this.stage?.see(event);
    this.take(event);
  }

  private take(event: RunEvent): void {
    if (event.type === 'run-started') this.begin(event);
    else if (event.type === 'candidate-scored') this.candidates.add(event);
    else if (event.type === 'training-started') this.beginTraining(event);
    else if (event.type === 'epoch') this.addEpoch(event);
    else if (event.type === 'evaluation-finished') this.endTraining(event);
    else if (event.type === 'predictor-fitted') this.addFit(event);
    else if (event.type === 'steered') this.steer(event);
    else if (event.type === 'resources') this.resources = event;
    else if (event.type === 'exported') this.addArtifact(event);
    else if (event.type === 'warning') this.warning = event.message;
    else this.end(event);
  }

  private begin({ configuration, versions, engineChoice }: EventOf<'run-started'>): void {
    this.state = 'running';
    this.configuration = configuration;
    this.versions = versions;
    this.reason = undefined;
    this.warning = engineChoice ?? this.warning;
    if (this.wantedTrainings === 0) this.wantedTrainings = configuration.train;
  }

  private beginStage(event: EventOf<'stage-started'>): void {
    if (this.stage && this.stage.stage !== event.stage)
      this.past.push({ stage: this.stage.stage, done: this.stage.done });
    const again = this.past.findIndex(({ stage }) => stage === event.stage);
    if (again >= 0) this.past.splice(again);
    this.stage = new StageProgress(event, this.configuration?.recipe.epochs ?? 1);
  }

  private beginTraining(event: EventOf<'training-started'>): void {
    const { evaluation, candidate, stage, epochs, fromEpoch } = event;
    const earlier = this.trainings.get(evaluation)?.curve ?? [];
    const curve = earlier.filter(({ epoch }) => epoch <= fromEpoch);
    this.trainings.set(evaluation, { evaluation, candidate, stage, epochs, state: 'running', curve });
    this.candidates.beginTraining(candidate);
  }

  private addEpoch({ evaluation, epoch, validationAccuracy }: EventOf<'epoch'>): void {
    this.trainings.get(evaluation)?.curve.push({ epoch, validation: validationAccuracy });
  }

  private endTraining({ evaluation, candidate, measures, failure }: EventOf<'evaluation-finished'>): void {
    const training = this.trainings.get(evaluation);
    if (!training) return;
    training.state = failure === undefined ? 'finished' : 'failed';
    training.failure = failure;
    training.validation = measures?.validationAccuracy?.value;
    training.test = measures?.testAccuracy?.value;
    if (training.validation !== undefined) this.finished.push(training);
    this.candidates.endTraining(candidate, training.validation);
  }

  private addFit(event: EventOf<'predictor-fitted'>): void {
    this.fits.push(event);
    this.candidates.predict(event.proposals);
  }

  /** Takes the place of an earlier artifact at the same path, as in the ledger. */
  private addArtifact(event: EventOf<'exported'>): void {
    const earlier = this.artifacts.findIndex(({ path }) => path === event.path);
    if (earlier >= 0) this.artifacts.splice(earlier, 1);
    this.artifacts.push(event);
  }

  private steer(event: EventOf<'steered'>): void {
    if (event.action === 'pause') this.state = 'paused';
    if (event.action === 'continue') this.state = 'running';
    if (event.action === 'finish') this.state = 'finishing';
    if (event.action === 'train-count') this.wantedTrainings = event.count;
  }

  private end(event: RunEvent): void {
    if (event.type === 'run-interrupted') {
      this.state = 'interrupted';
      this.reason = event.reason;
      for (const training of this.running) {
        training.state = 'stopped';
        this.candidates.endTraining(training.candidate, undefined);
      }
    }
    if (event.type === 'run-finished') {
      this.state = 'finished';
      this.best = event.best;
    }
  }
}
