import { describe, expect, test } from 'vitest';
import { counted, decimal, duration, percent } from '../../../src/base/numbers.js';
import { runStory } from '../../../src/cli/report/story.js';
import { table } from '../../../src/cli/report/table.js';
import type { EvaluationRow, LedgerReader, ScoreRow } from '../../../src/contracts/ledger.js';
import type { RunEventBody } from '../../../src/contracts/run.js';

describe('numbers', () => {
  test('as people read them', () => {
    expect([9.94, 10, 59.6, 3599.4, 7261].map(duration)).toEqual([
      '9.9 s',
      '10 s',
      '1 min 0 s',
      '59 min 59 s',
      '2 h 1 min',
    ]);
    expect([3, 1612.3149, 0.12345678, 1e6].map(decimal)).toEqual(['3', '1612.31', '0.1235', '1000000']);
    expect(percent(0.7124)).toBe('71.24 %');
    expect([counted(1, 'epoch'), counted(1200, 'epoch')]).toEqual(['1 epoch', '1,200 epochs']);
  });
});

describe('tables', () => {
  test('align words left and numbers right', () => {
    const columns = [
      { title: 'name', text: (row: { name: string }) => row.name },
      { title: 'n', text: (row: { name: string }) => String(row.name.length), align: 'right' },
    ] as const;
    expect(table(columns, [{ name: 'a' }, { name: 'abcdefghijk' }])).toEqual([
      'name          n',
      'a             1',
      'abcdefghijk  11',
    ]);
    expect(table(columns, [])).toEqual(['name  n']);
  });
});

const score = (candidate: number, value?: number, sharedWith?: number): ScoreRow => ({
  candidate,
  value,
  sharedWith,
  failure: value === undefined ? 'no ReLU' : undefined,
  seconds: 1,
  provenance: { metric: 'm', settings: {}, seed: 1, batch: 'b', engine: 'e', version: '1' },
});

const evaluation = (candidate: number, validation: number, stage: 'train' | 'retrain' = 'train') =>
  ({
    evaluation: candidate,
    candidate,
    stage,
    status: 'finished',
    seconds: 1,
    recipe: { epochs: 1 },
    measures: { validationAccuracy: { value: validation, better: 'higher' } },
  }) as unknown as EvaluationRow;

function story(
  scores: ScoreRow[],
  evaluations: EvaluationRow[],
  { higherIsBetter = true, events = [] }: { higherIsBetter?: boolean; events?: RunEventBody[] } = {},
) {
  const ledger = {
    run: () => ({ id: 'r', configuration: { track: ['norm', 'trace'] } }),
    candidates: () =>
      scores.map(({ candidate }) => ({
        candidate,
        architecture: `a${candidate}`,
        parameters: candidate,
        multiplyAdds: 1,
      })),
    scores: () => scores,
    evaluations: () => evaluations,
    artifacts: () => [],
    events: () => events,
  } as unknown as LedgerReader;
  return runStory(ledger, 'r', {
    top: 2,
    higherIsBetter,
    trainedCost: (text) => ({ parameters: Number(text.slice(1)), multiplyAdds: 1 }),
  });
}

describe('the story of a run', () => {
  const scores = [score(1, 10), score(2, 30), score(3, 30, 2), score(4), score(5, 20)];

  test('lists the best scores, each network once, failures by their reason', () => {
    const told = story(scores, []);
    expect(told.top.map(({ candidate }) => candidate)).toEqual([2, 5]);
    expect(told).toMatchObject({ shared: 1, scoreFailures: { 'no ReLU': 1 }, correlations: undefined });
    expect(story(scores, [], { higherIsBetter: false }).top.map(({ candidate }) => candidate)).toEqual([1, 5]);
  });

  test('lists the trained by validation and correlates from three of them on', () => {
    const told = story(scores, [
      evaluation(1, 0.3),
      evaluation(2, 0.5),
      evaluation(5, 0.4),
      evaluation(2, 0.9, 'retrain'),
    ]);
    expect(told.trained.map(({ validation }) => validation)).toEqual([0.9, 0.5, 0.4, 0.3]);
    expect(told.correlations).toMatchObject({ over: 3, score: 1, parameters: 0.5, multiplyAdds: undefined });
    expect(story(scores, [evaluation(1, 0.3), evaluation(2, 0.5)]).correlations).toBeUndefined();
  });

  test('tells what was tracked, epoch by epoch, the last word of a training that went back', () => {
    const epoch = (evaluation: number, number: number, tracked?: Record<string, number>) =>
      ({ type: 'epoch', evaluation, candidate: 7, epoch: number, tracked }) as unknown as RunEventBody;
    const events = [
      epoch(2, 1, { norm: 5 }),
      epoch(1, 1, { norm: 1, trace: 2 }),
      epoch(1, 2, { norm: 9, trace: 9 }),
      epoch(1, 2, { norm: 3, trace: 4 }),
    ];
    expect(story(scores, [], { events }).tracked).toEqual([
      { candidate: 7, evaluation: 1, quantity: 'norm', values: [1, 3] },
      { candidate: 7, evaluation: 1, quantity: 'trace', values: [2, 4] },
      { candidate: 7, evaluation: 2, quantity: 'norm', values: [5] },
      { candidate: 7, evaluation: 2, quantity: 'trace', values: [null] },
    ]);
    expect(story(scores, [], { events: [epoch(1, 1)] }).tracked).toEqual([]);
  });

  test('tells what the sampler thought, what it asked for, and which trainings were shared', () => {
    const fit = { type: 'predictor-fitted', predictor: 'ridge', ranked: 100 } as const;
    const proposals = [0.25, 0.75].map((mean, i) => ({ proposal: 4 + i, architecture: `a${i}`, mean }));
    const asked = { type: 'candidate-scored', candidate: 3, asked: true } as RunEventBody;
    const events: RunEventBody[] = [
      asked,
      { ...fit, iteration: 1, labels: 4, proposals },
      { type: 'evaluation-shared', evaluation: 5, candidate: 5, sharedWith: 2 },
      { ...fit, iteration: 2, labels: 6, proposals: [], rankCorrelation: -0.5 },
    ];
    const told = story(scores, [], { events });
    expect(told).toMatchObject({ asked: 1, sharedTrainings: 1 });
    expect(told.fits).toEqual([
      { iteration: 1, predictor: 'ridge', labels: 4, ranked: 100, best: 0.75 },
      { iteration: 2, predictor: 'ridge', labels: 6, ranked: 100, rankCorrelation: -0.5 },
    ]);
  });
});
