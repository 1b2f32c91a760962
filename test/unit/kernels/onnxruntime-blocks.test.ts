/** What onnxruntime's blocked layout makes one node of keeps its meaning, in the first run and in later ones. */
import { expect, test } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { KernelBackend, Tensor } from '../../../src/contracts/kernel-backend.js';
import type { Program, Value } from '../../../src/contracts/program.js';
import type { ProgramBuilder } from '../../../src/contracts/program-builder.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { sizeOf } from '../../../src/kernels/shapes.js';

const RUNS = 3;
const POINT = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const;

/** Outputs of some runs on noise, each relative to the reference's largest entry. */
async function expectAgreement(program: Program): Promise<void> {
  const engines = [await onnxruntimeBackend(), referenceBackend()];
  const executables = await Promise.all(engines.map((engine) => engine.compile(program)));
  for (let run = 0; run < RUNS; run++) {
    const inputs = noiseFor(program, run);
    const [got, expected] = await Promise.all(engines.map((engine, i) => outputs(engine, executables[i], inputs)));
    for (const [name, data] of Object.entries(expected)) {
      const largest = Math.max(1e-6, ...Array.from(data, Math.abs));
      data.forEach((entry, i) => {
        expect(Math.abs(got[name][i] - entry) / largest, `${name}[${i}], run ${run}`).toBeLessThan(1e-4);
      });
    }
  }
}

