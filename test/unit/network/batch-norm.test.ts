import { describe, expect, it } from 'vitest';
import type { NetworkMode, Scope } from '../../../src/contracts/network.js';
import type { ProgramBuilder } from '../../../src/contracts/program-builder.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { batchNormOfBatch } from '../../../src/network/batch-norm.js';
import { batchNormalization } from '../../../src/network/layers.js';
import { gradientErrors } from '../../../src/testing/kernel-backend-gradients.js';
import { type CaseInput, fixed, normal, positive } from '../../../src/testing/kernel-backend-inputs.js';
import { type Write, weighted, worstError } from '../../../src/testing/kernel-backend-programs.js';
import { type Numbers, networkOf, normals, runPrecisely } from './precise.js';

const EPSILON = 1e-5;
/** A constant of a program is float32, so 1 / count and the momentum are rounded to 6e-8. */
const TOLERANCE = 1e-6;

interface Images {
  readonly batch: number;
  readonly channels: number;
  readonly side: number;
  readonly data: Float64Array;
}

/** Positions of one channel's numbers in [N, C, H, W]. */
function positionsOf({ batch, channels, side }: Images, channel: number): number[] {
  const plane = side * side;
  const found: number[] = [];
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < plane; i++) found.push((n * channels + channel) * plane + i);
  }
  return found;
}

/** Mean and sum of squared differences from it, in two passes. */
function momentsOf(values: readonly number[]): { mean: number; squares: number } {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return { mean, squares: values.reduce((total, value) => total + (value - mean) ** 2, 0) };
}

function perChannel(images: Images): { mean: number; squares: number; count: number }[] {
  return Array.from({ length: images.channels }, (_, channel) => {
    const values = positionsOf(images, channel).map((i) => images.data[i]);
    return { ...momentsOf(values), count: values.length };
  });
}

function normalize(images: Images, mean: (c: number) => number, variance: (c: number) => number, feeds: Numbers) {
  const y = new Float64Array(images.data.length);
  for (let c = 0; c < images.channels; c++) {
    for (const i of positionsOf(images, c)) {
      const unit = (images.data[i] - mean(c)) / Math.sqrt(variance(c) + EPSILON);
      y[i] = unit * feeds['layer.weight'][c] + feeds['layer.bias'][c];
    }
  }
  return y;
}

function feedsOf(images: Images): Numbers {
  const { channels } = images;
  return {
    images: images.data,
    'layer.weight': normals('weight', channels),
    'layer.bias': normals('bias', channels),
    'layer.running_mean': normals('mean', channels),
    'layer.running_var': normals('variance', channels).map((x) => 0.5 + x * x),
  };
}

function run(images: Images, mode: NetworkMode, layer = batchNormalization()) {
  const { batch, channels, side } = images;
  const network = networkOf([channels, side, side], channels * side * side, layer);
  return runPrecisely(network, mode, batch, feedsOf(images));
}

const imagesOf = (batch: number, channels: number, side: number): Images => ({
  batch,
  channels,
  side,
  data: normals('images', batch * channels * side * side).map((x) => 0.7 + 1.3 * x),
});

/** The second channel holds one number throughout. */
function withConstantChannel(images: Images): Images {
  const data = images.data.slice();
  for (const i of positionsOf(images, 1)) data[i] = 1.5;
  return { ...images, data };
}

const cases: readonly (readonly [string, Images])[] = [
  ['images', imagesOf(3, 4, 5)],
  ['one image of several pixels', imagesOf(1, 2, 3)],
  ['one pixel of several images', imagesOf(5, 3, 1)],
  ['one image of one pixel', imagesOf(1, 3, 1)],
  ['a constant channel', withConstantChannel(imagesOf(2, 3, 4))],
];

