import { beforeAll, describe, expect, it } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { DataSplits, ImageSet } from '../../../src/contracts/dataset.js';
import type { TrainProgress } from '../../../src/contracts/job.js';
import type { KernelBackend } from '../../../src/contracts/kernel-backend.js';
import type { Network } from '../../../src/contracts/network.js';
import type { TrainingRecipe, TrainingResult } from '../../../src/contracts/training.js';
import { checkBatch, normalizedBatch } from '../../../src/data/batches.js';
import { loadData } from '../../../src/data/load.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { traceNetwork } from '../../../src/network/trace.js';
import { runOnce, worstError } from '../../../src/testing/kernel-backend-programs.js';
import { recipes } from '../../../src/train/recipes.js';
import { type TrainOptions, train } from '../../../src/train/train.js';

const engine = await onnxruntimeBackend();
const data = await loadData({ data: 'synthetic:train=200,test=100', seed: 1 });
const space = nasBench201();
const TEXT = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|nor_conv_1x1~1|avg_pool_3x3~2|';
const networkOf = (channels: number) => space.network(space.parse(TEXT), { channels, cells: 1 });

const RECIPE: TrainingRecipe = {
  ...recipes['nas-bench-201'],
  epochs: 2,
  batchSize: 32,
  augmentation: { crop: 2, flip: true, cutout: 4 },
};

const optionsOf = (rest: Partial<TrainOptions> = {}): TrainOptions => ({
  network: networkOf(4),
  data,
  recipe: RECIPE,
  engine,
  random: random('training'),
  threads: 1,
  ...rest,
});

type Done = Exclude<TrainingResult, { readonly failure: string }>;

async function finish(options: TrainOptions): Promise<Done & { readonly told: TrainProgress[] }> {
  const told: TrainProgress[] = [];
  const result = await train({ ...options, onEpoch: (progress) => void told.push(progress) });
  if ('failure' in result) throw new Error(result.failure);
  return { ...result, told };
}

/** Logits of images by the returned weights, in the plain program whose inputs are weights by name. */
async function logitsBy(network: Network, weights: Done['weights'], images: Float32Array, size: number) {
  const { builder, logits } = traceNetwork(network, { batch: size, mode: 'evaluate' });
  const batch = { dtype: 'float32', shape: [size, ...network.inputShape], data: images } as const;
  const program = builder.finish({ logits });
  return (await runOnce(engine, { program, inputs: { images: batch, ...weights } })).logits.data;
}

/** Accuracy and mean cross-entropy of logits, in float64. */
function measuresOf(logits: ArrayLike<number>, { labels, count, classes }: ImageSet) {
  let loss = 0;
  let correct = 0;
  for (let i = 0; i < count; i++) {
    const row = Array.from({ length: classes }, (_, k) => logits[i * classes + k]);
    loss += Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0)) - row[labels[i]];
    if (row.indexOf(Math.max(...row)) === labels[i]) correct++;
  }
  return { loss: loss / count, accuracy: correct / count };
}

