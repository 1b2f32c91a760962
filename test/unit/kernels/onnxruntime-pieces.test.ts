import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { KernelBackend } from '../../../src/contracts/kernel-backend.js';
import type { Program, Value } from '../../../src/contracts/program.js';
import type { ProgramBuilder } from '../../../src/contracts/program-builder.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { elementwiseChains } from '../../../src/kernels/onnxruntime/pieces.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { sizeOf } from '../../../src/kernels/shapes.js';
import { signature } from '../../../src/kernels/signature.js';
import { adam } from '../../../src/optimise/adam.js';

/** √|x|·s + x, in four ops. */
function four(b: ProgramBuilder, x: Value, s: Value): Value {
  const root = b.op('squareRoot', [b.op('absolute', [x], {})], {});
  return b.op('add', [b.op('multiply', [root, s], {}), x], {});
}

function programOf(shape: readonly number[], write: (b: ProgramBuilder, x: Value) => Record<string, Value>): Program {
  const b = programBuilder();
  return b.finish(write(b, b.input('x', shape)));
}

async function outputs(engine: KernelBackend, program: Program): Promise<Record<string, number[]>> {
  const stream = random('pieces');
  const feeds = [...signature(program)].map(([name, { shape }]) => {
    const data = Float32Array.from({ length: sizeOf(shape) }, () => stream.uniform() + 0.5);
    return [name, engine.upload({ dtype: 'float32', shape, data })] as const;
  });
  const executable = await engine.compile(program);
  const results = await executable.run(Object.fromEntries(feeds));
  const found: Record<string, number[]> = {};
  for (const [name, buffer] of Object.entries(results)) found[name] = [...(await engine.download(buffer)).data];
  await executable.release();
  return found;
}

async function expectAgreement(program: Program): Promise<void> {
  const slow = await outputs(referenceBackend(), program);
  const quick = await outputs(await onnxruntimeBackend(), program);
  for (const [name, values] of Object.entries(slow)) {
    const worst = values.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - quick[name][i]) / (1 + Math.abs(value))),
      0,
    );
    expect(worst).toBeLessThan(1e-5);
  }
}

const sizes = (program: Program) => [...elementwiseChains(program).values()].map(({ members }) => members.length);

describe('elementwise ops piece by piece', () => {
  it('give what they give one by one, also what is read in between', async () => {
    const program = programOf([512, 1024], (b, x) => {
      const first = four(b, x, b.op('sum', [x], { axes: [0, 1], keepAxes: false }));
      const product = b.op('matmul', [first, b.input('y', [1024, 2])], { transposeA: false, transposeB: false });
      return { first, product, second: four(b, first, b.scalar(3)) };
    });
    expect(sizes(program)).toEqual([4, 4]);
    await expectAgreement(program);
  });
  it('are the update of each tensor by itself, whatever scalars are made in between', async () => {
    const b = programBuilder();
    const [learningRate, step] = [b.input('learningRate', []), b.input('step', [])];
    const results: Record<string, Value> = {};
    for (const name of ['a', 'b']) {
      const input = (slot: string) => b.input(`${name}:${slot}`, [2 ** 19]);
      const state = [input('first'), input('second')];
      const given = { parameters: input('parameters'), gradient: input('gradient'), state };
      const updated = adam().update(b, { ...given, learningRate, step, tensors: [] });
      [updated.parameters, ...updated.state].forEach((value, i) => {
        results[`${name}${i}`] = value;
      });
    }
    const program = b.finish(results);
    expect(sizes(program)).toEqual([10, 10]);
    await expectAgreement(program);
  });
  it('are no chain where they are few, short, of images, or cannot be parted evenly', () => {
    const chain = (b: ProgramBuilder, x: Value) => ({ y: four(b, x, b.scalar(2)) });
    expect(sizes(programOf([2 ** 19], chain))).toEqual([4]);
    expect(sizes(programOf([2 ** 17], chain))).toEqual([]);
    expect(sizes(programOf([2, 2 ** 9, 2 ** 9], chain))).toEqual([]);
    // A prime.
    expect(sizes(programOf([524287], chain))).toEqual([]);
    expect(sizes(programOf([2 ** 19], (b, x) => ({ y: b.op('add', [b.op('absolute', [x], {}), x], {}) })))).toEqual([]);
  });
});
