/** What the kernel backend's contract says beside numbers: constants, buffers, executables side by side, refusals. */
import { NascentError } from '../base/errors.js';
import type { KernelBackend, Tensor } from '../contracts/kernel-backend.js';
import type { Program } from '../contracts/program.js';
import { programBuilder } from '../kernels/program.js';
import { floatTensor, normalTensor, runOnce, sumAll, type Tensors } from './kernel-backend-programs.js';
import { expectTensors } from './kernel-backend-runner.js';
import type { TestRunner } from './runner.js';

type Backend = () => Promise<KernelBackend>;

export function describeSemantics(runner: TestRunner, backend: Backend): void {
  runner.describe('contract', () => {
    itConvertsTensors(runner, backend);
    itTakesConstants(runner, backend);
    itReleasesBuffers(runner, backend);
    itKeepsOutputsApart(runner, backend);
    itKeepsNames(runner, backend);
    itRunsSideBySide(runner, backend);
    itRefuses(runner, backend);
    itRefusesEmptyReductions(runner);
  });
}

/** y = relu(conv(x, w)) and its sum. */
function smallProgram(): Program {
  const b = programBuilder();
  const x = b.input('x', [2, 3, 5, 5]);
  const w = b.input('w', [4, 3, 3, 3]);
  const window = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
  const y = b.op('relu', [b.op('conv2d', [x, w], window)], {});
  return b.finish({ y, total: sumAll(b, y) });
}

const smallInputs: Tensors = { x: normalTensor('x', 2, 3, 5, 5), w: normalTensor('w', 4, 3, 3, 3) };

function itConvertsTensors({ it, expect }: TestRunner, backend: Backend): void {
  it('has a name and a version', async () => {
    const { name, version } = await backend();
    expect([typeof name, name.length > 0, typeof version, version.length > 0]).toEqual([
      'string',
      true,
      'string',
      true,
    ]);
  });

  it('downloads what was uploaded', async () => {
    const engine = await backend();
    const tensors: Tensor[] = [
      normalTensor('round trip', 2, 3, 4),
      floatTensor([], [1.5]),
      floatTensor([2], [Number.POSITIVE_INFINITY, -0]),
      { dtype: 'int32', shape: [2, 2], data: Int32Array.from([1, -2, 2147483647, -2147483648]) },
    ];
    for (const tensor of tensors) {
      const buffer = engine.upload(tensor);
      expect([buffer.dtype, [...buffer.shape]]).toEqual([tensor.dtype, [...tensor.shape]]);
      const { dtype, shape, data } = await engine.download(buffer);
      expect({ dtype, shape: [...shape], data }).toEqual({ ...tensor, shape: [...tensor.shape] });
      buffer.release();
    }
  });

  it('gives dtypes and shapes of outputs on the buffers', async () => {
    const engine = await backend();
    const b = programBuilder();
    const x = b.input('x', [2, 3]);
    const executable = await engine.compile(b.finish({ total: sumAll(b, x), best: b.op('argMax', [x], {}) }));
    const { total, best } = await executable.run({ x: engine.upload(normalTensor('x', 2, 3)) });
    expect([total.dtype, [...total.shape], best.dtype, [...best.shape]]).toEqual(['float32', [], 'int32', [2]]);
    await executable.release();
  });
}

function itTakesConstants({ it, expect }: TestRunner, backend: Backend): void {
  it('gives the same numbers with constants as with inputs', async () => {
    const engine = await backend();
    const program = smallProgram();
    const expected = await runOnce(engine, { program, inputs: smallInputs });
    const { x, w } = smallInputs;
    for (const [inputs, constants] of [
      [{ x }, { w }],
      [{ w }, { x }],
      [{}, { x, w }],
    ]) {
      expectTensors(expect, await runOnce(engine, { program, inputs }, { constants }), expected, 1e-5);
    }
  });

  it('gives the same numbers with two threads', async () => {
    const engine = await backend();
    const prepared = { program: smallProgram(), inputs: smallInputs };
    expectTensors(expect, await runOnce(engine, prepared, { threads: 2 }), await runOnce(engine, prepared), 1e-5);
  });

  it('runs a program of constants only', async () => {
    const b = programBuilder();
    const program = b.finish({ y: b.op('add', [b.scalar(2), b.constant(Float32Array.of(1, 2), [2])], {}) });
    const expected = { y: floatTensor([2], [3, 4]) };
    expectTensors(expect, await runOnce(await backend(), { program, inputs: {} }), expected, 0);
  });
}