describe('a training', () => {
  let whole: Awaited<ReturnType<typeof finish>>;
  beforeAll(async () => {
    whole = await finish(optionsOf());
  });

  it('tells of every epoch', () => {
    expect(whole.told.map(({ epoch, checkpoint }) => [epoch.epoch, checkpoint.epoch])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    // 160 images make 5 steps an epoch; the record holds the rate of the last.
    const rates = [4 / 5, 9 / 5].map((epoch) => 0.05 * (1 + Math.cos((Math.PI * epoch) / 2)));
    expect(whole.told[0].epoch.learningRate).toBeCloseTo(rates[0], 12);
    expect(whole.told[1].epoch.learningRate).toBeCloseTo(rates[1], 12);
    expect(Object.keys(whole.told[0].checkpoint.tensors).sort()).toEqual(['momentum', 'parameters', 'statistics']);
  });

  it('ends in the measures of its last epoch, and in those of its weights', async () => {
    const { measures, weights, told } = whole;
    expect(measures.validationAccuracy).toEqual({ value: told[1].epoch.validationAccuracy, better: 'higher' });
    expect(measures.validationLoss).toEqual({ value: told[1].epoch.validationLoss, better: 'lower', unit: 'nats' });
    const network = networkOf(4);
    for (const [part, set] of [['validation', data.validation] as const, ['test', data.test] as const]) {
      const all = Array.from({ length: set.count }, (_, i) => i);
      const { images } = normalizedBatch(set, data.normalization, all);
      const expected = measuresOf(await logitsBy(network, weights, images, set.count), set);
      expect(measures[`${part}Accuracy`].value).toBeCloseTo(expected.accuracy, 9);
      expect(measures[`${part}Loss`].value).toBeCloseTo(expected.loss, 4);
    }
  });

  it('says of the check batch what its returned weights say', async () => {
    const { batch, labels, logits } = whole.predictions;
    const check = checkBatch(data, 64);
    expect(batch).toBe('validation-first-40');
    expect(batch).toBe(check.name);
    const expected = await logitsBy(networkOf(4), whole.weights, check.images, 40);
    expect(worstError(expected, logits)).toBeLessThan(1e-5);
    const rows = Array.from({ length: 40 }, (_, i) => [...logits.subarray(10 * i, 10 * i + 10)]);
    expect(labels).toEqual(rows.map((row) => row.indexOf(Math.max(...row))));
  });

  it('moves every parameter and statistic that the output depends on', () => {
    const start = whole.told[0].checkpoint.tensors.parameters.data;
    const end = whole.told[1].checkpoint.tensors.parameters.data;
    expect(end.filter((x, i) => x === start[i]).length).toBeLessThan(end.length / 100);
    const names = Object.keys(whole.weights).filter((name) => name.endsWith('running_mean'));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(whole.weights[name].data.some((x) => x !== 0)).toBe(true);
  });

  it('stopped after an epoch and resumed from its checkpoint ends in the same bits', async () => {
    const stop = new AbortController();
    const told: TrainProgress[] = [];
    const onEpoch = (progress: TrainProgress) => {
      told.push(progress);
      stop.abort(new Error('stopped here'));
    };
    await expect(train(optionsOf({ onEpoch, signal: stop.signal }))).rejects.toThrow('stopped here');
    expect(told).toHaveLength(1);
    const resumed = await finish(optionsOf({ checkpoint: told[0].checkpoint }));
    expect(resumed.told.map(({ epoch }) => epoch.epoch)).toEqual([2]);
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.measures).toEqual(whole.measures);
    expect(resumed.predictions).toEqual(whole.predictions);
    expect(resumed.told[0].checkpoint).toEqual(whole.told[1].checkpoint);
    expect({ ...resumed.told[0].epoch, seconds: 0 }).toEqual({ ...whole.told[1].epoch, seconds: 0 });
  });

  it('resumed after its last epoch only measures', async () => {
    const { told, seconds: _, ...result } = await finish(optionsOf({ checkpoint: whole.told[1].checkpoint }));
    expect(told).toEqual([]);
    const { told: __, seconds: ___, ...before } = whole;
    expect(result).toEqual(before);
  });

  it('of another stream ends in other weights', async () => {
    const other = await finish(optionsOf({ random: random('another'), recipe: { ...RECIPE, epochs: 1 } }));
    expect(other.told[0].checkpoint.tensors.parameters).not.toEqual(whole.told[0].checkpoint.tensors.parameters);
  });
});