describe.each(cases)('batch normalisation of %s', (_, images) => {
  const moments = perChannel(images);
  const feeds = feedsOf(images);

  it.each(['train', 'score'] as const)("takes the batch's moments in mode %s", async (mode) => {
    const { logits } = await run(images, mode);
    const expected = normalize(
      images,
      (c) => moments[c].mean,
      (c) => moments[c].squares / moments[c].count,
      feeds,
    );
    expect(worstError(expected, logits)).toBeLessThan(TOLERANCE);
  });

  it('takes the running moments in mode evaluate', async () => {
    const { logits } = await run(images, 'evaluate');
    const [mean, variance] = [feeds['layer.running_mean'], feeds['layer.running_var']];
    const expected = normalize(
      images,
      (c) => mean[c],
      (c) => variance[c],
      feeds,
    );
    expect(worstError(expected, logits)).toBeLessThan(TOLERANCE);
  });

  it('moves the running moments as PyTorch does: by a tenth, to the unbiased variance', async () => {
    const results = await run(images, 'train');
    const [mean, variance] = [feeds['layer.running_mean'], feeds['layer.running_var']];
    const newMean = moments.map((m, c) => 0.9 * mean[c] + 0.1 * m.mean);
    // PyTorch refuses one value a channel; here its variance is the biased one, 0.
    const newVariance = moments.map((m, c) => 0.9 * variance[c] + 0.1 * (m.squares / Math.max(1, m.count - 1)));
    expect(worstError(newMean, results['layer.running_mean'])).toBeLessThan(TOLERANCE);
    expect(worstError(newVariance, results['layer.running_var'])).toBeLessThan(TOLERANCE);
  });

  it.each(['score', 'evaluate'] as const)('leaves the running moments alone in mode %s', async (mode) => {
    expect(Object.keys(await run(images, mode))).toEqual(['logits']);
  });
});

describe('options of batch normalisation', () => {
  it('are epsilon and the weight of the newest batch', async () => {
    const images = imagesOf(3, 2, 3);
    const results = await run(images, 'train', batchNormalization({ epsilon: 0.5, momentum: 0.25 }));
    const feeds = feedsOf(images);
    const moments = perChannel(images);
    const first = (images.data[0] - moments[0].mean) / Math.sqrt(moments[0].squares / moments[0].count + 0.5);
    expect(results.logits[0]).toBeCloseTo(first * feeds['layer.weight'][0] + feeds['layer.bias'][0], 6);
    const mean = 0.75 * feeds['layer.running_mean'][0] + 0.25 * moments[0].mean;
    expect(results['layer.running_mean'][0]).toBeCloseTo(mean, 6);
  });
});

/** The scope of a lone layer: all it needs is a builder and a mode. */
function scopeOf(builder: ProgramBuilder, mode: NetworkMode): Scope {
  const scope: Scope = {
    builder,
    mode,
    parameter: (name, shape) => builder.input(name, shape),
    statistic: (name, shape) => builder.input(name, shape),
    updateStatistic: () => undefined,
    noteActivation: () => undefined,
    noteBlock: () => undefined,
    droppable: (output) => output,
    auxiliary: () => undefined,
    child: (_name, layer, input) => layer(scope, input),
  };
  return scope;
}

/** Σ normalised · weights, with x, scale, offset and the weights as inputs. */
const loss: Write = (builder, [x, scale, offset, weights]) => {
  const zero = builder.op('broadcast', [builder.scalar(0)], { shape: builder.shape(scale) });
  const options = { epsilon: EPSILON, momentum: 0.1 };
  const running = { mean: zero, variance: zero };
  const y = batchNormOfBatch(scopeOf(builder, 'score'), x, { scale, offset }, running, options);
  return weighted(builder, y, weights);
};

const inputsOf = (x: CaseInput): CaseInput[] => {
  const channels = x.shape[1];
  return [x, positive(channels), normal(channels), normal(...x.shape)];
};

describe('the gradient of batch normalisation', () => {
  it('is a rule of its own, so that what follows checks that rule', () => {
    const builder = programBuilder();
    const [x, scale, offset] = [builder.input('x', [2, 3, 2, 2]), builder.input('s', [3]), builder.input('o', [3])];
    const running = { mean: builder.input('m', [3]), variance: builder.input('v', [3]) };
    const options = { epsilon: EPSILON, momentum: 0.1 };
    const y = batchNormOfBatch(scopeOf(builder, 'train'), x, { scale, offset }, running, options);
    expect(builder.gradientRule(y)?.inputs).toEqual([x, scale, offset]);
  });

  it.each([
    ['images', normal(3, 2, 3, 3)],
    ['one image', normal(1, 2, 2, 2)],
    ['one pixel of several images', normal(4, 3, 1, 1)],
    ['one image of one pixel', normal(1, 3, 1, 1)],
    ['a batch without a plane', normal(5, 2)],
  ])('is that of central differences for %s: x, scale, offset', async (_, x) => {
    const errors = await gradientErrors(loss, inputsOf(x));
    expect(errors).toHaveLength(4);
    for (const error of errors) expect(error).toBeLessThan(1e-6);
  });

  it('is that of central differences for a constant channel', async () => {
    const x = fixed([2, 2, 1, 2], [1.5, 1.5, 0.25, -1, 1.5, 1.5, 2, 0.5]);
    // The variance at a step away from constant must stay far below ε.
    const errors = await gradientErrors(loss, inputsOf(x), { step: 1e-6 });
    for (const error of errors) expect(error).toBeLessThan(1e-5);
  });
});
