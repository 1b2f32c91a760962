/** Whole training steps on an engine: many ops in one program, and state that stays in the engine from step to step. */
import type { Buffer, KernelBackend, Tensor } from '../contracts/kernel-backend.js';
import type { Program, Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { differentiate } from '../kernels/gradients.js';
import { programBuilder } from '../kernels/program.js';
import { referenceBackend } from '../kernels/reference/index.js';
import { normalTensor, type Prepared, sumAll, type Tensors } from './kernel-backend-programs.js';
import { expectTensors } from './kernel-backend-runner.js';
import type { TestRunner } from './runner.js';

const batch = 4;
const classes = 5;
const learningRate = 0.05;

const weightShapes: Readonly<Record<string, readonly number[]>> = {
  stem: [6, 3, 3, 3],
  scale: [6],
  offset: [6],
  depthwise: [6, 1, 3, 3],
  linear: [classes, 12],
};

export function describeTraining(
  { describe, it, expect }: TestRunner,
  agrees: (prepared: Prepared, tolerance: number) => Promise<void>,
  backend: () => Promise<KernelBackend>,
): void {
  describe('training step', () => {
    it('has the loss and next weights of the reference', () =>
      agrees({ program: trainingStep(), inputs: { ...firstWeights(), ...batchOf(0) } }, 1e-3));

    it('feeds weights to the next step without a download', async () => {
      const expected = await train(referenceBackend({ precision: 'float64' }), 4);
      expectTensors(expect, await train(await backend(), 4), expected, 1e-3);
    });
  });
}

function nextName(name: string): string {
  return `next.${name}`;
}

/** Inputs: images, labels, weights; outputs: the loss, and each weight after one step of gradient descent. */
function trainingStep(): Program {
  const b = programBuilder();
  const images = b.input('images', [batch, 3, 8, 8]);
  const labels = b.input('labels', [batch], 'int32');
  const weights = Object.entries(weightShapes).map(([name, shape]) => [name, b.input(name, shape)] as const);
  const loss = crossEntropy(b, logits(b, images, Object.fromEntries(weights)), labels);
  const gradients = differentiate(
    b,
    loss,
    weights.map(([, value]) => value),
  );
  const next = weights.map(([name, value], i) => {
    const step = b.op('multiply', [gradients[i], b.scalar(learningRate)], {});
    return [nextName(name), b.op('subtract', [value, step], {})] as const;
  });
  return b.finish({ loss, ...Object.fromEntries(next) });
}

function logits(b: ProgramBuilder, images: Value, weights: Readonly<Record<string, Value>>): Value {
  const window = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
  const stem = b.op('conv2d', [images, weights.stem], window);
  const features = b.op('relu', [normalise(b, stem, weights.scale, weights.offset)], {});
  const reduced = b.op('conv2d', [features, weights.depthwise], { ...window, stride: [2, 2], groups: 6 });
  const pool = { kernel: [3, 3], stride: [2, 2], padding: [1, 1] } as const;
  const pooled = [b.op('averagePool2d', [features], pool), b.op('maxPool2d', [features], pool)];
  const joined = b.op('concatenate', [b.op('add', [reduced, pooled[0]], {}), pooled[1]], { axis: 1 });
  const means = b.op('divide', [b.op('sum', [joined], { axes: [2, 3], keepAxes: false }), b.scalar(16)], {});
  return b.op('matmul', [means, weights.linear], { transposeA: false, transposeB: true });
}

/** Batch normalisation with the batch's own statistics. */
function normalise(b: ProgramBuilder, x: Value, scale: Value, offset: Value): Value {
  const [images, , height, width] = b.shape(x);
  const count = b.scalar(images * height * width);
  const mean = b.op('divide', [b.op('channelSum', [x], {}), count], {});
  const squares = b.op('divide', [b.op('channelDot', [x, x], {}), count], {});
  const variance = b.op('subtract', [squares, b.op('multiply', [mean, mean], {})], {});
  return b.op('batchNorm', [x, mean, variance, scale, offset], { epsilon: 1e-5 });
}

function crossEntropy(b: ProgramBuilder, scores: Value, labels: Value): Value {
  const picked = b.op('multiply', [b.op('logSoftmax', [scores], {}), b.op('oneHot', [labels], { depth: classes })], {});
  return b.op('divide', [sumAll(b, picked), b.scalar(-batch)], {});
}

function firstWeights(): Tensors {
  return Object.fromEntries(
    Object.entries(weightShapes).map(([name, shape]) => [name, normalTensor(`weights/${name}`, ...shape)]),
  );
}

function batchOf(step: number): Tensors {
  return {
    images: normalTensor(`images/${step}`, batch, 3, 8, 8),
    labels: {
      dtype: 'int32',
      shape: [batch],
      data: Int32Array.from({ length: batch }, (_, i) => (i + step) % classes),
    },
  };
}

/** Some steps, weights staying in the engine; gives the last weights. */
async function train(backend: KernelBackend, steps: number): Promise<Record<string, Tensor>> {
  const executable = await backend.compile(trainingStep());
  let weights = uploadAll(backend, firstWeights());
  for (let step = 0; step < steps; step++) {
    const data = uploadAll(backend, batchOf(step));
    const { loss, ...next } = await executable.run({ ...weights, ...data });
    for (const buffer of [loss, ...Object.values(weights), ...Object.values(data)]) buffer.release();
    weights = Object.fromEntries(Object.keys(weights).map((name) => [name, next[nextName(name)]]));
  }
  const results: Record<string, Tensor> = {};
  for (const [name, buffer] of Object.entries(weights)) results[name] = await backend.download(buffer);
  for (const buffer of Object.values(weights)) buffer.release();
  await executable.release();
  return results;
}

function uploadAll(backend: KernelBackend, tensors: Tensors): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, backend.upload(tensor)]));
}
