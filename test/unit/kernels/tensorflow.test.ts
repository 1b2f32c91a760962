/** The TensorFlow engine beside the contract: where axes are turned, and that nothing is left in memory. */
import { describe, expect, test } from 'vitest';
import type { Buffer, KernelBackend } from '../../../src/contracts/kernel-backend.js';
import type { Program, Shape, Value } from '../../../src/contracts/program.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { sizeOf } from '../../../src/kernels/shapes.js';
import { signature } from '../../../src/kernels/signature.js';
import { tensorflowOn } from '../../../src/kernels/tensorflow/index.js';
import { assignLayouts, FILTER, IMAGE } from '../../../src/kernels/tensorflow/layouts.js';
import type { Library } from '../../../src/kernels/tensorflow/library.js';
import { demandOf } from '../../../src/kernels/tensorflow/lowerings.js';
import { libraries, plainTensorflow } from './tensorflow-library.js';

const WINDOW = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;

/** Two convolutions with what lies between them in a network, a linear layer, and the step down the gradient of both filters. */
function trainingStep() {
  const b = programBuilder();
  const filters = [b.input('first', [4, 4, 3, 3]), b.input('second', [4, 4, 3, 3])];
  let x: Value = b.input('images', [2, 4, 6, 6]);
  for (const filter of filters) {
    const convolved = b.op('conv2d', [b.op('relu', [x], {}), filter], WINDOW);
    // As layers do that bring a gradient of their own.
    const y = b.customGradient(convolved, [convolved], (_, dy) => [dy]);
    x = b.op('add', [x, b.op('divide', [y, b.op('add', [b.op('absolute', [y], {}), b.scalar(1)], {})], {})], {});
  }
  const features = b.op('sum', [x], { axes: [2, 3], keepAxes: false });
  const loss = b.op('sum', [b.op('multiply', [features, features], {})], { axes: [0, 1], keepAxes: false });
  const [first, second] = differentiate(b, loss, filters).map((gradient, i) =>
    b.op('subtract', [filters[i], b.op('multiply', [b.scalar(1e-4), gradient], {})], {}),
  );
  return { program: b.finish({ loss, first, second }) };
}

describe('layouts', () => {
  test('images are held NHWC from end to end, filters HWIO with their update', () => {
    const { program } = trainingStep();
    const layouts = assignLayouts(program, (value, op) => demandOf(program, value, op));
    program.values.forEach(({ shape }, value) => {
      if (shape.length !== 4) return;
      expect(layouts[value]).toEqual(shape[0] === 4 ? FILTER : IMAGE);
    });
  });

  test('axes are turned where values come in and go out, and nowhere else', async () => {
    const { program } = trainingStep();
    // Images and two filters in, two filters out.
    expect(await turns(program)).toBe(5);
  });

  test('a reshape that only moves axes of length one turns nothing', async () => {
    const b = programBuilder();
    const window = { ...WINDOW, padding: [0, 0] } as const;
    const y = b.op('conv2d', [b.input('images', [2, 3, 4, 4]), b.input('filter', [5, 3, 4, 4])], window);
    // Images and filter in.
    expect(await turns(b.finish({ y: b.op('reshape', [y], { shape: [2, 5] }) }))).toBe(2);
  });
});

/** How often one run of a program turns axes. */
async function turns(program: Program): Promise<number> {
  const tf = await plainTensorflow();
  let count = 0;
  const counting: Library = {
    ...tf,
    transpose: (x, order) => {
      count++;
      return tf.transpose(x, order);
    },
  };
  const engine = tensorflowOn(counting);
  const executable = await engine.compile(program);
  const atCompile = count;
  await executable.run(uploaded(engine, program));
  return count - atCompile;
}

/** Tenths for every input. */
function uploaded(engine: KernelBackend, program: Program): Record<string, Buffer> {
  const inputs = [...signature(program)].map(
    ([name, { shape }]) => [name, engine.upload({ dtype: 'float32', shape, data: tenths(shape) })] as const,
  );
  return Object.fromEntries(inputs);
}

function tenths(shape: Shape): Float32Array {
  return new Float32Array(sizeOf(shape)).fill(0.1);
}

describe.each(libraries)('memory of TensorFlow, %s', (_, load) => {
  test('holds as many tensors after 1,000 steps as after the first', async () => {
    const tf = await load();
    const engine = tensorflowOn(tf);
    const before = tf.memory().numTensors;
    const { program } = trainingStep();
    const executable = await engine.compile(program);
    const { images, ...filters } = uploaded(engine, program);
    let state = filters;
    let afterFirst = 0;
    const steps = 1000;
    for (let step = 1; step <= steps; step++) {
      const { loss, ...next } = await executable.run({ ...state, images });
      for (const buffer of [loss, ...Object.values(state)]) buffer.release();
      state = next;
      if (step === 1) afterFirst = tf.memory().numTensors;
    }
    expect(tf.memory().numTensors).toBe(afterFirst);
    for (const buffer of [images, ...Object.values(state)]) buffer.release();
    await executable.release();
    expect(tf.memory().numTensors).toBe(before);
  }, 300_000);

  test('is given back by programs of constants and by runs that fail', async () => {
    const tf = await load();
    const engine = tensorflowOn(tf);
    const before = tf.memory().numTensors;
    const { program } = trainingStep();
    const tensor = (shape: Shape) => ({ dtype: 'float32' as const, shape, data: tenths(shape) });
    const constants = { first: tensor([4, 4, 3, 3]), second: tensor([4, 4, 3, 3]), images: tensor([2, 4, 6, 6]) };
    const fixed = await engine.compile(program, { constants });
    for (const buffer of Object.values(await fixed.run({}))) buffer.release();
    await fixed.release();
    const open = await engine.compile(program);
    const images = engine.upload(constants.images);
    await expect(open.run({ images })).rejects.toMatchObject({
      code: 'engine',
      message: 'Expected input "first" to be float32 [4, 4, 3, 3], got nothing.',
    });
    images.release();
    await expect(engine.download(images)).rejects.toThrow('Expected a buffer that is still held, got a released one.');
    await open.release();
    expect(tf.memory().numTensors).toBe(before);
  });
});
