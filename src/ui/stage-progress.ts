/** How far a stage of a run is, how fast it goes and how long it will take, by the times of its events. */
import { duration } from '../base/numbers.js';
import type { RunEvent, Stage } from '../contracts/run.js';

const TITLES: Readonly<Record<Stage, string>> = {
  score: 'scoring',
  train: 'training',
  retrain: 'training the winner',
  export: 'exporting',
};

/** The events that say a stage is one further. */
const STEPS: Readonly<Record<Stage, readonly RunEvent['type'][]>> = {
  score: ['candidate-scored'],
  train: ['evaluation-finished', 'evaluation-shared'],
  retrain: ['evaluation-finished'],
  export: ['exported'],
};

export class StageProgress {
  readonly stage: Stage;
  readonly title: string;
  /** Candidates, trainings or files. */
  total: number;
  done: number;
  /** Work done and to do since the stage began: trainings are measured in epochs, all else in steps. */
  private worked = 0;
  private toWork: number;
  private readonly trains: boolean;
  /** Milliseconds since 1970; moved on by pauses, which are no time of work. */
  private began: number;
  private last: number;
  private pausedAt?: number;

  /** @param epochsEach epochs of a training of the run */
  constructor(
    { stage, total, done, time }: Extract<RunEvent, { type: 'stage-started' }>,
    private readonly epochsEach: number,
  ) {
    this.stage = stage;
    this.title = TITLES[stage];
    this.total = total;
    this.done = done;
    this.trains = stage === 'train' || stage === 'retrain';
    this.toWork = (total - done) * (this.trains ? epochsEach : 1);
    this.began = time;
    this.last = time;
  }

  /** Takes account of an event. @returns whether the stage is a step further */
  see(event: RunEvent): boolean {
    this.last = event.time;
    if (event.type === 'steered') this.steer(event);
    const asked = event.type === 'candidate-scored' && event.asked;
    // A training that was asked for beside the best may come on top of them.
    const step = STEPS[this.stage].includes(event.type) && !asked && this.done < this.total;
    if (step) this.done++;
    if (step && !this.trains) this.worked++;
    if (this.trains) this.countEpochs(event);
    return step;
  }

  /** Steps a second, trainings in epochs; undefined where nothing is done yet. */
  get rate(): number | undefined {
    const seconds = (this.last - this.began) / 1000;
    return this.worked > 0 && seconds > 0 ? this.worked / seconds : undefined;
  }

  /** `9.1 a second`, or `4.0 epochs a minute` where a second is too short. */
  get pace(): string | undefined {
    const { rate } = this;
    if (rate === undefined) return undefined;
    const what = this.trains ? ' epochs' : '';
    return rate >= 1 ? `${rate.toFixed(1)}${what} a second` : `${(rate * 60).toFixed(1)}${what} a minute`;
  }

  /** `about 7 s left` */
  get remaining(): string | undefined {
    const { rate, toWork, worked } = this;
    return rate !== undefined && toWork > worked ? `about ${duration((toWork - worked) / rate)} left` : undefined;
  }

  private countEpochs(event: RunEvent): void {
    // A resumed training has fewer epochs to go, a last one of the winner another number of them, a shared one none.
    if (event.type === 'training-started') this.toWork += event.epochs - event.fromEpoch - this.epochsEach;
    if (event.type === 'evaluation-shared') this.toWork -= this.epochsEach;
    if (event.type === 'epoch') this.worked++;
  }

  private steer(event: Extract<RunEvent, { type: 'steered' }>): void {
    if (event.action === 'pause') this.pausedAt = event.time;
    if (event.action === 'continue' && this.pausedAt !== undefined) {
      this.began += event.time - this.pausedAt;
      this.pausedAt = undefined;
    }
    if (event.action === 'train' && this.stage === 'train') this.toWork += this.epochsEach;
    if (event.action === 'train-count' && this.stage === 'train') {
      this.toWork += (event.count - this.total) * this.epochsEach;
      this.total = event.count;
    }
  }
}
