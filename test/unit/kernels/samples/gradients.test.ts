/** Per-sample gradients against as many backward passes of one image. */
import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../../src/base/random.js';
import type { KernelBackend, Tensor } from '../../../../src/contracts/kernel-backend.js';
import type { Layer, Network } from '../../../../src/contracts/network.js';
import { differentiate } from '../../../../src/kernels/gradients.js';
import { onnxruntimeBackend } from '../../../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../../../src/kernels/reference/index.js';
import { perSampleGradients } from '../../../../src/kernels/samples/gradients.js';
import { contraction, fixedPoint } from '../../../../src/network/implicit.js';
import { filled } from '../../../../src/network/initialize.js';
import {
  averagePool,
  batchNormalization,
  convolution,
  globalAveragePool,
  linear,
  maxPool,
  relu,
  sequential,
} from '../../../../src/network/layers.js';
import { crossEntropies } from '../../../../src/network/loss.js';
import { traceNetwork } from '../../../../src/network/trace.js';
import { normalTensor, runOnce, type Tensors, worstError } from '../../../../src/testing/kernel-backend-programs.js';

const BATCH = 5;
const CLASSES = 4;
const space = nasBench201();

const engines: readonly (readonly [string, () => Promise<KernelBackend>, number])[] = [
  ['the reference engine', async () => referenceBackend(), 1e-4],
  ['onnxruntime', onnxruntimeBackend, 1e-4],
];

const shuffled: Layer = ({ builder: b }, x) => {
  const [batch, channels, height, width] = b.shape(x);
  const split = b.op('reshape', [x], { shape: [batch, 2, channels / 2, height, width] });
  const swapped = b.op('transpose', [split], { permutation: [0, 2, 1, 3, 4] });
  return b.op('reshape', [swapped], { shape: [batch, channels, height, width] });
};

const shared: Layer = (scope, x) => {
  const filter = scope.parameter('weight', [6, 6, 3, 3], filled(0));
  const b = scope.builder;
  const window = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
  const again = b.op('relu', [b.op('conv2d', [x, filter], window)], {});
  return b.op('conv2d', [again, filter], window);
};

/** A filter that is used as the quotient of its exponential and its norm, and an offset that is kept in a vector with others. */
const transformed: Layer = (scope, x) => {
  const b = scope.builder;
  const raw = scope.parameter('weight', [5, 3, 1, 1], filled(0));
  const exponential = b.op('exponential', [raw], {});
  const norm = b.op(
    'squareRoot',
    [b.op('sum', [b.op('multiply', [raw, raw], {})], { axes: [0, 1], keepAxes: true })],
    {},
  );
  const filter = b.op('divide', [exponential, norm], {});
  const window = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const;
  const vector = scope.parameter('vector', [9], filled(0));
  const offset = b.op('reshape', [b.op('slice', [vector], { start: [3], size: [5] })], { shape: [1, 5, 1, 1] });
  return b.op('add', [b.op('conv2d', [x, filter], window), b.op('negate', [offset], {})], {});
};

const layers: Readonly<Record<string, Layer>> = {
  'convolutions with strides, groups, dilation and offsets': sequential({
    stem: convolution({ out: 6, kernel: 3, stride: 2, padding: 1, bias: true }),
    relu,
    grouped: convolution({ out: 4, kernel: [3, 1], groups: 2, padding: [1, 0] }),
    depthwise: convolution({ out: 4, kernel: 3, groups: 4, dilation: 2, padding: 2 }),
    pointwise: convolution({ out: 3, kernel: 1 }),
  }),
  'normalisation, pools and channels that change places': sequential({
    stem: convolution({ out: 6, kernel: 3, padding: 1 }),
    norm: batchNormalization(),
    shuffled,
    maximum: maxPool({ kernel: 2 }),
    relu,
    average: averagePool({ kernel: 3, stride: 1, padding: 1 }),
  }),
  'parameters that are transformed first': sequential({ transformed, relu }),
  'a fixed point': sequential({
    point: fixedPoint({ cell: (x) => (scope, h) => scope.builder.op('add', [contraction()(scope, h), x], {}) }),
  }),
  'a filter used twice': sequential({ stem: convolution({ out: 6, kernel: 1 }), shared }),
};

function networkOf(layer: Layer): Network {
  const head = linear({ out: CLASSES });
  return {
    inputShape: [3, 8, 8],
    classes: CLASSES,
    layer: sequential({ body: layer, pool: globalAveragePool, head }),
  };
}

const cells = [
  '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|none~1|nor_conv_3x3~2|',
  // Normalisation of a dead branch is a constant that parameters change.
  '|none~0|+|skip_connect~0|nor_conv_3x3~1|+|none~0|nor_conv_1x1~1|avg_pool_3x3~2|',
];

const networks: Readonly<Record<string, Network>> = {
  ...Object.fromEntries(Object.entries(layers).map(([name, layer]) => [name, networkOf(layer)])),
  ...Object.fromEntries(
    cells.map((cell) => [
      cell,
      space.network(space.parse(cell), { channels: 4, cells: 1, classes: CLASSES, inputShape: [3, 8, 8] }),
    ]),
  ),
};

