/** Every predictor of the catalogue. */
import { describe, expect, it } from 'vitest';
import { namesOf, resolve } from '../../src/catalog.js';
import type { JsonObject } from '../../src/contracts/json.js';
import { onnxruntimeBackend } from '../../src/kernels/onnxruntime/index.js';
import { predictorConformance } from '../../src/testing/predictor.js';

/** Where the defaults would take long; what is kept does not depend on them. */
const OPTIONS: Readonly<Record<string, JsonObject>> = {
  mlp: { widths: [64, 64], epochs: 200, learningRate: 0.003 },
  'random-forest': { trees: 100 },
};

const predictor = (name: string) => resolve('predictors', name);

for (const name of namesOf('predictors')) {
  const subject = { engine: () => onnxruntimeBackend(), predictor, options: OPTIONS[name] };
  predictorConformance({ describe, it, expect }, await predictor(name), subject);
}
