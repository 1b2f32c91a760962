/** Networks of the spaces against what PyTorch makes of them (test/reference/record-spaces.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resolve } from '../../../src/catalog.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { ParameterSpec } from '../../../src/contracts/network.js';
import type { SkeletonOptions } from '../../../src/contracts/search-space.js';
import { sizeOf } from '../../../src/kernels/shapes.js';
import { networkCost, traceNetwork } from '../../../src/network/trace.js';
import { runPrecisely } from '../network/precise.js';

interface RecordedNetwork {
  readonly space: string;
  readonly options: JsonObject;
  readonly architecture: string;
  readonly skeleton: SkeletonOptions;
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly logits: readonly number[];
}

const path = new URL('../../reference/spaces.json', import.meta.url);
const recorded = JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly RecordedNetwork[] };

const BATCH = 2;

describe('PyTorch', () => {
  recorded.cases.forEach(({ space: name, options, architecture, skeleton, parameters, multiplyAdds, logits }, i) => {
    it(`makes the same of network ${i + 1}, ${name} ${Object.values(options).join()}`, async () => {
      const space = (await resolve('spaces', name))(options);
      const network = space.network(space.parse(architecture), skeleton);
      expect(networkCost(network)).toEqual({ parameters, multiplyAdds });
      const traced = traceNetwork(network, { batch: 1, mode: 'evaluate' });
      const weights = [...traced.parameters, ...traced.statistics].map((spec) => [spec.name, filled(spec)] as const);
      const images = Float64Array.from({ length: BATCH * sizeOf(network.inputShape) }, (_, k) => Math.sin(0.37 * k));
      const run = await runPrecisely(network, 'train', BATCH, { images, ...Object.fromEntries(weights) });
      expect(run.logits.length).toBe(logits.length);
      const errors = logits.map((logit, k) => Math.abs(run.logits[k] - logit) / Math.max(1, Math.abs(logit)));
      expect(Math.max(...errors)).toBeLessThan(1e-6);
    });
  });
});

/** As in record-spaces.py. */
function filled({ name, shape }: ParameterSpec): Float64Array {
  const sum = shape.reduce((total, length) => total + length, 0);
  const deviation = Math.sqrt(sizeOf(shape.slice(1)));
  return Float64Array.from({ length: sizeOf(shape) }, (_, k) => {
    if (shape.length > 1) return Math.sin(1.3 * k + sum) / deviation;
    return name.endsWith('weight') ? 1 + 0.3 * Math.sin(k) : 0.3 * Math.cos(k);
  });
}
