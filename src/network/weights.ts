/** Initial weights of a network, drawn from named streams: a parameter of the same name and shape starts equal in every network of a seed. */
import type { Random } from '../base/random.js';
import type { Network, ParameterSpec } from '../contracts/network.js';
import type { Weights } from '../contracts/training.js';
import { traceNetwork } from './trace.js';

/** The initial values of one parameter or statistic. */
export function initialTensor(spec: ParameterSpec, random: Random): Float32Array {
  return spec.initialize(spec.shape, random.child(spec.name));
}

/** @param draw number of the initialisation: 0 is the run's own, others are independent of it */
export type Initialize = (spec: ParameterSpec, draw?: number) => Float32Array;

/**
 * Initial values that are drawn once and then remembered: candidates of a run share most names and shapes.
 * @param limit bytes to remember at most; then all is forgotten and drawn anew as needed
 */
export function rememberedTensors(random: Random, limit = 256 * 2 ** 20): Initialize {
  const known = new Map<string, { readonly initialize: ParameterSpec['initialize']; readonly data: Float32Array }>();
  let bytes = 0;
  return (spec, draw = 0) => {
    const key = `${draw}:${spec.name}:${spec.shape.join(',')}`;
    const found = known.get(key);
    if (found?.initialize === spec.initialize) return found.data;
    const data = initialTensor(spec, draw === 0 ? random : random.child('draw', draw));
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
