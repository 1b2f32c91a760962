/** Small networks whose layers have gradient rules of their own learn the built-in data, and a coupled network decouples. */
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { Layer, Network } from '../../../src/contracts/network.js';
import type { Weights } from '../../../src/contracts/training.js';
import { normalizedBatch } from '../../../src/data/batches.js';
import { loadData } from '../../../src/data/load.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import {
  binaryActivation,
  coupledBinaryActivation,
  decoupledBinaryActivation,
  decoupledFilter,
} from '../../../src/network/binary.js';
import {
  batchNormalization,
  convolution,
  globalAveragePool,
  linear,
  maxPool,
  relu,
  sequential,
} from '../../../src/network/layers.js';
import { traceNetwork } from '../../../src/network/trace.js';
import { operations } from '../../../src/spaces/operations.js';
import { runOnce, worstError } from '../../../src/testing/kernel-backend-programs.js';
import { recipes } from '../../../src/train/recipes.js';
import { train } from '../../../src/train/train.js';

const CHANNELS = 8;
const engine = await onnxruntimeBackend();
const data = await loadData({ data: 'synthetic:train=1000,test=100', seed: 1 });
const augmentation = { crop: 0, flip: false, cutout: 0 };
const recipe = { ...recipes.short, epochs: 8, batchSize: 32, weightDecay: 0, augmentation };

/** Two layers of a kind between an ordinary stem and head. */
const networkOf = (layer: () => Layer): Network => ({
  inputShape: [3, 32, 32],
  classes: 10,
  layer: sequential({
    stem: convolution({ out: CHANNELS, kernel: 3, stride: 2, padding: 1 }),
    pool: maxPool({ kernel: 2 }),
    norm: batchNormalization(),
    first: layer(),
    second: layer(),
    relu,
    mean: globalAveragePool,
    head: linear({ out: 10 }),
  }),
});

async function trained(network: Network) {
  const result = await train({ network, data, recipe, engine, random: random('rules'), threads: 1 });
  if ('failure' in result) throw new Error(result.failure);
  return result;
}

describe('a network learns with', () => {
  const names = [
    'adder_conv_3x3',
    'binary_conv_3x3',
    'coupled_binary_conv_3x3',
    'quantized_conv_3x3_2bit',
    'quantized_conv_3x3_4bit',
  ] as const;
  it.each(names)('%s', async (name) => {
    const { measures } = await trained(networkOf(() => operations[name](CHANNELS)));
    // Chance is .1, with a deviation of .02 on 200 images; an ordinary convolution comes to .53.
    expect(measures.validationAccuracy.value).toBeGreaterThan(0.2);
  });
});

/** Logits of the first images of the test part. */
async function logitsOf(network: Network, weights: Weights) {
  const { builder, logits } = traceNetwork(network, { batch: 16, mode: 'evaluate' });
  const { images } = normalizedBatch(data.test, data.normalization, [...Array(16).keys()]);
  const inputs = { images: { dtype: 'float32', shape: [16, 3, 32, 32], data: images }, ...weights } as const;
  return (await runOnce(engine, { program: builder.finish({ logits }), inputs })).logits.data;
}

describe('a network of coupled pairs', () => {
  const pairs = (activation: Layer) =>
    networkOf(() =>
      sequential({
        centre: batchNormalization(),
        activation,
        conv: convolution({ out: CHANNELS, kernel: 3, padding: 1 }),
        norm: batchNormalization(),
      }),
    );

  it('computes the same when it is decoupled, and not with single activations', async () => {
    const { weights } = await trained(pairs(coupledBinaryActivation));
    const decoupled = Object.entries(weights).map(([name, tensor]) => {
      if (!name.endsWith('conv.weight')) return [name, tensor] as const;
      const [outputs, inputs, ...kernel] = tensor.shape;
      const filter = decoupledFilter(tensor.data as Float32Array, outputs);
      return [name, { ...tensor, shape: [outputs, 2 * inputs, ...kernel], data: filter }] as const;
    });
    const before = await logitsOf(pairs(coupledBinaryActivation), weights);
    const after = await logitsOf(pairs(decoupledBinaryActivation), Object.fromEntries(decoupled));
    expect(worstError(before, after)).toBeLessThan(1e-5);
    expect(worstError(before, await logitsOf(pairs(binaryActivation), weights))).toBeGreaterThan(1e-2);
  });
});
