/** Records to write, for tests and for the child processes that they start. */
import type { CandidateRow, Ledger, ScoreRow } from '../../../../src/contracts/ledger.js';
import type { RunConfiguration } from '../../../../src/contracts/run.js';
import type {
  CheckPredictions,
  Checkpoint,
  EpochRecord,
  TrainingRecipe,
  Weights,
} from '../../../../src/contracts/training.js';

export const recipe: TrainingRecipe = {
  epochs: 2,
  batchSize: 64,
  optimizer: 'sgd',
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
  schedule: 'cosine',
  warmupEpochs: 0,
  labelSmoothing: 0,
  augmentation: { crop: 4, flip: true, cutout: 0 },
};

export const configuration: RunConfiguration = {
  space: 'nas-bench-201',
  spaceOptions: {},
  scoreSkeleton: { channels: 16, cells: 5 },
  trainSkeleton: { channels: 16, cells: 1, inputShape: [3, 32, 32] },
  data: 'synthetic',
  sampler: 'random',
  samplerOptions: {},
  metric: 'activation-overlap',
  count: 10,
  train: 2,
  recipe,
  retrainEpochs: 0,
  scoreBatch: 64,
  seed: 7,
  engine: 'reference',
  formats: ['onnx'],
  output: 'out',
};

export const versions = { nascent: '0.1.0', node: '20.20.2' };

export function candidate(number: number): CandidateRow {
  return {
    candidate: number,
    architecture: `|cell~${number}|`,
    parameters: 1000 + number,
    multiplyAdds: 5_000_000_000,
  };
}

export function score(number: number, outcome: Partial<ScoreRow> = { value: 100.25 + number }): ScoreRow {
  return {
    candidate: number,
    provenance: {
      metric: 'activation-overlap',
      settings: { norm: 'batch', layers: [1, 2] },
      seed: 7,
      batch: 'train-first-64',
      engine: 'reference',
      version: '1',
    },
    seconds: 0.125,
    ...outcome,
  };
}

export function epoch(number: number): EpochRecord {
  return {
    epoch: number,
    learningRate: 0.1 / number,
    trainLoss: 2 / number,
    trainAccuracy: 0.25 * number,
    validationLoss: 2.1 / number,
    validationAccuracy: 0.2 * number,
    seconds: 1.5,
  };
}

export const weights: Weights = {
  'stem.weight': { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1.5, -0, 3e-39, 7) },
  steps: { dtype: 'int32', shape: [], data: Int32Array.of(-3) },
};

export function checkpoint(number: number): Checkpoint {
  return { epoch: number, tensors: { ...weights, steps: { dtype: 'int32', shape: [], data: Int32Array.of(number) } } };
}

export const predictions: CheckPredictions = {
  batch: 'validation-first-2',
  labels: [0, 1],
  logits: Float32Array.of(0.5, -0.25, 1, 2),
};

/** A run with two scored candidates, of which the first is in training after its first epoch. */
export function runInTraining(ledger: Ledger): string {
  const { id } = ledger.createRun(configuration, versions);
  ledger.recordScore(id, candidate(1), score(1));
  ledger.recordScore(id, candidate(2), score(2, { failure: 'the overlap matrix is singular' }));
  ledger.recordTrainingStarted(id, { evaluation: 1, candidate: 1, stage: 'train', recipe }, 0);
  ledger.recordEpoch(id, 1, epoch(1), checkpoint(1));
  return id;
}
