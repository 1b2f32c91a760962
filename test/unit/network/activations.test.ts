import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../src/contracts/network.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { hardSigmoid, hardSwish, squeezeExcitation, swish } from '../../../src/network/activations.js';
import { resize } from '../../../src/network/resize.js';
import { networkCost, traceNetwork } from '../../../src/network/trace.js';

type Shape = readonly [number, number, number, number];

/** Output and gradient of the sum of it, with every parameter's value given by name. */
async function run(layer: Layer, shape: Shape, values: readonly number[], weights: Record<string, number[]> = {}) {
  const builder = programBuilder();
  let output = { value: 0, gradient: 0 };
  traceNetwork(
    {
      inputShape: [shape[1], shape[2], shape[3]],
      classes: 1,
      layer: (scope, x) => {
        const y = scope.child('it', layer, x);
        const ones = builder.op('broadcast', [builder.scalar(1)], { shape: builder.shape(y) });
        output = { value: y, gradient: differentiate(builder, y, [x], ones)[0] };
        return builder.op('broadcast', [builder.scalar(0)], { shape: [shape[0], 1] });
      },
    },
    {
      batch: shape[0],
      mode: 'train',
      builder,
      tensor: ({ name, shape: own }) => builder.constant(Float32Array.from(weights[name.slice(3)]), own),
    },
  );
  const engine = referenceBackend();
  const images = engine.upload({ dtype: 'float32', shape, data: Float32Array.from(values) });
  const results = await (await engine.compile(builder.finish(output))).run({ images });
  const data = async (name: string) => [...(await engine.download(results[name])).data];
  return { value: await data('value'), gradient: await data('gradient') };
}

function expectClose(got: readonly number[], wanted: readonly number[]): void {
  expect(got.length).toBe(wanted.length);
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], 5);
  });
}

/** Recorded with PyTorch 2.13: values and gradients of torch.nn.functional. */
describe('activations', () => {
  const x = [-4, -3, -1.5, 0, 1, 2.9, 3.5, 5];
  const cases: readonly (readonly [string, Layer, readonly number[], readonly number[]])[] = [
    ['hard-swish', hardSwish, [0, 0, -0.375, 0, 0.666667, 2.851667, 3.5, 5], [0, 0, 0, 0.5, 0.833333, 1.466667, 1, 1]],
    [
      'hard sigmoid',
      hardSigmoid,
      [0, 0, 0.25, 0.5, 0.666667, 0.983333, 1, 1],
      [0, 0, 0.166667, 0.166667, 0.166667, 0.166667, 0, 0],
    ],
  ];
  it.each(cases)('%s as PyTorch has it', async (_, layer, values, gradients) => {
    const { value, gradient } = await run(layer, [1, 1, 1, 8], x);
    expectClose(value, values);
    expectClose(gradient, gradients);
  });
  it('swish as PyTorch has it', async () => {
    const { value, gradient } = await run(swish, [1, 1, 1, 4], [-4, -1.5, 0, 2.9]);
    expectClose(value, [-0.071945, -0.273638, 0, 2.748755]);
    expectClose(gradient, [-0.052665, -0.041294, 0.5, 1.091204]);
  });
});

describe('squeeze and excitation', () => {
  it('weighs channels as PyTorch does', async () => {
    const { value } = await run(squeezeExcitation(1), [1, 2, 2, 2], [1, 2, 3, 4, -1, 0, 1, 2], {
      'reduce.weight': [0.5, -1],
      'reduce.bias': [0.25],
      'expand.weight': [2, -1],
      'expand.bias': [-0.5, 1],
    });
    expectClose(value, [0.75, 1.5, 2.25, 3, -0.5, 0, 0.5, 1]);
  });
});

describe('resizing', () => {
  const image = Array.from({ length: 12 }, (_, i) => i + 1);
  it('interpolates as PyTorch does with corners that are not aligned', async () => {
    const grown = await run(resize(5, 3), [1, 1, 3, 4], image);
    expectClose(
      grown.value,
      [1.166667, 2.5, 3.833333, 2.766667, 4.1, 5.433333, 5.166667, 6.5, 7.833333, 7.566667, 8.9, 10.233335].concat([
        9.166667, 10.5, 11.833334,
      ]),
    );
    const flat = await run(resize(2, 6), [1, 1, 3, 4], image);
    expectClose(flat.value, [2, 2.5, 3.166667, 3.833333, 4.5, 5, 8, 8.5, 9.166667, 9.833333, 10.5, 11]);
  });
  it('keeps images and channels apart', async () => {
    const { value } = await run(resize(1, 1), [2, 2, 1, 2], [1, 3, 5, 7, 9, 11, 13, 15]);
    expectClose(value, [2, 6, 10, 14]);
  });
  it('counts no multiply-adds', () => {
    const layer: Layer = (scope, x) => {
      const y = resize(9, 9)(scope, x);
      return scope.builder.op('reshape', [y], { shape: [scope.builder.shape(x)[0], 81] });
    };
    expect(networkCost({ inputShape: [1, 4, 4], classes: 81, layer })).toEqual({ parameters: 0, multiplyAdds: 0 });
  });
});
