import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { Initializer, Network, ParameterSpec } from '../../../src/contracts/network.js';
import { fanIn, filled, kaimingNormal, uniformFanIn } from '../../../src/network/initialize.js';
import { batchNormalization, convolution, globalAveragePool, linear, sequential } from '../../../src/network/layers.js';
import { initialTensor, initialWeights, rememberedTensors } from '../../../src/network/weights.js';

const largest = (data: Float32Array) => data.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
const smallest = (data: Float32Array) => data.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

function deviationOf(data: Float32Array): number {
  const mean = data.reduce((total, x) => total + x, 0) / data.length;
  return Math.sqrt(data.reduce((total, x) => total + (x - mean) ** 2, 0) / data.length);
}

describe('initialisers', () => {
  const draw = (initialize: Initializer, shape: number[]) => initialize(shape, random('initialisers'));

  it.each([
    ['a convolution', uniformFanIn(), [32, 16, 3, 3], 16 * 9],
    ['a linear layer', uniformFanIn(), [40, 25], 25],
    ['a given fan-in', uniformFanIn(9), [2000], 9],
  ])('uniformFanIn fills ±1/√fan and no more for %s', (_, initialize, shape, fan) => {
    const data = draw(initialize, shape);
    const bound = 1 / Math.sqrt(fan);
    expect(data).toHaveLength(shape.reduce((a, b) => a * b));
    expect(largest(data)).toBeLessThanOrEqual(Math.fround(bound));
    expect(smallest(data)).toBeGreaterThanOrEqual(-Math.fround(bound));
    expect(largest(data)).toBeGreaterThan(0.98 * bound);
    expect(smallest(data)).toBeLessThan(-0.98 * bound);
    // A uniform law on ±a has deviation a / √3.
    expect(deviationOf(data) / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
    if (shape.length > 1) expect(fanIn(shape)).toBe(fan);
  });

  it('kaimingNormal has deviation √(2 / (out · kh · kw))', () => {
    const data = draw(kaimingNormal, [64, 32, 3, 5]);
    expect(deviationOf(data) / Math.sqrt(2 / (64 * 15))).toBeCloseTo(1, 1.5);
    expect(Math.abs(data.reduce((total, x) => total + x, 0) / data.length)).toBeLessThan(2e-3);
    expect(largest(data)).toBeGreaterThan(3 * Math.sqrt(2 / (64 * 15)));
  });

  it.each([
    ['uniformFanIn', uniformFanIn()],
    ['kaimingNormal', kaimingNormal],
  ])('%s gives the same numbers for the same seed, others for another', (_, initialize) => {
    const of = (seed: string) => initialize([4, 3, 2, 2], random(seed));
    expect(of('a')).toEqual(of('a'));
    expect(of('a')).not.toEqual(of('b'));
  });

  it('filled is one number throughout', () => {
    expect([...filled(2.5)([2, 2], random(0))]).toEqual([2.5, 2.5, 2.5, 2.5]);
  });
});

describe('initialWeights', () => {
  const layer = sequential({
    conv: convolution({ out: 4, kernel: 3 }),
    norm: batchNormalization(),
    pool: globalAveragePool,
    head: linear({ out: 2 }),
  });
  const network: Network = { inputShape: [3, 5, 5], classes: 2, layer };

  it('holds every parameter and statistic, each from the stream of its name', () => {
    const weights = initialWeights(network, random(7));
    const shapes = Object.entries(weights).map(([name, { shape }]) => [name, shape]);
    expect(shapes).toEqual([
      ['conv.weight', [4, 3, 3, 3]],
      ['norm.weight', [4]],
      ['norm.bias', [4]],
      ['head.weight', [2, 4]],
      ['head.bias', [2]],
      ['norm.running_mean', [4]],
      ['norm.running_var', [4]],
    ]);
    expect([...weights['norm.running_mean'].data]).toEqual([0, 0, 0, 0]);
    expect([...weights['norm.running_var'].data]).toEqual([1, 1, 1, 1]);
    expect([...weights['norm.weight'].data]).toEqual([1, 1, 1, 1]);
    const spec = { name: 'conv.weight', shape: [4, 3, 3, 3], initialize: uniformFanIn() };
    expect(weights['conv.weight'].data).toEqual(initialTensor(spec, random(7)));
    expect(initialTensor({ ...spec, name: 'other' }, random(7))).not.toEqual(initialTensor(spec, random(7)));
  });
});

describe('rememberedTensors', () => {
  const uniform = uniformFanIn();
  const spec = (name: string, initialize = uniform, shape = [5, 4]): ParameterSpec => ({ name, shape, initialize });
  const BYTES = 5 * 4 * 4;

  it('gives the numbers of initialTensor, and the same array again', () => {
    const tensor = rememberedTensors(random(1));
    const first = tensor(spec('a'));
    expect(first).toEqual(initialTensor(spec('a'), random(1)));
    expect(tensor(spec('a'))).toBe(first);
    expect(tensor(spec('b'))).toEqual(initialTensor(spec('b'), random(1)));
  });

  it('tells shapes of one name apart', () => {
    const tensor = rememberedTensors(random(1));
    expect(tensor(spec('a', uniform, [2, 3]))).toHaveLength(6);
    expect(tensor(spec('a', uniform, [3, 2]))).toEqual(initialTensor(spec('a', uniform, [3, 2]), random(1)));
  });

  it('does not mix different initialisers of one name', () => {
    const tensor = rememberedTensors(random(1));
    for (let round = 0; round < 2; round++) {
      for (const initialize of [uniform, filled(3), kaimingNormal]) {
        expect(tensor(spec('a', initialize))).toEqual(initialTensor(spec('a', initialize), random(1)));
      }
    }
  });

  it('forgets all where the next would go past the limit, and draws equal numbers anew', () => {
    const tensor = rememberedTensors(random(1), 2 * BYTES);
    const [a, b] = [tensor(spec('a')), tensor(spec('b'))];
    expect(tensor(spec('a'))).toBe(a);
    expect(tensor(spec('b'))).toBe(b);
    const c = tensor(spec('c'));
    expect(tensor(spec('c'))).toBe(c);
    const again = tensor(spec('a'));
    expect(again).not.toBe(a);
    expect(again).toEqual(a);
    // c and a fill it now.
    expect(tensor(spec('c'))).toBe(c);
    expect(tensor(spec('b'))).not.toBe(b);
    expect(tensor(spec('c'))).not.toBe(c);
  });

  it('counts the bytes of what an initialiser replaces once', () => {
    const tensor = rememberedTensors(random(1), 2 * BYTES);
    const a = tensor(spec('a'));
    for (let round = 0; round < 5; round++) tensor(spec('b', filled(round)));
    expect(tensor(spec('a'))).toBe(a);
  });
});
