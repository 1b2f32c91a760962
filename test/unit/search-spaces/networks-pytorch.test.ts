/** Networks against PyTorch: recorded logits of networks whose every weight follows from its name (see test/reference/record-networks.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resolve } from '../../../src/catalog.js';
import type { SkeletonOptions } from '../../../src/contracts/search-space.js';
import { sizeOf } from '../../../src/kernels/shapes.js';
import { networkCost, traceNetwork } from '../../../src/network/trace.js';
import { runPrecisely } from '../network/precise.js';

interface Recorded {
  readonly space: string;
  readonly architecture: string;
  readonly skeleton: Required<SkeletonOptions>;
  readonly parameters: number;
  readonly logits: readonly number[];
}

const records = JSON.parse(
  readFileSync(new URL('../../reference/networks.json', import.meta.url), 'utf8'),
) as readonly Recorded[];
const BATCH = 4;

/** As the script fills them. */
function filled(name: string, shape: readonly number[]): Float64Array {
  const start = [...name].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 97;
  const scale = 1 / Math.sqrt(Math.max(1, sizeOf(shape.slice(1))));
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(start + 1.7 * i) * scale);
}

describe('networks as PyTorch computes them', () => {
  it.each(records.map((record) => [record.space, record.architecture, record] as const))('%s %s', async (...row) => {
    const { space: name, architecture, skeleton, parameters, logits } = row[2];
    const space = (await resolve('spaces', name))();
    const network = space.network(space.parse(architecture), skeleton);
    expect(networkCost(network).parameters).toBe(parameters);
    const traced = traceNetwork(network, { batch: BATCH, mode: 'score' });
    const feeds: Record<string, Float64Array> = {
      images: filled('images', [BATCH, ...skeleton.inputShape]).map((value) => 20 * value),
    };
    for (const { name: tensor, shape } of [...traced.parameters, ...traced.statistics]) {
      const scale = tensor.endsWith('norm.weight') ? 1 : 0;
      feeds[tensor] = filled(tensor, shape).map((value) => value + scale);
    }
    const { logits: computed } = await runPrecisely(network, 'score', BATCH, feeds);
    // Constants of a program (1 / 6, weights of resizing, 1 / count) are float32 on every engine: 6·10⁻⁸ each.
    const largest = Math.max(...logits.map(Math.abs));
    computed.forEach((value, i) => {
      expect(Math.abs(value - logits[i]) / largest).toBeLessThan(1e-6);
    });
  });
});
