/** Trained weights bound to the network they were trained in. */
import { NascentError } from '../base/errors.js';
import type { Tensor } from '../contracts/kernel-backend.js';
import type { ParameterSpec } from '../contracts/network.js';
import type { Weights } from '../contracts/training.js';
import { formatShape } from '../kernels/shapes.js';

/**
 * The tensor of each parameter and statistic. Further tensors are ignored: shared weights may hold more than one network.
 * @throws NascentError of code 'usage' where one is missing or of another type
 */
export function boundWeights(specs: readonly ParameterSpec[], weights: Weights): Record<string, Tensor> {
  return Object.fromEntries(specs.map((spec) => [spec.name, boundWeight(spec, weights)]));
}

function boundWeight({ name, shape }: ParameterSpec, weights: Weights): Tensor {
  const tensor = Object.hasOwn(weights, name) ? weights[name] : undefined;
  const wanted = `float32 ${formatShape(shape)}`;
  const got = tensor === undefined ? 'nothing' : `${tensor.dtype} ${formatShape(tensor.shape)}`;
  if (tensor !== undefined && got === wanted) return tensor;
  throw new NascentError('usage', `Expected weights to hold ${JSON.stringify(name)} as ${wanted}, got ${got}.`);
}
