/** Progress of a run on stderr: stage, rate, remaining time, and the last thing that happened. */
import { decimal, percent } from '../base/numbers.js';
import type { RunEvent } from '../contracts/run.js';
import { StageProgress } from '../ui/stage-progress.js';
import { statusLine } from './status-line.js';
import { remark, type Terminal } from './terminal.js';

export interface Progress {
  see(event: RunEvent): void;
  /** Takes the line away, so that other text can be written. */
  clear(): void;
}

/** @param clock seconds, of when a line was written: replaced in tests. */
export function showProgress(terminal: Terminal, clock?: () => number): Progress {
  const line = statusLine(terminal, clock);
  let epochsEach = 0;
  let stage: StageProgress | undefined;
  let note = '';
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
        stage = new StageProgress(event, epochsEach);
        note = '';
        line.wait();
        return;
      }
      const fresh = noteOf(event);
      if (fresh !== undefined) note = fresh;
      const step = stage?.see(event);
      if (stage && (step || fresh !== undefined)) {
        line.write(describe(stage, note), stage.done === stage.total ? 'now' : undefined);
      }
    },
  };
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
function describe({ title, done, total, pace, remaining }: StageProgress, note: string): string {
  return [`${title} ${done}/${total}`, pace, remaining, note].filter(Boolean).join(', ');
}
