/** The reference engine and the gradients against values that PyTorch computed (test/reference/record-ops.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PrimitiveName, Value } from '../../../src/contracts/program.js';
import type { ProgramBuilder } from '../../../src/contracts/program-builder.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { floatTensor, runOnce, weighted, worstError, writeOp } from '../../../src/testing/kernel-backend-programs.js';

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface RecordedOp {
  readonly name: string;
  readonly primitive: PrimitiveName | 'trainedBatchNorm';
  readonly attributes: object;
  readonly inputs: readonly Numbers[];
  readonly weights: Numbers;
  readonly output: Numbers;
  readonly gradients: readonly Numbers[];
}

const path = new URL('../../reference/ops.json', import.meta.url);
const recorded = JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly RecordedOp[] };

describe('PyTorch', () => {
  for (const recordedOp of recorded.cases) {
    it(`agrees on ${recordedOp.primitive}: ${recordedOp.name}`, () => expectRecorded(recordedOp));
  }
});

async function expectRecorded({ primitive, attributes, inputs, weights, output, gradients }: RecordedOp) {
  const b = programBuilder();
  const values = inputs.map(({ shape }, i) => b.input(`input${i}`, shape));
  const write = primitive === 'trainedBatchNorm' ? trainedBatchNorm : writeOp(primitive, attributes);
  const result = write(b, values);
  const loss = weighted(b, result, b.input('weights', weights.shape));
  const derived = differentiate(b, loss, values);
  const program = b.finish({ result, ...Object.fromEntries(derived.map((value, i) => [`gradient${i}`, value])) });
  const named = inputs.map(({ shape, data }, i) => [`input${i}`, floatTensor(shape, data)] as const);
  const actual = await runOnce(referenceBackend(), {
    program,
    inputs: { ...Object.fromEntries(named), weights: floatTensor(weights.shape, weights.data) },
  });
  expect([...actual.result.shape]).toEqual(output.shape);
  expect(worstError(output.data, actual.result.data)).toBeLessThan(1e-5);
  for (const [i, gradient] of gradients.entries()) {
    expect(worstError(gradient.data, actual[`gradient${i}`].data, 0.1)).toBeLessThan(1e-5);
  }
}

/** Batch normalisation with the batch's own statistics, as networks write it in training. */
function trainedBatchNorm(b: ProgramBuilder, [x, scale, offset]: readonly Value[]): Value {
  const [batch, channels, height, width] = b.shape(x);
  const count = b.scalar(batch * height * width);
  const mean = b.op('divide', [b.op('channelSum', [x], {}), count], {});
  const along = b.op('reshape', [mean], { shape: [1, channels, 1, 1] });
  const centred = b.op('subtract', [x, along], {});
  const variance = b.op('divide', [b.op('channelDot', [centred, centred], {}), count], {});
  return b.op('batchNorm', [x, mean, variance, scale, offset], { epsilon: 1e-5 });
}
