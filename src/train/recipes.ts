/** Training recipes by name. */
import type { TrainingRecipe } from '../contracts/training.js';

/** The NAS-Bench-201 recipe (Dong & Yang, ICLR 2020, table 1): 200 epochs of SGD, cosine schedule, crop and flip. */
const nasBench201: TrainingRecipe = {
  epochs: 200,
  batchSize: 256,
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

/** The same for a few epochs on a few thousand images: smaller batches take more steps, a warm-up keeps the first ones safe. */
const short: TrainingRecipe = { ...nasBench201, epochs: 3, batchSize: 64, warmupEpochs: 1 };

export const recipes = { 'nas-bench-201': nasBench201, short } as const satisfies Record<string, TrainingRecipe>;