async function outputs(
  engine: KernelBackend,
  executable: Awaited<ReturnType<KernelBackend['compile']>>,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Float32Array | Int32Array>> {
  const buffers = Object.entries(inputs).map(([name, tensor]) => [name, engine.upload(tensor)] as const);
  const results = Object.entries(await executable.run(Object.fromEntries(buffers)));
  return Object.fromEntries(
    await Promise.all(results.map(async ([name, buffer]) => [name, (await engine.download(buffer)).data] as const)),
  );
}

function noiseFor(program: Program, run: number): Record<string, Tensor> {
  const stream = random(`noise ${run}`);
  const tensors = program.values.flatMap(({ definition, shape }) => {
    if (definition.kind !== 'input') return [];
    const data = Float32Array.from({ length: sizeOf(shape) }, () => stream.normal());
    return [[definition.name, { dtype: 'float32', shape, data }] as const];
  });
  return Object.fromEntries(tensors);
}

/** x + a convolution of x: the addition, and what follows it, may become part of the convolution. */
function residual(b: ProgramBuilder, channels: number, side: number): Value {
  const x = b.input('x', [4, channels, side, side]);
  return b.op('add', [x, b.op('conv2d', [x, b.input('w', [channels, channels, 1, 1])], POINT)], {});
}

test.each([16, 32, 48])('a sum of %i channels that only its ReLU, its mask and its codes ask for', async (channels) => {
  const b = programBuilder();
  const v = residual(b, channels, 5);
  const y = b.op('conv2d', [b.op('relu', [v], {}), b.input('u', [channels, channels, 1, 1])], POINT);
  const dy = b.input('dy', [4, channels, 5, 5]);
  await expectAgreement(
    b.finish({ y, masked: b.op('reluGradient', [v, dy], {}), overlap: b.op('positiveOverlap', [v], {}) }),
  );
});

test.each(['output', 'sum', 'gradient'])('a sum that is also asked for as it is: %s', async (reader) => {
  const b = programBuilder();
  const v = residual(b, 16, 4);
  const positive = b.op('relu', [v], {});
  const whole = {
    output: () => v,
    sum: () => b.op('channelSum', [v], {}),
    gradient: () => b.op('reluGradient', [b.input('dy', [4, 16, 4, 4]), v], {}),
  }[reader] as () => Value;
  await expectAgreement(b.finish({ positive, whole: whole() }));
});

test.each([
  { side: 9, kernel: 3, stride: 2, padding: 1, dilation: 1 },
  { side: 8, kernel: 3, stride: 2, padding: 0, dilation: 1 },
  { side: 8, kernel: 3, stride: 3, padding: 2, dilation: 2 },
  { side: 7, kernel: 1, stride: 2, padding: 0, dilation: 1 },
  { side: 1, kernel: 3, stride: 1, padding: 1, dilation: 1 },
])('filter gradients of %o', async ({ side, kernel, stride, padding, dilation }) => {
  const window = {
    stride: [stride, stride],
    padding: [padding, padding],
    dilation: [dilation, dilation],
    groups: 1,
  } as const;
  const b = programBuilder();
  const v = residual(b, 32, side);
  const filterShape = [16, 32, kernel, kernel];
  const y = b.op('conv2d', [v, b.input('filter', filterShape)], window);
  const dw = b.op('conv2dFilterGradient', [v, b.input('dy', b.shape(y))], { ...window, filterShape });
  await expectAgreement(b.finish({ y, dw }));
});

/** Counts that are fewer than a block, whole blocks and neither; channels that fill blocks on both sides, on one and on none; filters large beside their images. */
test.each([
  { count: 3, from: 16, to: 32, side: 6 },
  { count: 16, from: 32, to: 16, side: 6 },
  { count: 20, from: 32, to: 16, side: 6 },
  { count: 16, from: 3, to: 16, side: 5 },
  { count: 16, from: 16, to: 4, side: 5 },
  { count: 16, from: 3, to: 4, side: 5 },
  { count: 16, from: 16, to: 16, side: 2 },
])('filter gradients of a batch, and of each of its images: %o', async ({ count, from, to, side }) => {
  const b = programBuilder();
  const images = b.op('relu', [b.input('x', [count, 16, side, side])], {});
  const x = b.op('conv2d', [images, b.input('w', [from, 16, 1, 1])], POINT);
  const window = { ...POINT, padding: [1, 1] } as const;
  const y = b.op('conv2d', [x, b.input('u', [to, from, 3, 3])], window);
  const whole = b.op('conv2dFilterGradient', [x, y], { ...window, filterShape: [to, from, 3, 3] });
  const sideBySide = (rows: Value) =>
    b.op('reshape', [rows], { shape: [1, count * b.shape(rows)[1], ...b.shape(rows).slice(2)] });
  const each = b.op('conv2dFilterGradient', [sideBySide(x), sideBySide(y)], {
    ...window,
    groups: count,
    filterShape: [count * to, from, 3, 3],
  });
  await expectAgreement(b.finish({ whole, each, sums: b.op('channelSum', [sideBySide(y)], {}) }));
});

test.each([
  { name: 'several images in groups', count: 4, groups: 2 },
  { name: 'as many image groups as fill blocks', count: 8, groups: 2 },
  { name: 'of one image, strided', count: 1, groups: 16, stride: [2, 2] },
  { name: 'of one image, dilated', count: 1, groups: 3, dilation: [2, 2], padding: [2, 2] },
  {
    name: 'of one group, unequal to the sides',
    count: 3,
    groups: 1,
    stride: [2, 1],
    dilation: [1, 2],
    padding: [0, 1],
  },
  { name: 'in groups, unequal to the sides', count: 4, groups: 2, stride: [1, 3], dilation: [2, 1], padding: [2, 0] },
] as const)('filter gradients $name', async ({ count, groups, ...given }) => {
  const b = programBuilder();
  const window = { stride: [1, 1], dilation: [1, 1], padding: [1, 1], ...given, groups } as const;
  const x = b.op('relu', [b.input('x', [count, 16 * groups, 9, 7])], {});
  const filterShape = [16 * groups, 16, 3, 3];
  const y = b.op('conv2d', [x, b.input('w', filterShape)], window);
  // In blocks, as what follows a normalisation is.
  const dy = b.op('channelAffine', [y, b.input('scale', [16 * groups]), b.input('offset', [16 * groups])], {});
  await expectAgreement(b.finish({ dw: b.op('conv2dFilterGradient', [x, dy], { ...window, filterShape }) }));
});

test.each([
  { side: 6, kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
  { side: 6, kernel: [3, 2], stride: [3, 2], padding: [0, 0] },
  { side: 7, kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
  { side: 6, kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
  { side: 6, kernel: [3, 3], stride: [3, 3], padding: [1, 1] },
] as const)('gradients of average pools, %o', async ({ side, kernel, stride, padding }) => {
  const b = programBuilder();
  const window = { kernel, stride, padding };
  const y = b.op('averagePool2d', [residual(b, 32, side)], window);
  const inputShape = [4, 32, side, side];
  await expectAgreement(b.finish({ y, dx: b.op('averagePool2dGradient', [y], { ...window, inputShape }) }));
});

test('images that are scaled by sums over each of them, and the sum of one such factor and a convolution', async () => {
  const b = programBuilder();
  const v = residual(b, 16, 5);
  const total = (keepAxes: boolean) => b.op('sum', [v], { axes: [1, 2, 3], keepAxes });
  const product = b.op('conv2d', [v, b.input('u', [16, 16, 1, 1])], POINT);
  await expectAgreement(
    b.finish({
      scaled: b.op('multiply', [v, total(true)], {}),
      shifted: b.op('add', [product, total(true)], {}),
      sums: total(false),
      ofRows: b.op('sum', [v], { axes: [2, 3], keepAxes: true }),
    }),
  );
});

test('scalars times convolutions and normalisations, before sums and ReLUs, negative and one after the other', async () => {
  const b = programBuilder();
  const v = residual(b, 16, 5);
  const product = (name: string) => b.op('conv2d', [v, b.input(name, [16, 16, 1, 1])], POINT);
  const times = (x: Value, factor: number) => b.op('multiply', [b.scalar(factor), x], {});
  const affine = b.op('channelAffine', [v, b.input('scale', [16]), b.input('offset', [16])], {});
  await expectAgreement(
    b.finish({
      alone: times(product('p'), 3),
      sum: b.op('add', [times(product('q'), 0.25), v], {}),
      positive: b.op('relu', [times(product('r'), -2)], {}),
      twice: b.op('add', [times(times(product('s'), 2), -3), v], {}),
      affine: b.op('add', [times(affine, -0.5), v], {}),
    }),
  );
});

test.each([1, 2, 8])('sums of products over images of side %i', async (side) => {
  const b = programBuilder();
  const v = residual(b, 32, side);
  const other = b.input('other', [4, 32, side, side]);
  await expectAgreement(
    b.finish({ square: b.op('channelDot', [v, v], {}), product: b.op('channelDot', [other, v], {}) }),
  );
});

test.each([
  ['mean first', ['channelMean', 'channelVariance'], 8],
  ['variance first', ['channelVariance', 'channelMean'], 8],
  ['variance alone', ['channelVariance'], 3],
  ['images of one cell', ['channelMean', 'channelVariance'], 1],
] as const)('moments over a batch: %s', async (_name, primitives, side) => {
  const b = programBuilder();
  const v = residual(b, 32, side);
  await expectAgreement(b.finish(Object.fromEntries(primitives.map((name) => [name, b.op(name, [v], {})]))));
});
