/** What the reference engine defines beside the conformance suite: small sums by hand, precision, strictness. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../../src/contracts/kernel-backend.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { floatTensor, runOnce, type Write } from '../../../src/testing/kernel-backend-programs.js';

/** The numbers that one op makes of these tensors. */
async function compute(write: Write, ...tensors: Tensor[]): Promise<number[]> {
  const b = programBuilder();
  const values = tensors.map(({ dtype, shape }, i) => b.input(`${i}`, shape, dtype));
  const program = b.finish({ y: write(b, values) });
  const { y } = await runOnce(referenceBackend(), { program, inputs: Object.fromEntries(tensors.entries()) });
  return [...y.data];
}

const pool = { kernel: [2, 2], stride: [1, 1], padding: [1, 1] } as const;
const window = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const;
const square = floatTensor([1, 1, 2, 2], [1, 2, 3, 4]);

describe('definitions', () => {
  it('does not turn filters around', async () => {
    const filter = floatTensor([1, 1, 1, 2], [10, 1]);
    expect(await compute((b, [x, w]) => b.op('conv2d', [x, w], window), square, filter)).toEqual([12, 34]);
  });

  it('leaves padding out of means', async () => {
    const means = [1, 1.5, 2, 2, 2.5, 3, 3, 3.5, 4];
    expect(await compute((b, [x]) => b.op('averagePool2d', [x], pool), square)).toEqual(means);
  });

  it('takes padding as less than any number in maxima', async () => {
    const negative = floatTensor([1, 1, 2, 2], [-1, -2, -3, -4]);
    const maxima = [-1, -1, -2, -1, -1, -2, -3, -3, -4];
    expect(await compute((b, [x]) => b.op('maxPool2d', [x], pool), negative)).toEqual(maxima);
  });

  it('gives the first of equal maxima the gradient', async () => {
    const equal = floatTensor([1, 1, 2, 2], [5, 5, 5, 5]);
    const attributes = { ...pool, padding: [0, 0] } as const;
    const gradient = floatTensor([1, 1, 1, 1], [7]);
    const x = await compute((b, [x, dy]) => b.op('maxPool2dGradient', [x, dy], attributes), equal, gradient);
    expect(x).toEqual([7, 0, 0, 0]);
  });

  it('gives relu no gradient at zero', async () => {
    const [x, dy] = [floatTensor([3], [-1, 0, 1]), floatTensor([3], [5, 6, 7])];
    expect(await compute((b, [x, dy]) => b.op('reluGradient', [x, dy], {}), x, dy)).toEqual([0, 0, 7]);
  });

  it('counts the positions where both rows are positive', async () => {
    const rows = floatTensor([3, 4], [1, 2, 0, -1, 1, -1, 1, 1, -1, 3, 0, 0]);
    expect(await compute((b, [x]) => b.op('positiveOverlap', [x], {}), rows)).toEqual([2, 1, 1, 1, 3, 0, 1, 0, 1]);
  });

  it('keeps what is not a number', async () => {
    const x = floatTensor([2], [Number.NaN, -1]);
    expect(await compute((b, [x]) => b.op('relu', [x], {}), x)).toEqual([Number.NaN, 0]);
    const maximum = await compute((b, [x]) => b.op('maximum', [x, b.scalar(0)], {}), x);
    expect(maximum).toEqual([Number.NaN, 0]);
  });
});

describe('precision', () => {
  const third = floatTensor([1], [3]);
  const reciprocal = () => {
    const b = programBuilder();
    return b.finish({ y: b.op('divide', [b.scalar(1), b.input('x', [1])], {}) });
  };

  it('rounds to float32 after every op', async () => {
    const { y } = await runOnce(referenceBackend(), { program: reciprocal(), inputs: { x: third } });
    expect(y.data[0]).toBe(Math.fround(1 / 3));
  });

  it('does not round in float64, in or out', async () => {
    const backend = referenceBackend({ precision: 'float64' });
    const executable = await backend.compile(reciprocal());
    const x = backend.upload({ dtype: 'float32', shape: [1], data: Float64Array.of(0.1) });
    const { y } = await executable.run({ x });
    expect(backend.downloadPrecise(y).data[0]).toBe(1 / 0.1);
    expect((await backend.download(y)).data).toEqual(Float32Array.of(10));
  });
});

describe('strictness', () => {
  const identity = () => {
    const b = programBuilder();
    return b.finish({ y: b.op('negate', [b.input('x', [1])], {}) });
  };

  it('refuses a released buffer', async () => {
    const backend = referenceBackend();
    const x = backend.upload(floatTensor([1], [1]));
    x.release();
    await expect((await backend.compile(identity())).run({ x })).rejects.toThrow('Expected a buffer in use');
    await expect(backend.download(x)).rejects.toThrow('Expected a buffer in use');
  });

  it('refuses a released executable', async () => {
    const backend = referenceBackend();
    const executable = await backend.compile(identity());
    await executable.release();
    const x = backend.upload(floatTensor([1], [1]));
    await expect(executable.run({ x })).rejects.toThrow('Expected an executable in use');
  });

  it('refuses a buffer of another engine', async () => {
    const executable = await referenceBackend().compile(identity());
    const foreign = { dtype: 'float32', shape: [1], release: () => {} } as const;
    await expect(executable.run({ x: foreign })).rejects.toThrow('Expected a buffer of the reference engine');
  });

  it('refuses numbers that do not fill the shape', () => {
    expect(() => referenceBackend().upload(floatTensor([2], [1]))).toThrow('Expected 2 numbers for shape [2], got 1.');
  });

  it('copies what is uploaded and downloaded', async () => {
    const backend = referenceBackend();
    const tensor = floatTensor([1], [1]);
    const buffer = backend.upload(tensor);
    tensor.data[0] = 2;
    (await backend.download(buffer)).data[0] = 3;
    expect((await backend.download(buffer)).data[0]).toBe(1);
  });
});
