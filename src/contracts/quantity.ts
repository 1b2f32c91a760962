/** Quantities of a training that are read off the backward pass after every epoch, on a batch that stays the same. */
import type { Value } from './program.js';
import type { ProgramBuilder } from './program-builder.js';

/** The network as it stands, with its running statistics, on the batch; no sample depends on another. */
export interface QuantityContext {
  readonly builder: ProgramBuilder;
  /** The values that hold one row a sample to begin with: images and labels. */
  readonly samples: readonly Value[];
  /** [N, classes] */
  readonly logits: Value;
  /** [N], cross-entropies in nats. */
  readonly losses: Value;
  readonly parameters: readonly Value[];
}

export interface Quantity {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  /** Paper, with section or equation. */
  readonly source: string;
  /** Adds the quantity to the program: a scalar. */
  write(context: QuantityContext): Value;
}
