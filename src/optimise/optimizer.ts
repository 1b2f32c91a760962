/**
 * Optimisers write their update into the training program. All parameters of a network are one vector, so that an update is a
 * handful of ops whatever the number of layers.
 */

import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';

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
}

export interface Updated {
  readonly parameters: Value;
  readonly state: readonly Value[];
}

export interface Optimizer {
  /** Names of the vectors it keeps beside the parameters. */
  readonly slots: readonly string[];
  update(b: ProgramBuilder, inputs: UpdateInputs): Updated;
}
