/** From the gradients of a loss to what an optimiser goes by. */

import type { TracedTensor } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { differentiate } from '../kernels/gradients.js';
import { linearReader } from '../optimise/linear-reader.js';
import type { Optimizer } from '../optimise/optimizer.js';

/** By the parameter's name: the gradient of `loss`, preconditioned where the optimiser asks for it, times the tensor's own learning rate. */
export function directions(
  b: ProgramBuilder,
  loss: Value,
  parameters: readonly TracedTensor[],
  { precondition }: Optimizer,
): ReadonlyMap<string, Value> {
  const forward = b.size;
  const gradients = differentiate(
    b,
    loss,
    parameters.map(({ value }) => value),
  );
  const entries = parameters.map(({ name, value, rate }, i) => {
    const reader = precondition && linearReader(b, value, forward);
    const direction = reader ? precondition(b, gradients[i], reader) : gradients[i];
    return [name, rate ? b.op('multiply', [direction, rate(b, direction)], {}) : direction] as const;
  });
  return new Map(entries);
}
