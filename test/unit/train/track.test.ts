/** Tracked quantities: what they are, and that a training records them after every epoch. */
import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { Tensor } from '../../../src/contracts/kernel-backend.js';
import type { EpochRecord, TrainingRecipe } from '../../../src/contracts/training.js';
import { normalizedBatch } from '../../../src/data/batches.js';
import { loadData } from '../../../src/data/load.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { crossEntropies } from '../../../src/network/loss.js';
import { traceNetwork } from '../../../src/network/trace.js';
import { runOnce } from '../../../src/testing/kernel-backend-programs.js';
import { quantities } from '../../../src/train/quantities.js';
import { recipes } from '../../../src/train/recipes.js';
import { train } from '../../../src/train/train.js';

const engine = await onnxruntimeBackend();
const data = await loadData({ data: 'synthetic:train=80,test=20', seed: 1 });
const space = nasBench201();
const text = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|nor_conv_1x1~1|avg_pool_3x3~2|';
const network = space.network(space.parse(text), { channels: 4, cells: 1 });
const recipe: TrainingRecipe = { ...recipes.short, epochs: 2, batchSize: 32 };
const BATCH = 32;

async function trained(track = Object.values(quantities)) {
  const epochs: EpochRecord[] = [];
  const options = { network, data, recipe, engine, random: random('training'), threads: 1, track };
  const result = await train({ ...options, onEpoch: ({ epoch }) => void epochs.push(epoch) });
  if ('failure' in result) throw new Error(result.failure);
  return { epochs, weights: result.weights };
}

/** Of each of the batch's images by itself: the whole gradient, by backward passes of one image. */
async function gradientsOneByOne(weights: Readonly<Record<string, Tensor>>): Promise<number[][]> {
  const { builder, logits, parameters } = traceNetwork(network, { batch: 1, mode: 'evaluate' });
  const losses = crossEntropies(builder, logits, builder.input('labels', [1], 'int32'));
  const wrt = parameters.map(({ value }) => value);
  const gradients = differentiate(builder, builder.op('reshape', [losses], { shape: [] }), wrt);
  const program = builder.finish(Object.fromEntries(gradients.map((value, i) => [`gradient${i}`, value])));
  const rows: number[][] = [];
  for (let n = 0; n < BATCH; n++) {
    const { images, labels } = normalizedBatch(data.train, data.normalization, [n]);
    const image = { dtype: 'float32', shape: [1, ...network.inputShape], data: images } as const;
    const label = { dtype: 'int32', shape: [1], data: labels } as const;
    const got = await runOnce(engine, { program, inputs: { ...weights, images: image, labels: label } });
    rows.push(Object.values(got).flatMap((tensor) => [...tensor.data]));
  }
  return rows;
}

describe('a training that tracks', () => {
  it('records after each epoch what backward passes of one image say', async () => {
    const { epochs, weights } = await trained();
    expect(epochs.map(({ tracked }) => Object.keys(tracked ?? {}))).toEqual([
      Object.keys(quantities),
      Object.keys(quantities),
    ]);
    const rows = await gradientsOneByOne(weights);
    const mean = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / BATCH);
    const square = (row: readonly number[]) => row.reduce((sum, x) => sum + x * x, 0);
    const average = (of: (row: number[]) => number) => rows.reduce((sum, row) => sum + of(row), 0) / BATCH;
    const expected = {
      'gradient-norm': Math.sqrt(square(mean)),
      'sample-gradient-norm': average((row) => Math.sqrt(square(row))),
      'gradient-second-moment': average(square),
      'gradient-variance': average((row) => square(row.map((x, i) => x - mean[i]))),
    };
    const tracked = epochs[1].tracked!;
    for (const [name, value] of Object.entries(expected)) {
      expect(Math.abs(tracked[name] / value - 1), name).toBeLessThan(1e-4);
    }
    // The network is one of ReLUs, so the two matrices are the same.
    expect(tracked['hessian-trace']).toBeGreaterThan(0);
    expect(tracked['hessian-trace'] / tracked['gauss-newton-trace']).toBeCloseTo(1, 5);
  });

  it('trains the same as one that does not', async () => {
    const [tracking, plain] = [await trained([quantities['gradient-norm']]), await trained([])];
    expect(plain.epochs.some((epoch) => 'tracked' in epoch)).toBe(false);
    expect(tracking.weights).toEqual(plain.weights);
  });
});
