import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/contracts/ledger.js';
import { openLedger, openLedgerReader } from '../../../src/log/open.js';
import {
  candidate,
  checkpoint,
  configuration,
  epoch,
  predictions,
  recipe,
  runInTraining,
  score,
  versions,
  weights,
} from './children/records.js';
import { closing, directory, expectGapless, refusal } from './fixtures.js';

function newLedger(): Ledger {
  return closing(openLedger(join(directory(), 'ledger.db')));
}

const measures = {
  validationAccuracy: { value: 0.75, better: 'higher' },
  parameters: { value: 1001, better: 'lower', unit: 'parameters' },
} as const;

describe('what is recorded is read back', () => {
  test('runs, in order, by full id and by prefix', () => {
    const ledger = newLedger();
    const first = ledger.createRun(configuration, versions);
    const second = ledger.createRun({ ...configuration, testData: undefined, seed: 8 }, versions);
    expect(first).toMatchObject({ status: 'running', configuration, versions });
    expect(ledger.runs()).toEqual([first, second]);
    expect(ledger.run(second.id.slice(0, 7)).configuration.seed).toBe(8);
    ledger.setStatus(first.id, 'finished');
    expect(ledger.run(first.id).status).toBe('finished');
  });

  test('candidates and scores, with provenance, failure and sharing', () => {
    const ledger = newLedger();
    const { id } = ledger.createRun(configuration, versions);
    const scores = [score(3), score(1, { failure: 'NaN in the logits' }), score(2, { value: 103.25, sharedWith: 3 })];
    const events = scores.map((row) => ledger.recordScore(id, candidate(row.candidate), row));
    expect(ledger.candidates(id)).toEqual([candidate(3), candidate(1), candidate(2)]);
    expect(ledger.scores(id)).toEqual(scores);
    expect(ledger.events(id)).toEqual(events);
    expect(events[2]).toEqual({
      type: 'candidate-scored',
      metric: 'activation-overlap',
      value: 103.25,
      sharedWith: 3,
      seconds: 0.125,
      ...candidate(2),
      run: id,
      sequence: 3,
      time: events[2].time,
    });
  });

  test('a candidate takes a second score by another metric', () => {
    const ledger = newLedger();
    const { id } = ledger.createRun(configuration, versions);
    const other = { ...score(1), provenance: { ...score(1).provenance, metric: 'parameters' } };
    ledger.recordScore(id, candidate(1), score(1));
    ledger.recordScore(id, candidate(1), other);
    expect(ledger.candidates(id)).toHaveLength(1);
    expect(ledger.scores(id)).toEqual([score(1), other]);
  });

  test('a training from start to end', () => {
    const ledger = newLedger();
    const id = runInTraining(ledger);
    expect(ledger.evaluations(id)).toEqual([
      { evaluation: 1, candidate: 1, stage: 'train', recipe, status: 'running', seconds: 1.5 },
    ]);
    ledger.recordEpoch(id, 1, epoch(2), checkpoint(2));
    expect(ledger.epochs(id, 1)).toEqual([epoch(1), epoch(2)]);
    expect(ledger.checkpoint(id, 1)).toEqual(checkpoint(2));
    expect(ledger.weights(id, 1)).toBeUndefined();
    const event = ledger.recordEvaluation(id, 1, { measures, weights, predictions, seconds: 4 });
    expect(event).toMatchObject({ type: 'evaluation-finished', evaluation: 1, candidate: 1, measures, seconds: 4 });
    expect(ledger.checkpoint(id, 1)).toBeUndefined();
    expect(ledger.weights(id, 1)).toEqual(weights);
    expect(ledger.predictions(id, 1)).toEqual(predictions);
    expect(ledger.evaluations(id)[0]).toMatchObject({ status: 'finished', measures, seconds: 4 });
    expect(Object.keys(ledger.evaluations(id)[0].measures!)).toEqual(Object.keys(measures));
    expectGapless(ledger.events(id));
    expect(ledger.events(id).map(({ type }) => type)).toEqual([
      'candidate-scored',
      'candidate-scored',
      'training-started',
      'epoch',
      'epoch',
      'evaluation-finished',
    ]);
  });

  test('a failed evaluation, resumed from an earlier epoch', () => {
    const ledger = newLedger();
    const id = runInTraining(ledger);
    ledger.recordEpoch(id, 1, epoch(2), checkpoint(2));
    ledger.recordEvaluation(id, 1, { failure: 'the loss is not finite', seconds: 2 });
    expect(ledger.evaluations(id)[0]).toMatchObject({ status: 'failed', failure: 'the loss is not finite' });
    ledger.recordTrainingStarted(id, { evaluation: 1, candidate: 1, stage: 'train', recipe }, 0);
    expect(ledger.evaluations(id)[0]).toMatchObject({ status: 'running' });
    ledger.recordEpoch(id, 1, epoch(1), checkpoint(1));
    expect(ledger.epochs(id, 1)).toEqual([epoch(1)]);
  });

  test('artifacts; one at the same path takes the place of the earlier', () => {
    const ledger = newLedger();
    const id = runInTraining(ledger);
    const check = { agreeing: 63, of: 64, largestLogitDifference: 1e-6 };
    const onnx = { candidate: 1, evaluation: 1, format: 'onnx', path: '/out/best.onnx', sha256: 'ab', check };
    const genotype = { candidate: 1, evaluation: 1, format: 'genotype', path: '/out/best.json', sha256: 'cd' };
    ledger.recordArtifact(id, { ...onnx, sha256: 'old' });
    ledger.recordArtifact(id, genotype);
    expect(ledger.recordArtifact(id, onnx)).toMatchObject({ type: 'exported', ...onnx });
    expect(ledger.artifacts(id).map(({ created, ...artifact }) => artifact)).toEqual([genotype, onnx]);
  });

  test('events after a sequence, at most so many', () => {
    const ledger = newLedger();
    const { id } = ledger.createRun(configuration, versions);
    for (let i = 1; i <= 5; i++) ledger.recordEvent(id, { type: 'warning', message: String(i) });
    const messages = (after?: number, limit?: number) =>
      ledger.events(id, after, limit).map((event) => event.type === 'warning' && event.message);
    expect(messages()).toEqual(['1', '2', '3', '4', '5']);
    expect(messages(2, 2)).toEqual(['3', '4']);
    expect(messages(2, Number.POSITIVE_INFINITY)).toEqual(['3', '4', '5']);
  });

  test('events as they were recorded, whatever their texts and however many', () => {
    const ledger = newLedger();
    const { id } = ledger.createRun(configuration, versions);
    const texts = [
      '"}',
      "it's, {}",
      'ε ≤ 2 \u{1f642}',
      '\u0000\n\\',
      '\ud800',
      ...Array.from({ length: 10_001 }, () => ''),
    ];
    const recorded = texts.map((message) => ledger.recordEvent(id, { type: 'warning', message }));
    expect(ledger.events(id)).toEqual(recorded);
    expect(Object.keys(ledger.events(id, 0, 1)[0])).toEqual(Object.keys(recorded[0]));
  });
});

