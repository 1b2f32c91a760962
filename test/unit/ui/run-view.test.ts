/** What there is to see of a run, from its events. */
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/contracts/run.js';
import { RunView } from '../../../src/ui/run-view.js';
import { Story } from './story.js';

function viewOf(events: readonly RunEvent[]): RunView {
  const view = new RunView();
  for (const event of events) view.see(event);
  return view;
}

const numbers = (view: RunView) => view.candidates.inOrder.map(({ candidate }) => candidate);

describe('the view of a run', () => {
  test('ranks the trained by validation, then those in training, then the others by score', () => {
    const story = new Story().scored(6).trainStage().trained(1, 5, 0.6).trained(2, 2, 0.7).training(3, 4, 0.1);
    const view = viewOf(story.events);
    expect(numbers(view).slice(0, 3)).toEqual([2, 5, 4]);
    const rest = view.candidates.inOrder.slice(3).map(({ score }) => score!);
    expect(rest).toEqual(rest.toSorted((a, b) => b - a));
    expect(view.bestTraining).toMatchObject({ candidate: 2, validation: 0.7, test: 0.69 });
    expect(view.running.map(({ candidate }) => candidate)).toEqual([4]);
  });

  test('ranks low scores first where lower is better', () => {
    const view = new RunView();
    view.higherIsBetter = false;
    for (const event of new Story().scored(5).events) view.see(event);
    const scores = view.candidates.inOrder.map(({ score }) => score!);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });

  test('is the same whether events came one by one with looks in between or all at once', () => {
    const { events } = new Story().scored(30).trainStage().trained(1, 9, 0.5).trained(2, 3, 0.6);
    const live = new RunView();
    for (const event of events) {
      live.see(event);
      live.candidates.inOrder.slice(0, 3);
    }
    const read = viewOf(events);
    expect(numbers(live)).toEqual(numbers(read));
    expect(live.bestSoFar).toEqual(read.bestSoFar);
    expect(live.stage).toEqual(read.stage);
  });

  test('knows pace and remaining time from the times of events, pauses apart', () => {
    const story = new Story().scored(10, 40);
    const calm = viewOf(story.events).stage!;
    expect([calm.done, calm.total, calm.pace, calm.remaining]).toEqual([10, 40, '1.0 a second', 'about 30 s left']);
    story.tell({ type: 'steered', action: 'pause' });
    for (let i = 0; i < 50; i++) story.tell({ type: 'resources', workers: 2, memory: 1 });
    story.tell({ type: 'steered', action: 'continue' });
    const view = viewOf(story.events);
    expect(view.state).toBe('running');
    expect(view.stage!.rate).toBeCloseTo(10 / 11, 5);
  });

  test('joins what the sampler predicted to the proposals that followed', () => {
    const proposals = [
      { proposal: 2, architecture: 'a', mean: 0.5 },
      { proposal: 4, architecture: 'b', mean: 0.7 },
    ];
    const fit = { iteration: 1, predictor: 'ridge', labels: 3, ranked: 10, proposals, rankCorrelation: 0.4 };
    const story = new Story().scored(3);
    story.tell({ type: 'predictor-fitted', ...fit });
    const cost = { seconds: 1, parameters: 1, multiplyAdds: 1, value: 5, metric: 'naswot' };
    story.tell({ type: 'candidate-scored', candidate: 4, architecture: 'x', asked: true, ...cost });
    story.tell({ type: 'candidate-scored', candidate: 5, architecture: 'y', ...cost });
    story.tell({ type: 'candidate-scored', candidate: 6, architecture: 'z', ...cost });
    const view = viewOf(story.events);
    // Candidate 4 was asked for, so it is no proposal: proposal 2 is candidate 3, proposal 4 candidate 6.
    expect([3, 4, 5, 6].map((number) => view.candidates.get(number)!.predicted)).toEqual([
      0.5,
      undefined,
      undefined,
      0.7,
    ]);
    expect(view.fits).toHaveLength(1);
  });

  test('gives the rank correlation of scores with validation accuracy, as the numbers are', () => {
    const view = viewOf(new Story().scored(8).trainStage().events);
    const byScore = view.candidates.inOrder.map(({ candidate }) => candidate);
    const story = new Story().scored(8).trainStage();
    for (const [i, candidate] of byScore.slice(0, 4).entries()) story.trained(i + 1, candidate, 0.9 - i / 10);
    expect(viewOf(story.events).scoreCorrelation).toBeCloseTo(1, 10);
  });

  test('a run that is stopped and resumed goes on where it was, without the time between', () => {
    const story = new Story().scored(5).trainStage().training(1, 2, 0.1, 0.2);
    story.tell({ type: 'run-interrupted', reason: 'stopped by its caller' });
    const stopped = viewOf(story.events);
    expect([stopped.state, stopped.isOver, stopped.trainings.get(1)!.state]).toEqual(['interrupted', true, 'stopped']);
    const events = [...story.events];
    const resumed = [
      { type: 'run-started', configuration: story.configuration, versions: {}, resumed: true },
      { type: 'stage-started', stage: 'train', total: 3, done: 0 },
      {
        type: 'training-started',
        evaluation: 1,
        candidate: 2,
        architecture: 'a',
        stage: 'train',
        epochs: 4,
        fromEpoch: 1,
      },
    ] as const;
    const hour = 3_600_000;
    const last = events.at(-1)!;
    resumed.forEach((body, i) => {
      events.push({ ...body, run: 'abcd1234', sequence: last.sequence + i + 1, time: last.time + hour + i * 1000 });
    });
    const view = viewOf(events);
    expect(view.state).toBe('running');
    expect(view.trainings.get(1)!.curve).toHaveLength(1);
    expect(view.seconds(view.last)).toBe(stopped.seconds(0) + 2);
  });

  test('a file that is exported after the end is shown, and is no time of work', () => {
    const story = new Story().scored(5).trainStage().training(1, 2, 0.3, 0.4);
    story.tell({ type: 'run-finished', seconds: 9 });
    const before = viewOf(story.events);
    const last = story.events.at(-1)!;
    const file = { candidate: 2, evaluation: 1, format: 'onnx', path: '/models/a.onnx', sha256: 'ab' };
    const exported = {
      type: 'exported',
      ...file,
      run: last.run,
      sequence: last.sequence + 1,
      time: last.time + 86_400_000,
    };
    const view = viewOf([...story.events, exported as RunEvent]);
    expect(view.state).toBe('finished');
    expect(view.artifacts).toMatchObject([file]);
    expect(view.seconds(exported.time)).toBe(before.seconds(0));
  });

  test('the time between a kill and the resumption is no time of work, also where a file was exported in it', () => {
    const story = new Story().scored(5).trainStage().training(1, 2, 0.1, 0.2);
    const killed = story.events.at(-1)!;
    const day = 86_400_000;
    const file = { candidate: 2, evaluation: 1, format: 'onnx', path: '/models/a.onnx', sha256: 'ab' };
    const later = [
      { type: 'exported', ...file, time: killed.time + day },
      {
        type: 'run-started',
        ...{ configuration: story.configuration, versions: {} },
        resumed: true,
        time: killed.time + 2 * day,
      },
      { type: 'exported', ...file, time: killed.time + 2 * day + 3000 },
    ] as const;
    const next = later.map((body, i) => ({ ...body, run: killed.run, sequence: killed.sequence + i + 1 }));
    const view = viewOf([...story.events, ...next]);
    const worked = (killed.time - story.events[0].time) / 1000;
    // What the run itself exports after the resumption is work.
    expect(view.seconds(view.last)).toBe(worked + 3);
    const finished = {
      type: 'run-finished',
      seconds: 4,
      run: killed.run,
      sequence: 99,
      time: view.last + 1000,
    } as const;
    view.see(finished);
    expect(view.seconds(view.last + day)).toBe(worked + 4);
  });

  test('a file that is exported again takes the place of the earlier one, as in the ledger', () => {
    const story = new Story().scored(5);
    const file = { type: 'exported', candidate: 2, evaluation: 1, format: 'onnx' } as const;
    story.tell({ ...file, path: '/models/a.onnx', sha256: 'ab' });
    story.tell({ ...file, path: '/models/b.onnx', sha256: 'cd' });
    story.tell({ ...file, path: '/models/a.onnx', sha256: 'ef' });
    expect(viewOf(story.events).artifacts.map(({ path, sha256 }) => [path, sha256])).toEqual([
      ['/models/b.onnx', 'cd'],
      ['/models/a.onnx', 'ef'],
    ]);
  });

  test('a hundred thousand candidates are taken in and kept in order in little time', () => {
    const { events } = new Story().scored(100_000);
    const began = performance.now();
    const view = viewOf(events);
    expect(view.candidates.inOrder).toHaveLength(100_000);
    expect(performance.now() - began).toBeLessThan(2000);
    view.see({ ...events.at(-1)!, candidate: 100_001, value: 5000, sequence: events.length + 1 } as RunEvent);
    const again = performance.now();
    expect(view.candidates.inOrder[0].candidate).toBe(100_001);
    expect(performance.now() - again).toBeLessThan(1000);
  });
});
