/** Steering of a run: what is asked is checked, recorded, and then told to the stages. */
import { expected, NascentError, wholeNumber } from '../base/errors.js';
import type { CandidateRow, EvaluationRow } from '../contracts/ledger.js';
import type { RunEvent } from '../contracts/run.js';
import type { Steering, SteeringRequest } from '../contracts/steering.js';
import { type ActiveRun, recordEvent } from './active-run.js';
import { exportCandidate } from './export-stage.js';
import { bestEvaluation } from './ranking.js';
import { Requests } from './requests.js';
import { Trainings, trainNow } from './trainings.js';
import { type Wake, wakeOnce } from './wake.js';

const MOST_TRAINED = 1_000_000;

/** The person's side is `Steering`; all else is for the stages. */
export class RunSteering implements Steering {
  readonly trainings: Trainings;
  private readonly run: ActiveRun;
  private readonly requests: Requests;
  /** Ends what was asked for where the run fails. */
  private readonly abandoned = new AbortController();
  private wake: Wake = wakeOnce();
  private paused = false;
  private finishing = false;
  private trainingsOver = false;
  private over = false;
  private wanted: number;

  constructor(run: Omit<ActiveRun, 'steering'>) {
    const signal = AbortSignal.any([run.signal, this.abandoned.signal]);
    this.run = { ...run, signal, steering: this };
    this.requests = new Requests(run);
    this.trainings = new Trainings(run);
    this.wanted = run.configuration.train;
    signal.addEventListener('abort', () => this.changed(), { once: true });
  }

  pause(): void {
    this.requireRunning();
    if (this.paused) throw refusal('The run is paused already.');
    this.paused = true;
    this.record({ action: 'pause' });
  }

  continue(): void {
    this.requireRunning();
    if (!this.paused) throw refusal('The run is not paused.');
    this.paused = false;
    this.record({ action: 'continue' });
  }

  finish(): void {
    this.requireRunning();
    this.finishing = true;
    this.record({ action: 'finish' });
  }

  train(candidate: number): void {
    this.requireRunning();
    const row = this.candidate(candidate);
    this.requireTrainable(row);
    this.record({ action: 'train', candidate });
    this.beginTraining(row);
  }

  export(candidate: number): void {
    this.requireRunning();
    const { candidate: number } = this.candidate(candidate);
    const evaluation = this.bestOf(number);
    if (!evaluation) throw refusal(`Candidate ${number} is not trained, so there is nothing to export.`);
    this.record({ action: 'export', candidate: number });
    this.beginExport(evaluation);
  }

  trainCount(count: number): void {
    this.requireRunning();
    wholeNumber('the number of candidates to train', count, 1, MOST_TRAINED);
    if (this.trainingsOver) throw refusal('All trainings of this run are over.');
    this.wanted = count;
    this.record({ action: 'train-count', count });
  }

  /** Candidates to train, or, where the sampler learns from them, evaluations. */
  get wantedTrainings(): number {
    return this.wanted;
  }

  /** Whether a stage may begin another job now. */
  get isOpen(): boolean {
    return !this.paused && !this.finishing && !this.run.signal.aborted;
  }

  /** Whether there is something to wait for where nothing may begin: the end of a pause. */
  get isPaused(): boolean {
    return this.paused && !this.finishing && !this.run.signal.aborted;
  }

  /** Resolves at the next change of what may begin. To be taken before looking. */
  get change(): Promise<void> {
    return this.wake.fired;
  }

  /** Waits out a pause. @returns false where the run is to stop */
  async mayGoOn(): Promise<boolean> {
    while (this.isPaused) await this.change;
    return this.isOpen;
  }

  /** Waits for trainings and exports that were asked for. @throws what concerns the whole run */
  requestsMet(): Promise<void> {
    return this.requests.idle();
  }

  /** From here on no training can be asked for. */
  endTrainings(): void {
    this.trainingsOver = true;
  }

  /** From here on nothing can be asked for; waits for what was. @throws what concerns the whole run */
  end(): Promise<void> {
    this.over = true;
    return this.requests.idle();
  }

  /** The run has failed: stops what was asked for, and waits until it has stopped. */
  async abandon(): Promise<void> {
    this.abandoned.abort();
    await this.end().catch(() => {});
  }

  /** Takes up what earlier parts of the run were asked for and did not get done. A pause ends with its process. */
  takeUp(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.type !== 'steered') continue;
      if (event.action === 'train-count') this.wanted = event.count;
      if (event.action === 'train') this.takeUpTraining(this.candidate(event.candidate));
      if (event.action === 'export') this.beginExport(this.bestOf(event.candidate)!);
    }
  }

  private takeUpTraining(row: CandidateRow): void {
    const training = this.trainings.of(row);
    if (!training || training.state === 'unfinished') this.beginTraining(row);
  }

  private beginTraining(row: CandidateRow): void {
    this.requests.begin(`Training candidate ${row.candidate}`, () => trainNow(this.run, this.trainings, row));
  }

  private beginExport(evaluation: EvaluationRow): void {
    const { candidate, measures = {} } = evaluation;
    const { architecture } = this.candidate(candidate);
    this.requests.begin(`Exporting candidate ${candidate}`, () =>
      exportCandidate(this.run, { candidate, evaluation: evaluation.evaluation, architecture, measures }),
    );
  }

  private requireTrainable(row: CandidateRow): void {
    if (this.run.configuration.learnsFrom === 'evaluations') {
      throw refusal('Every proposal of this run is trained in its turn, so none can be trained before.');
    }
    if (this.trainingsOver) throw refusal('All trainings of this run are over.');
    const training = this.trainings.of(row);
    if (!training || training.state === 'unfinished') return;
    const who =
      training.candidate === row.candidate ? 'it' : `candidate ${training.candidate}, which computes the same,`;
    throw refusal(`Candidate ${row.candidate} is not trained again: ${who} is ${WORDS[training.state]}.`);
  }

  private requireRunning(): void {
    if (this.over) throw refusal('The run is over.');
    if (this.finishing || this.run.signal.aborted) throw refusal('The run is about to stop.');
  }

  private candidate(number: number): CandidateRow {
    const { ledger, id } = this.run;
    const row = ledger.candidates(id).find(({ candidate }) => candidate === number);
    if (row) return row;
    throw expected('the candidate', 'the number of one that is scored', number);
  }

  private bestOf(candidate: number): EvaluationRow | undefined {
    const { ledger, id } = this.run;
    return bestEvaluation(ledger.evaluations(id).filter((row) => row.candidate === candidate));
  }

  private record(request: SteeringRequest): void {
    recordEvent(this.run, { type: 'steered', ...request });
    this.changed();
  }

  private changed(): void {
    const { fire } = this.wake;
    this.wake = wakeOnce();
    fire();
  }
}

/** Where the steering of a run is found once it has begun. */
export interface Wheel {
  steering?: Steering;
}

export function steeringOf(wheel: Wheel): Steering {
  const begun = () => {
    if (wheel.steering) return wheel.steering;
    throw refusal('The run has not begun yet.');
  };
  return {
    pause: () => begun().pause(),
    continue: () => begun().continue(),
    finish: () => begun().finish(),
    train: (candidate) => begun().train(candidate),
    export: (candidate) => begun().export(candidate),
    trainCount: (count) => begun().trainCount(count),
  };
}

const WORDS = { running: 'in training', finished: 'trained', failed: 'trained, and its training failed' };

function refusal(sentence: string): NascentError {
  return new NascentError('usage', sentence);
}
