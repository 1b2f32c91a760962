import { describe, expect, test } from 'vitest';
import { showProgress } from '../../../src/cli/progress.js';
import type { RunEvent, RunEventBody } from '../../../src/contracts/run.js';
import { fakeTerminal } from './fake-terminal.js';

const event = (body: RunEventBody): RunEvent => ({ ...body, run: 'r', sequence: 1, time: 0 });
const scored = (candidate: number) =>
  event({
    type: 'candidate-scored',
    candidate,
    architecture: 'a',
    metric: 'naswot',
    value: 1612.314,
    seconds: 1,
    parameters: 1,
    multiplyAdds: 1,
  });

function progressAt(screen?: number) {
  let seconds = 0;
  const terminal = fakeTerminal({ screen });
  const progress = showProgress(terminal, () => seconds);
  return {
    terminal,
    progress,
    at(time: number, told: RunEvent) {
      seconds = time;
      progress.see({ ...told, time: time * 1000 });
    },
  };
}

describe('progress without a screen', () => {
  test('is a line every few seconds, with rate and remaining time', () => {
    const { terminal, at } = progressAt();
    at(0, event({ type: 'stage-started', stage: 'score', total: 100, done: 0 }));
    for (let i = 1; i <= 12; i++) at(i / 2, scored(i));
    expect(terminal.err).toEqual(['scoring 10/100, 2.0 a second, about 45 s left, last naswot 1612.31\n']);
    expect(terminal.out).toEqual([]);
  });

  test('says the end of a stage in any case, and counts from where a resumed one began', () => {
    const { terminal, at } = progressAt();
    at(0, event({ type: 'stage-started', stage: 'score', total: 100, done: 99 }));
    at(2, scored(100));
    expect(terminal.err).toEqual(['scoring 100/100, 30.0 a minute, last naswot 1612.31\n']);
  });

  test('of a strategy counts shared trainings, and tells of scores that were asked for and of fits', () => {
    const { terminal, at } = progressAt(200);
    const configuration = { recipe: { epochs: 4 } } as Extract<RunEventBody, { type: 'run-started' }>['configuration'];
    const shown = () => terminal.err.at(-1)?.replace('\r\x1b[2K', '');
    at(0, event({ type: 'run-started', configuration, versions: {}, resumed: false }));
    at(0, event({ type: 'stage-started', stage: 'train', total: 10, done: 4 }));
    at(1, event({ ...scored(1), asked: true } as RunEventBody));
    expect(shown()).toBe('training 4/10, last naswot 1612.31');
    at(2, event({ type: 'evaluation-shared', evaluation: 5, candidate: 9, sharedWith: 2 }));
    expect(shown()).toBe('training 5/10, last naswot 1612.31');
    const fit = { iteration: 2, predictor: 'ridge', labels: 5, ranked: 100, proposals: [] };
    at(3, event({ type: 'predictor-fitted', ...fit, rankCorrelation: 0.5 }));
    expect(shown()).toBe('training 5/10, fit 2: ridge from 5 observations, rank correlation so far 0.500');
  });

  test('measures trainings in epochs, fewer where one is resumed', () => {
    const { terminal, at } = progressAt();
    const configuration = { recipe: { epochs: 4 } } as Extract<RunEventBody, { type: 'run-started' }>['configuration'];
    at(0, event({ type: 'run-started', configuration, versions: {}, resumed: false }));
    at(0, event({ type: 'stage-started', stage: 'train', total: 2, done: 0 }));
    const training = { architecture: 'a', stage: 'train', epochs: 4 } as const;
    at(0, event({ type: 'training-started', evaluation: 1, candidate: 7, fromEpoch: 3, ...training }));
    const measured = {
      learningRate: 0.1,
      trainLoss: 1,
      trainAccuracy: 0.5,
      validationLoss: 1,
      validationAccuracy: 0.5,
    };
    at(10, event({ type: 'epoch', evaluation: 1, candidate: 7, epoch: 4, seconds: 10, ...measured }));
    expect(terminal.err).toEqual([
      'training 0/2, 6.0 epochs a minute, about 40 s left, candidate 7 epoch 4: validation 50.00 %\n',
    ]);
  });
});

describe('progress on a screen', () => {
  test('is one line kept up to date and cut to its width', () => {
    const { terminal, progress, at } = progressAt(20);
    at(0, event({ type: 'stage-started', stage: 'score', total: 100, done: 0 }));
    at(1, scored(1));
    at(1.01, scored(2));
    progress.clear();
    progress.clear();
    expect(terminal.err).toEqual(['\r\x1b[2Kscoring 1/100, 1.0 ', '\r\x1b[2K']);
  });
});
