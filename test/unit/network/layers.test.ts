import { describe, expect, it } from 'vitest';
import type { Layer, Network } from '../../../src/contracts/network.js';
import {
  averagePool,
  batchNormalization,
  convolution,
  globalAveragePool,
  identity,
  linear,
  maxPool,
  relu,
  sequential,
  sum,
} from '../../../src/network/layers.js';
import { traceNetwork } from '../../../src/network/trace.js';
import { flatten, networkOf, normals, runPrecisely } from './precise.js';
import { shapeRefusal } from './refusal.js';

/** What a layer makes of an image [channels, height, width] in a batch of 2, and the names and shapes of its tensors. */
function made(layer: Layer, inputShape: Network['inputShape'] = [4, 7, 9]) {
  let shape: readonly number[] = [];
  const whole: Layer = (scope, x) => {
    const y = scope.child('it', layer, x);
    shape = scope.builder.shape(y);
    const rows = flatten(scope, y);
    return scope.child('head', linear({ out: 3 }), rows);
  };
  const traced = traceNetwork({ inputShape, classes: 3, layer: whole }, { batch: 2, mode: 'train' });
  const tensors = [...traced.parameters, ...traced.statistics].filter(({ name }) => name.startsWith('it'));
  return { shape, tensors: Object.fromEntries(tensors.map(({ name, shape }) => [name.slice(3), shape])) };
}

describe('what layers make, and their tensors', () => {
  const cases: readonly (readonly [string, Layer, readonly number[], object])[] = [
    ['convolution 3×3', convolution({ out: 5, kernel: 3 }), [2, 5, 5, 7], { weight: [5, 4, 3, 3] }],
    ['with padding', convolution({ out: 5, kernel: 3, padding: 1 }), [2, 5, 7, 9], { weight: [5, 4, 3, 3] }],
    ['with stride', convolution({ out: 5, kernel: 3, stride: 2, padding: 1 }), [2, 5, 4, 5], { weight: [5, 4, 3, 3] }],
    ['with dilation', convolution({ out: 5, kernel: 3, dilation: 2 }), [2, 5, 3, 5], { weight: [5, 4, 3, 3] }],
    ['in groups', convolution({ out: 6, kernel: 1, groups: 2 }), [2, 6, 7, 9], { weight: [6, 2, 1, 1] }],
    ['depthwise', convolution({ out: 4, kernel: 1, groups: 4 }), [2, 4, 7, 9], { weight: [4, 1, 1, 1] }],
    [
      'with pairs [vertical, horizontal]',
      convolution({ out: 2, kernel: [3, 5], stride: [1, 2], padding: [0, 2], dilation: [2, 1] }),
      [2, 2, 3, 5],
      { weight: [2, 4, 3, 5] },
    ],
    ['with offsets', convolution({ out: 5, kernel: 1, bias: true }), [2, 5, 7, 9], { weight: [5, 4, 1, 1], bias: [5] }],
    [
      'batch normalisation',
      batchNormalization(),
      [2, 4, 7, 9],
      { weight: [4], bias: [4], running_mean: [4], running_var: [4] },
    ],
    ['relu', relu, [2, 4, 7, 9], {}],
    ['average pool', averagePool({ kernel: 2 }), [2, 4, 3, 4], {}],
    ['average pool with stride', averagePool({ kernel: 3, stride: 1, padding: 1 }), [2, 4, 7, 9], {}],
    ['max pool', maxPool({ kernel: [3, 2], stride: [2, 1] }), [2, 4, 3, 8], {}],
    ['global average pool', globalAveragePool, [2, 4], {}],
    ['identity', identity, [2, 4, 7, 9], {}],
    [
      'linear',
      sequential({ pool: globalAveragePool, linear: linear({ out: 6 }) }),
      [2, 6],
      { 'linear.weight': [6, 4], 'linear.bias': [6] },
    ],
    [
      'linear without offsets',
      sequential({ pool: globalAveragePool, linear: linear({ out: 6, bias: false }) }),
      [2, 6],
      { 'linear.weight': [6, 4] },
    ],
    [
      'a sum of branches',
      sum({ a: convolution({ out: 4, kernel: 1 }), b: identity, c: convolution({ out: 4, kernel: 3, padding: 1 }) }),
      [2, 4, 7, 9],
      { 'a.weight': [4, 4, 1, 1], 'c.weight': [4, 4, 3, 3] },
    ],
  ];
  it.each(cases)('%s', (_, layer, shape, tensors) => {
    expect(made(layer)).toEqual({ shape, tensors });
  });

  it('global average pooling is the mean over the image; offsets are added to every pixel', async () => {
    const pool = networkOf([2, 3, 1], 2, globalAveragePool);
    const images = normals('pool', 6);
    const { logits } = await runPrecisely(pool, 'score', 1, { images });
    expect(logits[0]).toBeCloseTo((images[0] + images[1] + images[2]) / 3, 6);
    expect(logits[1]).toBeCloseTo((images[3] + images[4] + images[5]) / 3, 6);

    const layer = networkOf([1, 1, 2], 4, convolution({ out: 2, kernel: 1, bias: true }));
    const feeds = {
      images: Float64Array.of(3, 5),
      'layer.weight': Float64Array.of(2, -1),
      'layer.bias': Float64Array.of(10, 20),
    };
    expect([...(await runPrecisely(layer, 'score', 1, feeds)).logits]).toEqual([16, 20, 17, 15]);
  });

  it('tells of every relu, also of two that read the same', () => {
    const layer = sequential({ twice: sum({ a: relu, b: relu }), pool: globalAveragePool });
    const traced = traceNetwork({ inputShape: [3, 2, 2], classes: 3, layer }, { batch: 1, mode: 'score' });
    expect(traced.activations.map(({ input }) => input)).toEqual([traced.images, traced.images]);
  });
});