function itReleasesBuffers({ it, expect }: TestRunner, backend: Backend): void {
  it('does not change its inputs', async () => {
    const engine = await backend();
    const executable = await engine.compile(smallProgram());
    const x = engine.upload(smallInputs.x);
    const w = engine.upload(smallInputs.w);
    await executable.run({ x, w });
    expect(worst(await engine.download(x), smallInputs.x)).toBe(0);
    expect(worst(await engine.download(w), smallInputs.w)).toBe(0);
    await executable.release();
  });

  it('gives the same numbers run after run, each in buffers of its own', async () => {
    const engine = await backend();
    const executable = await engine.compile(smallProgram());
    const inputs = { x: engine.upload(smallInputs.x), w: engine.upload(smallInputs.w) };
    const first = await executable.run(inputs);
    const other = await executable.run({ ...inputs, x: engine.upload(normalTensor('other x', 2, 3, 5, 5)) });
    const again = await executable.run(inputs);
    expect(worst(await engine.download(again.y), await engine.download(first.y))).toBe(0);
    expect(worst(await engine.download(other.y), await engine.download(first.y)) > 0.01).toBe(true);
    await executable.release();
  });

  it('keeps outputs when inputs are released, and when the executable is', async () => {
    const engine = await backend();
    const expected = await runOnce(engine, { program: smallProgram(), inputs: smallInputs });
    const executable = await engine.compile(smallProgram());
    const inputs = { x: engine.upload(smallInputs.x), w: engine.upload(smallInputs.w) };
    const { y, total } = await executable.run(inputs);
    inputs.x.release();
    inputs.w.release();
    total.release();
    await executable.release();
    expect(worst(await engine.download(y), expected.y)).toBe(0);
  });
}

function itKeepsOutputsApart({ it, expect }: TestRunner, backend: Backend): void {
  it('gives outputs that are inputs, constants or one another buffers of their own', async () => {
    const engine = await backend();
    const b = programBuilder();
    const x = b.input('x', [2]);
    const y = b.op('negate', [x], {});
    const constant = b.constant(Float32Array.of(7), [1]);
    const executable = await engine.compile(b.finish({ x, y, again: y, constant }));
    const input = engine.upload(floatTensor([2], [1, 2]));
    const outputs = await executable.run({ x: input });
    input.release();
    outputs.y.release();
    const kept = {
      x: await engine.download(outputs.x),
      again: await engine.download(outputs.again),
      constant: await engine.download(outputs.constant),
    };
    const expected = {
      x: floatTensor([2], [1, 2]),
      again: floatTensor([2], [-1, -2]),
      constant: floatTensor([1], [7]),
    };
    expectTensors(expect, kept, expected, 0);
    await executable.release();
  });
}

function itKeepsNames({ it, expect }: TestRunner, backend: Backend): void {
  it('takes outputs that have the names of other inputs', async () => {
    const b = programBuilder();
    const [first, second] = [b.input('first', [2]), b.input('second', [2])];
    const program = b.finish({ first: b.op('negate', [first], {}), second: first, third: second });
    const inputs = { first: floatTensor([2], [1, 2]), second: floatTensor([2], [3, 4]) };
    const expected = { first: floatTensor([2], [-1, -2]), second: inputs.first, third: inputs.second };
    expectTensors(expect, await runOnce(await backend(), { program, inputs }), expected, 0);
  });

  it('takes names with dots, spaces, and none but digits', async () => {
    const b = programBuilder();
    const program = b.finish({ '7': b.op('negate', [b.input('stage1.cell 2.weight', [1])], {}) });
    const inputs = { 'stage1.cell 2.weight': floatTensor([1], [3]) };
    expectTensors(expect, await runOnce(await backend(), { program, inputs }), { '7': floatTensor([1], [-3]) }, 0);
  });

  it('takes names that an engine may make up itself', async () => {
    const b = programBuilder();
    const names = ['c', 'k', 't', 'v', ''].flatMap((letter) => Array.from({ length: 12 }, (_, i) => `${letter}${i}`));
    const inputs = names.map((name) => b.input(name, [2]));
    // Ops that engines tend to write as several of their own, with results between them.
    const sum = inputs.reduce((total, input) => b.op('add', [total, b.op('reluGradient', [input, input], {})], {}));
    const y = b.op('multiply', [sum, b.constant(Float32Array.of(2, 3), [2])], {});
    const tensors = Object.fromEntries(names.map((name) => [name, floatTensor([2], [1, -1])]));
    const actual = await runOnce(await backend(), { program: b.finish({ v60: y }), inputs: tensors });
    expectTensors(expect, actual, { v60: floatTensor([2], [2 * names.length, -3]) }, 1e-6);
  });

  it('takes names that every object has', async () => {
    const b = programBuilder();
    const program = b.finish({ toString: b.op('negate', [b.input('constructor', [1])], {}) });
    const actual = await runOnce(await backend(), { program, inputs: { constructor: floatTensor([1], [3]) } });
    expectTensors(expect, actual, { toString: floatTensor([1], [-3]) }, 0);
  });

  it('takes inputs that no output needs', async () => {
    const b = programBuilder();
    b.input('unused', [3]);
    const program = b.finish({ y: b.op('negate', [b.input('x', [1])], {}) });
    const inputs = { x: floatTensor([1], [3]), unused: floatTensor([3], [1, 2, 3]) };
    expectTensors(expect, await runOnce(await backend(), { program, inputs }), { y: floatTensor([1], [-3]) }, 0);
  });
}

