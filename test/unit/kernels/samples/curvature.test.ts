/** First and second order quantities against PyTorch, which computes them by definition (see test/reference/record-curvature.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { random } from '../../../../src/base/random.js';
import type { KernelBackend, Tensor } from '../../../../src/contracts/kernel-backend.js';
import type { Layer, Network, TracedNetwork } from '../../../../src/contracts/network.js';
import type { Shape, Value } from '../../../../src/contracts/program.js';
import type { ProgramBuilder } from '../../../../src/contracts/program-builder.js';
import { onnxruntimeBackend } from '../../../../src/kernels/onnxruntime/index.js';
import { programBuilder } from '../../../../src/kernels/program.js';
import { referenceBackend } from '../../../../src/kernels/reference/index.js';
import { diagonalGaussNewton, diagonalHessian } from '../../../../src/kernels/samples/curvature.js';
import { perSampleGradients } from '../../../../src/kernels/samples/gradients.js';
import { kroneckerFactors } from '../../../../src/kernels/samples/kronecker.js';
import { exactColumns, gumbelNoise, sampledColumns } from '../../../../src/kernels/samples/loss-curvature.js';
import { sampleVariance, secondMoment, squaredNorms } from '../../../../src/kernels/samples/moments.js';
import { sizeOf } from '../../../../src/kernels/shapes.js';
import {
  batchNormalization,
  convolution,
  globalAveragePool,
  linear,
  relu,
  sequential,
} from '../../../../src/network/layers.js';
import { crossEntropies } from '../../../../src/network/loss.js';
import { traceNetwork } from '../../../../src/network/trace.js';
import { runOnce, type Tensors, worstError } from '../../../../src/testing/kernel-backend-programs.js';

type Factors = Readonly<Record<'input' | 'output', readonly number[]>>;

interface Recorded {
  readonly logits: readonly number[];
  readonly quantities: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  readonly kflr: Readonly<Record<string, Factors>>;
  readonly kfac: Readonly<Record<string, Factors>>;
}

const records: Readonly<Record<'relu' | 'tanh', Recorded>> = JSON.parse(
  readFileSync(new URL('../../../reference/curvature.json', import.meta.url), 'utf8'),
);
const BATCH = 3;
const CLASSES = 3;
const TOLERANCE = 1e-4;

const tanh: Layer = ({ builder }, x) => builder.op('tanh', [x], {});
const activations = { relu, tanh };

function networkOf(activation: Layer): Network {
  return {
    inputShape: [2, 6, 6],
    classes: CLASSES,
    layer: sequential({
      stem: convolution({ out: 3, kernel: 3, stride: 2, padding: 1, bias: true }),
      norm: batchNormalization(),
      first: activation,
      conv: convolution({ out: 4, kernel: 2 }),
      second: activation,
      pool: globalAveragePool,
      head: linear({ out: CLASSES }),
    }),
  };
}

/** As the script fills them. */
function filled(name: string, shape: Shape, change = (value: number) => value): Tensor {
  const start = [...name].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 97;
  const scale = 1 / Math.sqrt(Math.max(1, sizeOf(shape.slice(1))));
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => change(Math.sin(start + 1.7 * i) * scale));
  return { dtype: 'float32', shape, data };
}

interface Traced extends TracedNetwork {
  readonly labels: Value;
  readonly noise: Value;
  readonly samples: readonly Value[];
  readonly losses: Value;
}

function traced(network: Network): Traced {
  const trace = traceNetwork(network, { batch: BATCH, mode: 'evaluate' });
  const labels = trace.builder.input('labels', [BATCH], 'int32');
  const noise = trace.builder.input('noise', [BATCH, CLASSES]);
  const losses = crossEntropies(trace.builder, trace.logits, labels);
  return { ...trace, labels, noise, samples: [trace.images, labels, noise], losses };
}

function feedsOf({ parameters, statistics, images, builder }: Traced): Tensors {
  const changes: Readonly<Record<string, (value: number) => number>> = {
    'norm.weight': (value) => 1 + value,
    'norm.running_var': (value) => 1 + value * value,
  };
  const named = [...parameters, ...statistics].map(({ name, shape }) => [name, filled(name, shape, changes[name])]);
  return {
    ...Object.fromEntries(named),
    images: filled('images', builder.shape(images), (value) => 8 * value),
    noise: filled('noise', [BATCH, CLASSES], (value) => 2 * value),
    labels: { dtype: 'int32', shape: [BATCH], data: Int32Array.of(0, 2, 1) },
  };
}

type Quantity = (b: ProgramBuilder, traced: Traced, wrt: readonly Value[]) => Value[];

const ofGradients = (read: (b: ProgramBuilder, rows: Value) => Value): Quantity => {
  return (b, { losses, samples }, wrt) => perSampleGradients(b, losses, wrt, { samples }).map((rows) => read(b, rows));
};

const quantities: Readonly<Record<string, Quantity>> = {
  gradients: ofGradients((_, rows) => rows),
  squaredNorms: ofGradients(squaredNorms),
  secondMoment: ofGradients(secondMoment),
  variance: ofGradients(sampleVariance),
  gaussNewton: (b, network, wrt) => diagonalGaussNewton(b, network, exactColumns(b, network.logits), wrt),
  sampledGaussNewton: (b, network, wrt) =>
    diagonalGaussNewton(b, network, sampledColumns(b, network.logits, [network.noise]), wrt),
  hessian: diagonalHessian,
};

const engines: readonly (readonly [string, () => Promise<KernelBackend>])[] = [
  ['the reference engine', async () => referenceBackend()],
  ['onnxruntime', onnxruntimeBackend],
];

