/** Progress of a run on stderr: stage, rate, remaining time, and the last thing that happened. */
import type { RunEvent, Stage } from '../contracts/run.js';
import { decimal, duration, percent } from './report/numbers.js';
import { statusLine } from './status-line.js';
import { remark, type Terminal } from './terminal.js';

export interface Progress {
  see(event: RunEvent): void;
  /** Takes the line away, so that other text can be written. */
  clear(): void;
}

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

/** A stage under way. Trainings are measured in epochs, all else in candidates. */
interface StageState {
  readonly stage: Stage;
  readonly total: number;
  done: number;
  /** Work done and to do since the stage began, in its own measure. */
  worked: number;
  toWork: number;
  readonly began: number;
  note: string;
}

/** @param clock seconds: replaced in tests. */
export function showProgress(terminal: Terminal, clock: () => number = () => performance.now() / 1000): Progress {
  const line = statusLine(terminal, clock);
  let epochsEach = 0;
  let state: StageState | undefined;
  return {
    clear: line.clear,
    see(event) {
      if (event.type === 'run-started') epochsEach = event.configuration.recipe.epochs;
      const words = wordsToSay(event);
      if (words !== undefined) {
        line.clear();
        remark(terminal, words);
      }
      if (event.type === 'stage-started') {
        state = beginning(event, epochsEach, clock());
        line.wait();
      } else if (state && count(state, event, epochsEach)) {
        line.write(describe(state, clock() - state.began), state.done === state.total ? 'now' : undefined);
      }
    },
  };
}

function beginning(
  { stage, total, done }: Extract<RunEvent, { type: 'stage-started' }>,
  epochsEach: number,
  began: number,
): StageState {
  const each = trains(stage) ? epochsEach : 1;
  return { stage, total, done, began, worked: 0, toWork: (total - done) * each, note: '' };
}

/** Takes account of an event; tells whether there is something new to show. */
function count(state: StageState, event: RunEvent, epochsEach: number): boolean {
  const asked = event.type === 'candidate-scored' && event.asked;
  const step = STEPS[state.stage].includes(event.type) && !asked;
  if (step) state.done++;
  if (step && !trains(state.stage)) state.worked++;
  // A resumed training has fewer epochs to go, a last one of the winner another number of them, a shared one none.
  if (event.type === 'training-started') state.toWork += event.epochs - event.fromEpoch - epochsEach;
  if (event.type === 'evaluation-shared') state.toWork -= epochsEach;
  if (event.type === 'epoch') state.worked++;
  const note = noteOf(event);
  if (note !== undefined) state.note = note;
  return step || note !== undefined;
}

/** What a person should read however the stages go. */
function wordsToSay(event: RunEvent): string | undefined {
  if (event.type === 'warning') return event.message;
  return event.type === 'run-started' ? event.engineChoice : undefined;
}

/** What there is to say of the last thing that happened. */
function noteOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'candidate-scored':
      return event.value === undefined ? undefined : `last ${event.metric} ${decimal(event.value)}`;
    case 'epoch':
      return `candidate ${event.candidate} epoch ${event.epoch}: validation ${percent(event.validationAccuracy)}`;
    case 'predictor-fitted':
      return `fit ${event.iteration}: ${fitWords(event)}`;
    default:
      return undefined;
  }
}

/** `ridge from 12 observations, rank correlation so far 0.512` */
function fitWords({ predictor, labels, rankCorrelation }: Extract<RunEvent, { type: 'predictor-fitted' }>): string {
  const correlation = rankCorrelation === undefined ? '' : `, rank correlation so far ${rankCorrelation.toFixed(3)}`;
  return `${predictor} from ${labels} observations${correlation}`;
}

/** `scoring 37/100, 9.1 a second, about 7 s left, last naswot 1612.31` */
function describe({ stage, done, total, worked, toWork, note }: StageState, seconds: number): string {
  const parts = [`${TITLES[stage]} ${done}/${total}`];
  if (worked > 0 && seconds > 0) {
    parts.push(rate(worked / seconds, trains(stage) ? ' epochs' : ''));
    if (toWork > worked) parts.push(`about ${duration(((toWork - worked) * seconds) / worked)} left`);
  }
  if (note !== '') parts.push(note);
  return parts.join(', ');
}

function trains(stage: Stage): boolean {
  return stage === 'train' || stage === 'retrain';
}

/** `9.1 a second`, or `4.0 epochs a minute` where a second is too short. */
function rate(aSecond: number, what: string): string {
  return aSecond >= 1 ? `${aSecond.toFixed(1)}${what} a second` : `${(aSecond * 60).toFixed(1)}${what} a minute`;
}
