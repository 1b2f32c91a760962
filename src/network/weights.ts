/** Initial weights of a network, drawn from named streams: a parameter of the same name and shape starts equal in every network of a seed. */
import type { Random } from '../base/random.js';
import type { Network, ParameterSpec } from '../contracts/network.js';
import type { Weights } from '../contracts/training.js';
import { traceNetwork } from './trace.js';

/** The initial values of one parameter or statistic. */
export function initialTensor(spec: ParameterSpec, random: Random): Float32Array {
  return spec.initialize(spec.shape, random.child(spec.name));
}

/**
 * Initial values that are drawn once and then remembered: candidates of a run share most names and shapes.
 * @param limit bytes to remember at most; then all is forgotten and drawn anew as needed
 */
export function rememberedTensors(random: Random, limit = 256 * 2 ** 20): (spec: ParameterSpec) => Float32Array {
  const known = new Map<string, { readonly initialize: ParameterSpec['initialize']; readonly data: Float32Array }>();
  let bytes = 0;
  return (spec) => {
    const key = `${spec.name}:${spec.shape.join(',')}`;
    const found = known.get(key);
    if (found?.initialize === spec.initialize) return found.data;
    const data = initialTensor(spec, random);
    bytes += data.byteLength - (found?.data.byteLength ?? 0);
    if (bytes > limit) {
      known.clear();
      bytes = data.byteLength;
    }
    known.set(key, { initialize: spec.initialize, data });
    return data;
  };
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