describe('networks whose shapes do not fit', () => {
  const trace = (layer: Layer, inputShape: Network['inputShape'] = [3, 4, 4], classes = 3) =>
    shapeRefusal(() => traceNetwork({ inputShape, classes, layer }, { batch: 2, mode: 'evaluate' }));
  const ending = (layer: Layer) => sequential({ it: layer, pool: globalAveragePool, linear: linear({ out: 3 }) });
  const same = sum({ a: identity, b: convolution({ out: 2, kernel: 1 }) });
  const twice: Layer = (scope, x) => {
    const layer = convolution({ out: 3, kernel: 1 });
    return scope.child('same', layer, scope.child('same', layer, x));
  };
  const clash: Layer = (scope, x) => {
    scope.parameter('t', [1], () => new Float32Array(1));
    scope.statistic('t', [1], () => new Float32Array(1));
    return x;
  };

  it.each([
    [
      'channels that groups do not divide',
      ending(convolution({ out: 4, kernel: 1, groups: 2 })),
      'Expected 2 input channels (and output channels in 2 equal groups) for a filter [4, 1, 1, 1], got an image [2, 3, 4, 4].',
    ],
    [
      'output channels that groups do not divide',
      ending(convolution({ out: 4, kernel: 1, groups: 3 })),
      'Expected 3 input channels (and output channels in 3 equal groups) for a filter [4, 1, 1, 1], got an image [2, 3, 4, 4].',
    ],
    [
      'more groups than channels',
      ending(convolution({ out: 4, kernel: 1, groups: 4 })),
      'Expected lengths of at least 1, got shape [4, 0, 1, 1].',
    ],
    [
      'a filter larger than the image',
      ending(convolution({ out: 4, kernel: 5 })),
      'Expected an image at least as large as the window of filter [4, 3, 5, 5], got [2, 3, 4, 4].',
    ],
    [
      'a pool larger than the image',
      ending(averagePool({ kernel: [2, 5] })),
      'Expected an image at least as large as a pool window of [2, 5], got [2, 3, 4, 4].',
    ],
    ['branches that do not add', ending(same), 'Expected shapes that broadcast, got [2, 3, 4, 4] and [2, 2, 4, 4].'],
    [
      'two parameters of one name',
      ending(twice),
      'Expected names of parameters to differ, got "it.same.weight" twice.',
    ],
    [
      'a parameter and a statistic of one name',
      ending(clash),
      'Expected names of parameters to differ, got "it.t" twice.',
    ],
    ['logits of another rank', identity, 'Expected a network to end in logits of shape [2, 3], got [2, 3, 4, 4].'],
    [
      'logits of another number of classes',
      sequential({ pool: globalAveragePool, linear: linear({ out: 4 }) }),
      'Expected a network to end in logits of shape [2, 3], got [2, 4].',
    ],
  ])('%s', (_, layer, sentence) => {
    expect(trace(layer)).toBe(sentence);
  });

  it('fit when one thing is put right', () => {
    expect(trace(ending(convolution({ out: 4, kernel: 4, groups: 1 })))).toBe('nothing thrown');
  });
});
