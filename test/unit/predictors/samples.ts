/** Samples and contexts for tests of predictors. */
import { type Random, random } from '../../../src/base/random.js';
import { resolve } from '../../../src/catalog.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { Features, PredictorContext } from '../../../src/contracts/predictor.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';

export function contextOf(seed: number, options?: JsonObject): PredictorContext {
  return {
    random: random(seed),
    options,
    engine: () => onnxruntimeBackend(),
    predictor: (name) => resolve('predictors', name),
  };
}

export function normalFeatures(stream: Random, count: number, width: number): Features {
  return { count, width, values: Float32Array.from({ length: count * width }, () => stream.normal()) };
}

/** sin of a weighted sum, and a little of its square. */
export function smooth({ count, width, values }: Features): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => {
    let sum = 0;
    for (let f = 0; f < width; f++) sum += (values[row * width + f] * (f + 1)) / width;
    return Math.sin(sum) + 0.2 * sum ** 2;
  });
}