describe('what cannot be right is refused, and nothing of it is kept', () => {
  test('numbers that are not finite', () => {
    const ledger = newLedger();
    const id = runInTraining(ledger);
    const before = ledger.events(id);
    const broken = [
      () => ledger.recordScore(id, candidate(3), score(3, { value: Number.NaN })),
      () => ledger.recordEpoch(id, 1, { ...epoch(2), trainLoss: Number.POSITIVE_INFINITY }, checkpoint(2)),
      () =>
        ledger.recordEvaluation(id, 1, {
          measures: { loss: { value: Number.NEGATIVE_INFINITY, better: 'lower' } },
          weights,
          predictions,
          seconds: 1,
        }),
      () => ledger.createRun({ ...configuration, samplerOptions: { rates: [0.5, Number.NaN] } }, versions),
    ];
    const messages = broken.map((work) => refusal(work).message);
    expect(messages).toEqual([
      'Expected score of candidate 3 to be a finite number, got NaN.',
      'Expected trainLoss of epoch 2 to be a finite number, got Infinity.',
      'Expected measure loss of evaluation 1 to be a finite number, got -Infinity.',
      'Expected configuration.samplerOptions.rates.1 to be a finite number, got NaN.',
    ]);
    expect(ledger.events(id)).toEqual(before);
    expect(ledger.candidates(id)).toHaveLength(2);
    expect(ledger.checkpoint(id, 1)).toEqual(checkpoint(1));
    expect(ledger.runs()).toHaveLength(1);
  });

  test('scores and evaluations that contradict what is there', () => {
    const ledger = newLedger();
    const id = runInTraining(ledger);
    const start = { evaluation: 1, candidate: 1, stage: 'train', recipe } as const;
    const broken: [() => unknown, RegExp][] = [
      [() => ledger.recordScore(id, candidate(1), score(1)), /contradicts what it holds \(UNIQUE/],
      [() => ledger.recordScore(id, candidate(3), score(2)), /score of candidate 2 was given to candidate 3/],
      [() => ledger.recordScore(id, { ...candidate(1), architecture: '|x|' }, score(1)), /another architecture than/],
      [() => ledger.recordScore(id, candidate(3), score(3, {})), /a value or the reason why there is none/],
      [() => ledger.recordTrainingStarted(id, { ...start, evaluation: 2, candidate: 9 }, 0), /has no candidate 9/],
      [() => ledger.recordTrainingStarted(id, { ...start, candidate: 2 }, 0), /another candidate, stage or recipe/],
      [() => ledger.recordEpoch(id, 4, epoch(1), checkpoint(1)), /has no evaluation 4/],
      [() => ledger.recordEpoch(id, 1, epoch(2), checkpoint(1)), /given the checkpoint of epoch 1/],
    ];
    for (const [work, sentence] of broken) expect(refusal(work).message).toMatch(sentence);
    ledger.recordEvaluation(id, 1, { measures, weights, predictions, seconds: 1 });
    expect(refusal(() => ledger.recordTrainingStarted(id, start, 0)).message).toMatch(/is finished already/);
    expect(refusal(() => ledger.recordEpoch(id, 1, epoch(2), checkpoint(2))).message).toMatch(/has ended already/);
    expect(refusal(() => ledger.recordEvaluation(id, 1, { failure: 'x', seconds: 1 })).message).toMatch(/has ended/);
    expectGapless(ledger.events(id));
    expect(ledger.events(id)).toHaveLength(5);
  });

  test('an unknown run, naming the nearest and the known ones', () => {
    const ledger = newLedger();
    expect(refusal(() => ledger.run('abc')).message).toBe(
      `There is no run "abc" in ledger ${ledger.path}: it holds no runs.`,
    );
    const { id } = ledger.createRun(configuration, versions);
    const slip = `${id.slice(0, 7)}x`;
    const error = refusal(() => ledger.events(slip));
    expect(error.exitCode).toBe(2);
    expect(error.message).toBe(
      `There is no run "${slip}" in ledger ${ledger.path}: it holds ${id}. Did you mean "${id}"?`,
    );
    expect(refusal(() => ledger.setStatus('', 'failed')).message).toMatch(/There is no run ""/);
  });

  test('a prefix that several runs share', () => {
    const ledger = newLedger();
    const ids = Array.from({ length: 17 }, () => ledger.createRun(configuration, versions).id);
    const shared = ids.map((id) => id[0]).find((letter, index, all) => all.indexOf(letter) !== index)!;
    expect(refusal(() => ledger.run(shared)).message).toMatch(/begins the ids of \d+ runs in ledger/);
    expect(refusal(() => ledger.run('zzz')).message).toMatch(/it holds 9 older ones and/);
  });

  test('a closed ledger, which may be closed again', () => {
    const ledger = newLedger();
    ledger.close();
    expect(refusal(() => ledger.runs()).message).toBe(`Ledger ${ledger.path} is closed.`);
    expect(() => ledger.close()).not.toThrow();
  });

  test('every change through a ledger opened for reading', () => {
    const path = join(directory(), 'made', 'on', 'the way', 'ledger.db');
    const writer = openLedger(path);
    const { id } = writer.createRun(configuration, versions);
    writer.close();
    const ledger = closing(openLedger(path, { readonly: true }));
    expect(ledger.runs()).toHaveLength(1);
    for (const work of [
      () => ledger.createRun(configuration, versions),
      () => ledger.claimRun(id),
      () => ledger.setStatus(id, 'finished'),
      () => ledger.recordScore(id, candidate(1), score(1)),
    ]) {
      expect(refusal(work).message).toBe(`Ledger ${path} was opened for reading only.`);
    }
    expect('createRun' in closing(openLedgerReader(path))).toBe(false);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });
});

test('a checkpoint of 8 MB is replaced in reasonable time', () => {
  const ledger = newLedger();
  const id = runInTraining(ledger);
  const data = new Float32Array(2 * 1024 * 1024).map((_, index) => Math.sin(index));
  const tensors = { weights: { dtype: 'float32', shape: [data.length], data } } as const;
  const milliseconds = [2, 3, 4, 5].map((number) => {
    const start = performance.now();
    ledger.recordEpoch(id, 1, epoch(number), { epoch: number, tensors });
    return performance.now() - start;
  });
  const start = performance.now();
  const read = ledger.checkpoint(id, 1)!;
  console.log(
    `8 MB checkpoint: written in ${milliseconds.map((ms) => ms.toFixed(0)).join(', ')} ms, read in ${(performance.now() - start).toFixed(0)} ms`,
  );
  expect(read.epoch).toBe(5);
  expect(Buffer.compare(Buffer.from(read.tensors.weights.data.buffer), Buffer.from(data.buffer))).toBe(0);
  expect(Math.min(...milliseconds)).toBeLessThan(1000);
});
