/** Small jobs. */
import type { DataReference, NetworkReference, ScoreJob, TrainJob } from '../../../src/contracts/job.js';
import type { TrainingRecipe } from '../../../src/contracts/training.js';

export const CELL = '|nor_conv_1x1~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_3x3~2|';

const recipe: TrainingRecipe = {
  epochs: 2,
  batchSize: 32,
  optimizer: 'sgd',
  learningRate: 0.05,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
  schedule: 'cosine',
  warmupEpochs: 0,
  labelSmoothing: 0,
  augmentation: { crop: 2, flip: true, cutout: 0 },
};

export const data: DataReference = { data: 'synthetic:train=100,test=40', seed: 3 };

export function networkOf(architecture: string): NetworkReference {
  return { space: 'nas-bench-201', spaceOptions: {}, skeleton: { channels: 4, cells: 1 }, architecture };
}

export function scoreJob(architecture = CELL): ScoreJob {
  const network = networkOf(architecture);
  return { kind: 'score', network, data, metrics: ['naswot'], batch: 16, seed: 3, engine: 'onnxruntime', threads: 1 };
}

export function trainJob(architecture = CELL): TrainJob {
  return { kind: 'train', network: networkOf(architecture), data, recipe, seed: 3, engine: 'onnxruntime', threads: 1 };
}
