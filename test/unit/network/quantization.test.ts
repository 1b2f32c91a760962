import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { Layer } from '../../../src/contracts/network.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { batchNormalization, convolution, linear, sequential } from '../../../src/network/layers.js';
import { quantizedActivation, quantizedWeights } from '../../../src/network/quantization.js';
import { traceLayer } from '../../../src/network/trace.js';

const parametersOf = (layer: Layer, shape: readonly number[]) => {
  const builder = programBuilder();
  return traceLayer(layer, builder.input('x', shape), { builder, mode: 'train' }).parameters;
};

describe('quantised weights', () => {
  const conv = sequential({ conv: convolution({ out: 4, kernel: 3, bias: true }), norm: batchNormalization() });

  it('have a step beside each weight of two axes or more, however deep', () => {
    const names = parametersOf(quantizedWeights(4, conv), [1, 2, 5, 5]).map(({ name }) => name);
    expect(names).toEqual(['conv.weight', 'conv.step', 'conv.bias', 'norm.weight', 'norm.bias']);
    expect(parametersOf(quantizedWeights(4, linear({ out: 3 })), [1, 2]).map(({ name }) => name)).toEqual([
      'weight',
      'step',
      'bias',
    ]);
  });

  it('begin with a step that reaches about the largest weight', () => {
    const [weight, step] = parametersOf(quantizedWeights(3, linear({ out: 50 })), [1, 100]);
    const largest = weight.initialize(weight.shape, random('weight')).reduce((a, w) => Math.max(a, Math.abs(w)), 0);
    expect((4 * step.initialize([], random('step'))[0]) / largest).toBeCloseTo(1, 2);
  });
});

describe('bits', () => {
  it.each([1, 17, 2.5, Number.NaN])('of %s are refused', (bits) => {
    const sentence = /^Expected `bits` of a quantisation to be a whole number from 2 to 16, got /;
    expect(() => quantizedActivation({ bits })).toThrow(sentence);
    expect(() => quantizedWeights(bits, linear({ out: 1 }))).toThrow(sentence);
  });
});