function itRunsSideBySide({ it, expect }: TestRunner, backend: Backend): void {
  it('runs several executables side by side', async () => {
    const engine = await backend();
    const prepared = [0, 1, 2, 3].map((i) => ({
      program: smallProgram(),
      inputs: { x: normalTensor(`x${i}`, 2, 3, 5, 5), w: normalTensor(`w${i}`, 4, 3, 3, 3) },
    }));
    const together = await Promise.all(prepared.map((one) => runOnce(engine, one)));
    for (const [i, one] of prepared.entries()) expectTensors(expect, together[i], await runOnce(engine, one), 1e-6);
  });

  it('feeds one executable’s outputs to another', async () => {
    const engine = await backend();
    const first = await engine.compile(smallProgram());
    const b = programBuilder();
    const second = await engine.compile(b.finish({ z: b.op('negate', [b.input('y', [2, 4, 5, 5])], {}) }));
    const { y } = await first.run({ x: engine.upload(smallInputs.x), w: engine.upload(smallInputs.w) });
    const { z } = await second.run({ y });
    const negated = (await engine.download(y)).data.map((element) => -element);
    expect(worst(await engine.download(z), { dtype: 'float32', shape: y.shape, data: negated })).toBe(0);
    await first.release();
    await second.release();
  });
}

function itRefusesEmptyReductions({ it, expect }: TestRunner): void {
  // No engine agrees with another on these, so programs cannot hold them.
  it('is never given reductions of nothing', async () => {
    const b = programBuilder();
    const x = b.input('x', [2, 3]);
    for (const primitive of ['sum', 'max'] as const) {
      const thrown = await thrownBy(async () => b.op(primitive, [x], { axes: [], keepAxes: false }));
      expect(thrown instanceof NascentError, `NascentError, got ${String(thrown)}`).toBe(true);
    }
    const thrown = await thrownBy(async () => {
      const empty = b.input('empty', [2, 0]);
      b.op('max', [empty], { axes: [1], keepAxes: false });
    });
    expect(thrown instanceof NascentError, `NascentError, got ${String(thrown)}`).toBe(true);
  });
}

function itRefuses({ it, expect }: TestRunner, backend: Backend): void {
  const refuses = async (inputs: Tensors, constants: Tensors = {}): Promise<void> => {
    const engine = await backend();
    const thrown = await thrownBy(() => runOnce(engine, { program: smallProgram(), inputs }, { constants }));
    expect(thrown instanceof NascentError, `NascentError, got ${String(thrown)}`).toBe(true);
  };
  const { x, w } = smallInputs;

  it('refuses a missing input', () => refuses({ x }));
  it('refuses an input of another shape', () => refuses({ x: normalTensor('x', 1, 3, 5, 5), w }));
  it('refuses an input of another rank', () => refuses({ x, w: { ...w, shape: [108] } }));
  it('refuses an input of another dtype', () =>
    refuses({ x: { dtype: 'int32', shape: x.shape, data: Int32Array.from(x.data) }, w }));
  it('refuses a constant of another dtype', () =>
    refuses({ x }, { w: { dtype: 'int32', shape: w.shape, data: Int32Array.from(w.data) } }));
  it('refuses a constant of another shape', () => refuses({ x }, { w: normalTensor('w', 4, 3, 1, 1) }));

  it('refuses constants that would broadcast or could be reshaped', async () => {
    const engine = await backend();
    const b = programBuilder();
    const program = b.finish({ y: b.op('add', [b.input('x', [2, 3]), b.input('offset', [3])], {}) });
    for (const shape of [[1], [], [3, 1]]) {
      const constants = {
        offset: { dtype: 'float32', shape, data: new Float32Array(shape.length === 2 ? 3 : 1) },
      } as const;
      const thrown = await thrownBy(() => engine.compile(program, { constants }));
      expect(thrown instanceof NascentError, `NascentError, got ${String(thrown)}`).toBe(true);
    }
  });

  it('runs again after a refusal', async () => {
    const engine = await backend();
    const executable = await engine.compile(smallProgram());
    const inputs = { x: engine.upload(x), w: engine.upload(w) };
    await thrownBy(() => executable.run({ x: inputs.x }));
    const { total } = await executable.run(inputs);
    const expected = await runOnce(engine, { program: smallProgram(), inputs: smallInputs });
    expect(worst(await engine.download(total), expected.total)).toBe(0);
    await executable.release();
  });
}

async function thrownBy(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

/** The largest difference of two tensors. */
function worst(a: Tensor, b: Tensor): number {
  let largest = 0;
  for (let i = 0; i < a.data.length; i++) largest = Math.max(largest, Math.abs(a.data[i] - b.data[i]));
  return largest;
}
