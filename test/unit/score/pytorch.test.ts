/** Scores against PyTorch's, recorded in float64 by test/reference/record-scores.py. Weights and images are formulas of their names. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import type { Random } from '../../../src/base/random.js';
import { random } from '../../../src/base/random.js';
import { resolve } from '../../../src/catalog.js';
import type { ScoreContext } from '../../../src/contracts/metric.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { sizeOf } from '../../../src/kernels/shapes.js';
import { computeScores } from '../../../src/score/compute.js';

interface Recorded {
  readonly architecture: string;
  readonly scores: Readonly<Record<string, number>>;
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('../../reference/scores.json', import.meta.url), 'utf8'),
);

/** Float32 against float64; GraSP differentiates twice, and its terms cancel. */
const TOLERANCE: Readonly<Record<string, number>> = { grasp: 5e-3, plain: 1e-2 };

const BATCH = 8;
const space = nasBench201();

const numbersOf = (name: string) => {
  const start = [...name].reduce((sum, letter, i) => sum + (i + 1) * letter.charCodeAt(0), 0) % 9973;
  return (i: number) => Math.sin(start + 1.7 * i + 0.01 * i * i);
};

const filled = (name: string, count: number, scale = 1) => {
  const number = numbersOf(name);
  return Float32Array.from({ length: count }, (_, i) => scale * number(i));
};

/** "Normal" numbers of a stream are the formula's, one after the other. */
const formulas: Random = {
  ...random(0),
  child: (name) => {
    const number = numbersOf(String(name));
    let i = 0;
    return { ...random(0), normal: () => number(i++) };
  },
};

const initialize: ScoreContext['initialize'] = ({ name, shape }, draw) => {
  if (name.endsWith('norm.weight')) return new Float32Array(sizeOf(shape)).fill(1);
  if (name.includes('norm')) return new Float32Array(sizeOf(shape));
  return filled(draw === 0 ? name : `${name} #${draw}`, sizeOf(shape), 0.5);
};

const batch = {
  images: filled('images', BATCH * 3 * 8 * 8),
  labels: Int32Array.from({ length: BATCH }, (_, i) => i % 10),
  size: BATCH,
};

const engines = { reference: async () => referenceBackend(), onnxruntime: () => onnxruntimeBackend() };

describe.each(Object.entries(engines))('on %s', (_, makeEngine) => {
  describe.each(recorded)('$architecture', async ({ architecture, scores }) => {
    const metrics = await Promise.all(Object.keys(scores).map((name) => resolve('metrics', name)));
    const network = space.network(space.parse(architecture), { channels: 4, cells: 1, inputShape: [3, 8, 8] });
    const engine = await makeEngine();
    const ours = await computeScores(metrics, { network, batch, engine, random: formulas, initialize, threads: 1 });
    it.each(Object.entries(scores))('%s', (name, score) => {
      const result = ours[name];
      if ('failure' in result) throw new Error(result.failure);
      expect(Math.abs(result.value - score)).toBeLessThanOrEqual(
        (TOLERANCE[name] ?? 1e-4) * Math.max(1e-2, Math.abs(score)),
      );
    });
  });
});