/** Normal numbers; those of variances positive. */
function weights(network: Network): Tensors {
  const { parameters, statistics } = traceNetwork(network, { batch: 1, mode: 'evaluate' });
  return Object.fromEntries(
    [...parameters, ...statistics].map(({ name, shape }) => {
      const { data } = normalTensor(name, ...shape);
      return [
        name,
        {
          dtype: 'float32',
          shape,
          data: name.endsWith('running_var') ? data.map((x) => 1 + x * x) : data.map((x) => x / 2),
        },
      ];
    }),
  );
}

function traced(network: Network, batch: number) {
  const trace = traceNetwork(network, { batch, mode: 'evaluate' });
  const labels = trace.builder.input('labels', [batch], 'int32');
  return { ...trace, labels, losses: crossEntropies(trace.builder, trace.logits, labels) };
}

async function together(engine: KernelBackend, network: Network, feeds: Tensors): Promise<Record<string, Tensor>> {
  const { builder, losses, parameters, images, labels } = traced(network, BATCH);
  const gradients = perSampleGradients(
    builder,
    losses,
    parameters.map(({ value }) => value),
    { samples: [images, labels] },
  );
  const outputs = Object.fromEntries(parameters.map(({ name }, i) => [name, gradients[i]]));
  return runOnce(engine, { program: builder.finish(outputs), inputs: feeds });
}

/** Images one by one, on the reference engine: the oracle. */
async function oneByOne(network: Network, { images, labels, ...others }: Tensors): Promise<Record<string, number[]>> {
  const { builder, losses, parameters } = traced(network, 1);
  const loss = builder.op('reshape', [losses], { shape: [] });
  const gradients = differentiate(
    builder,
    loss,
    parameters.map(({ value }) => value),
  );
  const program = builder.finish(Object.fromEntries(parameters.map(({ name }, i) => [name, gradients[i]])));
  const rows: Record<string, number[]> = {};
  for (let n = 0; n < BATCH; n++) {
    const size = images.data.length / BATCH;
    const inputs = {
      ...others,
      images: { ...images, shape: [1, ...images.shape.slice(1)], data: images.data.slice(n * size, (n + 1) * size) },
      labels: { ...labels, shape: [1], data: labels.data.slice(n, n + 1) },
    };
    for (const [name, { data }] of Object.entries(await runOnce(referenceBackend(), { program, inputs }))) {
      rows[name] = [...(rows[name] ?? []), ...data];
    }
  }
  return rows;
}

describe.each(engines)('per-sample gradients on %s', (_, backend, tolerance) => {
  it.each(Object.entries(networks))('of %s', async (_, network) => {
    const stream = random('labels');
    const feeds = {
      ...weights(network),
      images: normalTensor('images', BATCH, ...network.inputShape),
      labels: {
        dtype: 'int32',
        shape: [BATCH],
        data: Int32Array.from({ length: BATCH }, () => stream.integer(CLASSES)),
      } as const,
    };
    const expected = await oneByOne(network, feeds);
    const got = await together(await backend(), network, feeds);
    expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, rows] of Object.entries(expected)) {
      expect(worstError(rows, got[name].data), name).toBeLessThan(tolerance);
    }
  });
});

describe('what cannot be split over samples is refused', () => {
  const split = (layer: Layer, mode: 'evaluate' | 'train' = 'evaluate') => {
    const { builder, logits, parameters, images } = traceNetwork(networkOf(layer), { batch: BATCH, mode });
    const labels = builder.input('labels', [BATCH], 'int32');
    const losses = crossEntropies(builder, logits, labels);
    return perSampleGradients(
      builder,
      losses,
      parameters.map(({ value }) => value),
      { samples: [images, labels] },
    );
  };

  it('normalisation by the batch', () => {
    expect(() => split(batchNormalization(), 'train')).toThrow(
      "Expected what is differentiated to have one row for each sample, got one that channelMean of body joins samples in; normalisation needs frozen statistics (modes 'frozen' and 'evaluate').",
    );
  });

  it('a parameter that meets samples in an op without a rule', () => {
    const curved: Layer = (scope, x) => {
      const least = scope.parameter('least', [1, 3, 1, 1], filled(1));
      return scope.builder.op('maximum', [x, least], {});
    };
    expect(() => split(curved)).toThrow(
      'Expected parameters only where their gradient can be split over samples, got one that meets them in maximum in body.',
    );
  });

  it('a parameter with a gradient rule of its own', () => {
    const own: Layer = (scope, x) => {
      const scale = scope.parameter('scale', [1, 3, 1, 1], filled(1));
      const b = scope.builder;
      return b.customGradient(b.op('multiply', [x, scale], {}), [x, scale], (_, dy) => [dy, undefined]);
    };
    expect(() => split(own)).toThrow('got one that meets them in a gradient rule of its own in body.');
  });

  it('a loss that is not one number a sample', () => {
    const { builder, logits, parameters, images } = traceNetwork(networkOf(relu), { batch: BATCH, mode: 'evaluate' });
    const wrt = parameters.map(({ value }) => value);
    expect(() => perSampleGradients(builder, logits, wrt, { samples: [images] })).toThrow(
      'Expected one loss for each sample, got shape [5, 4].',
    );
    expect(() => perSampleGradients(builder, builder.input('x', [5]), wrt, { samples: [images] })).toThrow(
      'Expected what is differentiated to have one row for each sample, got a value that no sample changes.',
    );
  });
});
