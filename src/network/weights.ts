/** Initial weights of a network, drawn from named streams: a parameter of the same name and shape starts equal in every network of a seed. */
import type { Random } from '../base/random.js';
import type { Network, ParameterSpec } from '../contracts/network.js';
import type { Weights } from '../contracts/training.js';
import { traceNetwork } from './trace.js';

/** The initial values of one parameter or statistic. */
export function initialTensor(spec: ParameterSpec, random: Random): Float32Array {
  return spec.initialize(spec.shape, random.child(spec.name));
}

/** The initial values of all parameters and statistics. */
export function initialWeights(network: Network, random: Random): Weights {
  const { parameters, statistics } = traceNetwork(network, { batch: 1, mode: 'evaluate' });
  const entries = [...parameters, ...statistics].map((spec) => {
    const data = initialTensor(spec, random);
    return [spec.name, { dtype: 'float32', shape: spec.shape, data }] as const;
  });
  return Object.fromEntries(entries);
}