for (const [engine, backend] of engines) {
  describe.each(['relu', 'tanh'] as const)(`a network with %s on ${engine}`, (activation) => {
    const recorded = records[activation];
    const network = networkOf(activations[activation]);

    it.each(Object.entries(quantities))('%s', async (name, write) => {
      const trace = traced(network);
      const values = write(
        trace.builder,
        trace,
        trace.parameters.map(({ value }) => value),
      );
      const outputs = Object.fromEntries(trace.parameters.map((one, i) => [`of ${one.name}`, values[i]]));
      const program = trace.builder.finish({ ...outputs, logits: trace.logits });
      const got = await runOnce(await backend(), { program, inputs: feedsOf(trace) });
      expect(worstError(recorded.logits, got.logits.data)).toBeLessThan(1e-5);
      for (const [parameter, expected] of Object.entries(recorded.quantities)) {
        expect(worstError(expected[name], got[`of ${parameter}`].data), parameter).toBeLessThan(TOLERANCE);
      }
    });

    it.each(['kflr', 'kfac'] as const)('%s', async (name) => {
      const trace = traced(network);
      const { builder: b, logits, noise } = trace;
      const columns = name === 'kflr' ? exactColumns(b, logits) : sampledColumns(b, logits, [noise]);
      const weights = trace.parameters.filter((one) => one.name in recorded[name]);
      const factors = kroneckerFactors(
        b,
        trace,
        columns,
        weights.map(({ value }) => value),
      );
      const outputs = weights.flatMap(({ name: of }, i) => [
        [`${of} input`, factors[i].input],
        [`${of} output`, factors[i].output],
      ]);
      const program = b.finish(Object.fromEntries(outputs));
      const got = await runOnce(await backend(), { program, inputs: feedsOf(trace) });
      for (const [weight, { input, output }] of Object.entries(recorded[name])) {
        expect(worstError(input, got[`${weight} input`].data), weight).toBeLessThan(TOLERANCE);
        expect(worstError(output, got[`${weight} output`].data), weight).toBeLessThan(TOLERANCE);
      }
    });
  });
}

describe('the Monte Carlo estimate', () => {
  it('tends to the exact Gauss-Newton diagonal', async () => {
    const trace = traced(networkOf(relu));
    const { builder: b, logits, parameters } = trace;
    const wrt = parameters.filter(({ name }) => name === 'head.weight').map(({ value }) => value);
    const draws = 400;
    const names = Array.from({ length: draws }, (_, i) => `noise ${i}`);
    const noise = names.map((name) => b.input(name, [BATCH, CLASSES]));
    const stream = random('gumbel');
    const drawn = names.map((name) => {
      const data = gumbelNoise(BATCH * CLASSES, () => stream.uniform());
      return [name, { dtype: 'float32', shape: [BATCH, CLASSES], data }] as const;
    });
    const network = { logits, samples: [...trace.samples, ...noise] };
    const [exact] = diagonalGaussNewton(b, network, exactColumns(b, logits), wrt);
    const [sampled] = diagonalGaussNewton(b, network, sampledColumns(b, logits, noise), wrt);
    const inputs = { ...feedsOf(trace), ...Object.fromEntries(drawn) };
    const got = await runOnce(referenceBackend(), { program: b.finish({ exact, sampled }), inputs });
    // 1200 draws of labels: a deviation of about 3 % of a mean, where the spread is about the mean itself.
    expect(worstError(got.exact.data, got.sampled.data)).toBeLessThan(0.1);
  });
});

describe('what has no curvature of this kind is refused', () => {
  it('a parameter used twice', () => {
    const b = programBuilder();
    const x = b.input('x', [2, 3]);
    const labels = b.input('labels', [2], 'int32');
    const weight = b.input('weight', [3, 3]);
    const product = (rows: Value) => b.op('matmul', [rows, weight], { transposeA: false, transposeB: true });
    const logits = product(b.op('tanh', [product(x)], {}));
    const network = { samples: [x, labels], logits, losses: crossEntropies(b, logits, labels) };
    expect(() => diagonalHessian(b, network, [weight])).toThrow('Expected each parameter to be used once');
    expect(() => kroneckerFactors(b, network, exactColumns(b, logits), [weight])).toThrow('each used once');
  });

  it('Kronecker factors of a normalisation', () => {
    const { builder: b, logits, samples, parameters } = traced(networkOf(relu));
    const scale = parameters.filter(({ name }) => name === 'norm.weight').map(({ value }) => value);
    expect(() => kroneckerFactors(b, { logits, samples }, exactColumns(b, logits), scale)).toThrow(
      'Expected weights of linear layers or ungrouped convolutions',
    );
  });

  it('a diagonal Hessian by a parameter that is transformed first', () => {
    const b = programBuilder();
    const [x, labels, weight] = [b.input('x', [2, 3]), b.input('labels', [2], 'int32'), b.input('weight', [3, 3])];
    const square = b.op('multiply', [weight, weight], {});
    const logits = b.op('matmul', [x, square], { transposeA: false, transposeB: true });
    const network = { samples: [x, labels], logits, losses: crossEntropies(b, logits, labels) };
    expect(() => diagonalHessian(b, network, [weight])).toThrow('got one that is transformed first');
  });

  it('more units than can be gone through before something curved', () => {
    const wide: Network = { ...networkOf(tanh), inputShape: [2, 64, 64] };
    const { builder: b, parameters, ...network } = traced(wide);
    expect(() =>
      diagonalHessian(
        b,
        network,
        parameters.map(({ value }) => value),
      ),
    ).toThrow('Expected at most 1024 units where a parameter is used before something curved, got 3844.');
  });
});
