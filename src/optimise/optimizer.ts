/**
 * Optimisers write their update into the training program. All parameters of a network are one vector, so that an update is a
 * handful of ops whatever the number of layers; an optimiser that treats tensors apart is told where they lie.
 */

import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import type { LinearReader } from './linear-reader.js';
import type { TensorPlace } from './tensorwise.js';

export interface UpdateInputs {
  /** [P] */
  readonly parameters: Value;
  /** [P] */
  readonly gradient: Value;
  /** [P] each, in the order of `slots`; zeros before the first step. */
  readonly state: readonly Value[];
  /** [] */
  readonly learningRate: Value;
  /** []: 1 at the first step. */
  readonly step: Value;
  /** The tensors that the vectors are made of, in order and without gaps, for what is done to each by itself. */
  readonly tensors: readonly TensorPlace[];
}

export interface Updated {
  readonly parameters: Value;
  readonly state: readonly Value[];
}

export interface Optimizer {
  /** Names of the vectors it keeps beside the parameters. */
  readonly slots: readonly string[];
  /** What stands in for the gradient of a tensor that the network reads by one linear op. Default: the gradient itself. */
  precondition?(b: ProgramBuilder, gradient: Value, reader: LinearReader): Value;
  update(b: ProgramBuilder, inputs: UpdateInputs): Updated;
}
