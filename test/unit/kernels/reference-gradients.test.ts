/** The gradient of every primitive against central differences in float64. */
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/contracts/program.js';
import type { ProgramBuilder } from '../../../src/contracts/program-builder.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { kernelCases } from '../../../src/testing/kernel-backend-cases.js';
import { gradientErrors } from '../../../src/testing/kernel-backend-gradients.js';
import {
  apart,
  awayFromZero,
  type CaseInput,
  labels,
  normal,
  positive,
} from '../../../src/testing/kernel-backend-inputs.js';
import { declare, sumAll, type Write, weighted, writeOp } from '../../../src/testing/kernel-backend-programs.js';

const tolerance = 1e-6;

/** Of filters of thousands a part: all elements of an input have one rule. */
const elements = 96;

/** Σ value · weights, weights being the last input. */
function weightedLoss(write: Write): Write {
  return (builder, inputs) => weighted(builder, write(builder, inputs.slice(0, -1)), inputs[inputs.length - 1]);
}

async function expectGradients(loss: Write, inputs: readonly CaseInput[]): Promise<void> {
  for (const error of await gradientErrors(loss, inputs, { elements })) expect(error).toBeLessThan(tolerance);
}

function outputShape(write: Write, inputs: readonly CaseInput[]): readonly number[] {
  const builder = programBuilder();
  return builder.shape(write(builder, declare(builder, inputs)));
}

for (const { primitive, cases } of kernelCases) {
  describe(`gradient of ${primitive}`, () => {
    for (const { name, inputs, attributes } of cases.filter((one) => !one.onKink)) {
      it(name, async () => {
        const write = writeOp(primitive, attributes);
        await expectGradients(weightedLoss(write), [...inputs, normal(...outputShape(write, inputs))]);
      });
    }
  });
}

/** ½ Σ (gradient of Σ value · value by the first input)²: its gradient takes second derivatives. */
function gradientNorm(write: Write): Write {
  return (builder, inputs) => {
    const value = write(builder, inputs);
    const [gradient] = differentiate(builder, sumAll(builder, square(builder, value)), inputs.slice(0, 1));
    return sumAll(builder, square(builder, gradient));
  };
}

function square(builder: ProgramBuilder, value: Value): Value {
  return builder.op('multiply', [value, value], {});
}

describe('second derivatives', () => {
  const window = { stride: [2, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
  const pool = { kernel: [3, 3], stride: [2, 2], padding: [1, 1] } as const;
  const writers: Record<string, { write: Write; inputs: readonly CaseInput[] }> = {
    'convolution, relu, matmul': {
      write: (b, [x, filter, weight]) => {
        const features = b.op('relu', [b.op('conv2d', [x, filter], window)], {});
        const rows = b.op('reshape', [features], { shape: [2, 24] });
        return b.op('matmul', [rows, weight], { transposeA: false, transposeB: false });
      },
      inputs: [awayFromZero(2, 2, 4, 4), normal(3, 2, 3, 3), normal(24, 3)],
    },
    'log softmax': { write: (b, [x]) => b.op('logSoftmax', [x], {}), inputs: [normal(3, 4)] },
    'average pooling': { write: (b, [x]) => b.op('averagePool2d', [x], pool), inputs: [normal(1, 2, 5, 5)] },
    'max pooling': { write: (b, [x]) => b.op('maxPool2d', [x], pool), inputs: [apart(1, 2, 5, 5)] },
    'tanh, sigmoid, exponential': {
      write: (b, [x]) => b.op('tanh', [b.op('sigmoid', [b.op('exponential', [x], {})], {})], {}),
      inputs: [normal(3, 4)],
    },
    'logarithm, square root, quotient': {
      write: (b, [x, y]) => b.op('divide', [b.op('logarithm', [x], {}), b.op('squareRoot', [y], {})], {}),
      inputs: [positive(3, 4), positive(4)],
    },
    'batch normalisation': {
      write: (b, [x, mean, variance, scale, offset]) =>
        b.op('batchNorm', [x, mean, variance, scale, offset], { epsilon: 1e-3 }),
      inputs: [normal(2, 3, 2, 2), normal(3), positive(3), normal(3), normal(3)],
    },
    'channel sums': {
      write: (b, [x, y]) => b.op('multiply', [b.op('channelSum', [x], {}), b.op('channelDot', [x, y], {})], {}),
      inputs: [normal(2, 3, 2, 2), normal(2, 3, 2, 2)],
    },
  };
  for (const [name, { write, inputs }] of Object.entries(writers)) {
    it(name, () => expectGradients(gradientNorm(write), inputs));
  }
});

describe('gradients of compositions', () => {
  it('adds up over the uses of a value', async () => {
    const write: Write = (b, [x]) => b.op('add', [b.op('multiply', [x, x], {}), b.op('exponential', [x], {})], {});
    await expectGradients(weightedLoss(write), [normal(2, 3), normal(2, 3)]);
  });

  it('adds up over an input given twice', async () => {
    const write: Write = (b, [x]) => b.op('matmul', [x, x], { transposeA: false, transposeB: true });
    await expectGradients(weightedLoss(write), [normal(3, 4), normal(3, 3)]);
    const joined: Write = (b, [x]) => b.op('concatenate', [x, x], { axis: 0 });
    await expectGradients(weightedLoss(joined), [normal(3), normal(6)]);
  });

  it('of cross-entropy with batch statistics', async () => {
    const loss: Write = (b, [x, filter, scale, offset, weight, classes]) => {
      const attributes = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
      const features = b.op('relu', [normalise(b, b.op('conv2d', [x, filter], attributes), scale, offset)], {});
      const pooled = b.op('sum', [features], { axes: [2, 3], keepAxes: false });
      const logits = b.op('matmul', [pooled, weight], { transposeA: false, transposeB: true });
      const picked = b.op('multiply', [b.op('logSoftmax', [logits], {}), b.op('oneHot', [classes], { depth: 4 })], {});
      return b.op('negate', [sumAll(b, picked)], {});
    };
    const inputs = [normal(3, 2, 4, 4), normal(3, 2, 3, 3), positive(3), normal(3), normal(4, 3), labels(4, 3)];
    await expectGradients(loss, inputs);
  });

  it('of a value the loss does not depend on is zero', async () => {
    await expectGradients((b, [x]) => sumAll(b, square(b, x)), [normal(3), normal(2, 2)]);
  });
});

/** Batch normalisation with the batch's own mean and variance, whose gradients reach x as well. */
function normalise(b: ProgramBuilder, x: Value, scale: Value, offset: Value): Value {
  const [batch, , height, width] = b.shape(x);
  const count = b.scalar(batch * height * width);
  const mean = b.op('divide', [b.op('channelSum', [x], {}), count], {});
  const squares = b.op('divide', [b.op('channelDot', [x, x], {}), count], {});
  const variance = b.op('subtract', [squares, square(b, mean)], {});
  return b.op('batchNorm', [x, mean, variance, scale, offset], { epsilon: 1e-3 });
}
