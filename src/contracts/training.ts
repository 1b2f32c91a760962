/** What training takes and gives. A training is resumable after every epoch, to the same result bit for bit on the same engine. */

import type { Tensor } from './kernel-backend.js';
import type { Measures } from './measures.js';

export interface Augmentation {
  /** Zero padding in pixels before a random crop back to size; 0: none. */
  readonly crop: number;
  /** Mirror left-right with probability ½. */
  readonly flip: boolean;
  /** Side of a square set to the mean at a random place, pixels; 0: none. */
  readonly cutout: number;
}

export const OPTIMIZERS = ['sgd', 'adam', 'adamw', 'lars', 'lamb', 'proxprop'] as const;

export interface TrainingRecipe {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: (typeof OPTIMIZERS)[number];
  /** Peak learning rate. */
  readonly learningRate: number;
  /** Momentum of SGD, LARS and ProxProp, or β₁ of Adam and LAMB. */
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  readonly schedule: 'cosine' | 'constant';
  /** Epochs of linear warm-up from 0. */
  readonly warmupEpochs: number;
  readonly labelSmoothing: number;
  readonly augmentation: Augmentation;
}

/** One epoch, numbered from 1. Losses in nats, accuracies as fractions. */
export interface EpochRecord {
  readonly epoch: number;
  readonly learningRate: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly seconds: number;
  /** What the run asked to track, by name; in events only. Absent where nothing was asked for. */
  readonly tracked?: Readonly<Record<string, number>>;
}

/** Everything a training needs to go on after `epoch`; the tensors by name (weights, statistics, optimiser state). */
export interface Checkpoint {
  readonly epoch: number;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** What the trained network says of the check batch: the first images of the validation part. */
export interface CheckPredictions {
  /** Name of the batch, e.g. `validation-first-64`. */
  readonly batch: string;
  readonly labels: readonly number[];
  /** float32 [count, classes] */
  readonly logits: Float32Array;
}

/** Trained weights: parameters and running statistics, by name. */
export type Weights = Readonly<Record<string, Tensor>>;

export type TrainingResult =
  | {
      readonly measures: Measures;
      readonly weights: Weights;
      readonly predictions: CheckPredictions;
      readonly seconds: number;
    }
  | { readonly failure: string; readonly seconds: number };
