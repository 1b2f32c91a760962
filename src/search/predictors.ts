/** Predictors as samplers are given them. */
import { resolve } from '../catalog.js';
import type { KernelBackend } from '../contracts/kernel-backend.js';
import type { SamplerContext } from '../contracts/sampler.js';

/** Predictors by their names in the catalogue. @param threads cores that their predictions may use, default all */
export function predictorsByName(
  engine: () => Promise<KernelBackend>,
  threads?: number,
): NonNullable<SamplerContext['predictor']> {
  return async (name, stream, options) => {
    const make = await resolve('predictors', name);
    return make({ random: stream, options, engine, threads, predictor: (member) => resolve('predictors', member) });
  };
}