describe('trainings that do not end well', () => {
  it('with a learning rate of 1e6 fail, and say in which epoch and step', async () => {
    const recipe = { ...RECIPE, learningRate: 1e6, batchSize: 8 };
    const result = await train(optionsOf({ recipe }));
    expect(result).toEqual({
      failure: expect.stringMatching(/^training diverged in epoch 1, step \d+ of 20: the loss is (NaN|Infinity)$/),
      seconds: expect.any(Number),
    });
  });

  it('reject with the reason of a signal that fired before the first step', async () => {
    const reason = new Error('not wanted');
    await expect(train(optionsOf({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  });

  it('reject with the reason of a signal that fires within an epoch, after the step in flight', async () => {
    const stop = new AbortController();
    const reason = { because: 'of this' };
    const told: TrainProgress[] = [];
    let steps = 0;
    const stopping: KernelBackend = {
      ...engine,
      upload: (tensor) => {
        // Labels are the only whole numbers that go in, once a step.
        if (tensor.dtype === 'int32' && ++steps === 3) stop.abort(reason);
        return engine.upload(tensor);
      },
    };
    const options = optionsOf({
      engine: stopping,
      signal: stop.signal,
      onEpoch: (progress) => void told.push(progress),
    });
    await expect(train(options)).rejects.toBe(reason);
    expect(told).toEqual([]);
    expect(steps).toBe(3);
  });

  it('reject with what a listener throws', async () => {
    const onEpoch = () => Promise.reject(new Error('disk is full'));
    await expect(train(optionsOf({ recipe: { ...RECIPE, epochs: 1 }, onEpoch }))).rejects.toThrow('disk is full');
  });
});

describe('what a training learns', () => {
  // A few hundred of these pictures teach nothing yet in two epochs; two thousand do.
  it('is more than chance after two epochs with 8 channels', async () => {
    const more = await loadData({ data: 'synthetic:train=2000,test=500', seed: 1 });
    const augmentation = { crop: 0, flip: false, cutout: 0 };
    const recipe: TrainingRecipe = { ...RECIPE, learningRate: 0.05, batchSize: 16, augmentation };
    const { measures, told } = await finish(optionsOf({ data: more, network: networkOf(8), recipe }));
    // Chance is .1 with a deviation of .0134 on 500 test images.
    expect(measures.testAccuracy.value).toBeGreaterThan(0.15);
    expect(told[1].epoch.trainAccuracy).toBeGreaterThan(told[0].epoch.trainAccuracy);
    expect(told[1].epoch.trainLoss).toBeLessThan(told[0].epoch.trainLoss);
  });
});

describe('a training on small images', () => {
  const SIDE = 8;

  /** The middle of each picture, shrunk to 8×8 by taking every fourth pixel. */
  function shrink(set: ImageSet, count: number): ImageSet {
    const images = new Uint8Array(count * 3 * SIDE * SIDE);
    for (let i = 0; i < images.length; i++) {
      const [x, y, plane] = [i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE ** 2)];
      images[i] = set.images[plane * 1024 + (4 * y + 2) * 32 + 4 * x + 2];
    }
    return { ...set, images, labels: set.labels.slice(0, count), count, shape: [3, SIDE, SIDE] };
  }

  const small: DataSplits = {
    ...data,
    train: shrink(data.train, 16),
    validation: shrink(data.validation, 8),
    test: shrink(data.test, 8),
  };
  const network = space.network(space.parse(TEXT), { channels: 16, cells: 1, inputShape: [3, SIDE, SIDE] });
  const recipe: TrainingRecipe = { ...RECIPE, batchSize: 4, learningRate: 0.02, epochs: 1 };

  it('follows the reference engine with 16 channels', async () => {
    const options = optionsOf({ network, data: small, recipe });
    const actual = await finish(options);
    const expected = await finish({ ...options, engine: referenceBackend() });
    expect(Math.abs(actual.told[0].epoch.trainLoss / expected.told[0].epoch.trainLoss - 1)).toBeLessThan(1e-4);
    expect(worstError(expected.predictions.logits, actual.predictions.logits)).toBeLessThan(1e-2);
    expect(actual.predictions.batch).toBe('validation-first-8');
  });
});
