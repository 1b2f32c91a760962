/** From kernel cases to programs with their inputs, and running them. */
import { random } from '../base/random.js';
import type { CompileOptions, KernelBackend, Tensor } from '../contracts/kernel-backend.js';
import type { PrimitiveName, Program, Shape, Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { differentiate } from '../kernels/gradients.js';
import { programBuilder } from '../kernels/program.js';
import { type CaseInput, drawInputs, normal } from './kernel-backend-inputs.js';

/** Writes a value into a program, given the program's inputs. */
export type Write = (builder: ProgramBuilder, inputs: readonly Value[]) => Value;

export type Tensors = Readonly<Record<string, Tensor>>;

/** A program and what to run it on. */
export interface Prepared {
  readonly program: Program;
  readonly inputs: Tensors;
}

/** The op of a case, as something to write. */
export function writeOp(primitive: PrimitiveName, attributes: object): Write {
  // A case's attributes are those of its primitive by its type; the pair is no longer visible to the compiler here.
  return (builder, inputs) => builder.op<PrimitiveName>(primitive, inputs, attributes);
}

/** A program whose output `value` is what `write` gives. */
export function valueProgram(write: Write, inputs: readonly CaseInput[], name: string): Prepared {
  const builder = programBuilder();
  const value = write(builder, declare(builder, inputs));
  return { program: builder.finish({ value }), inputs: tensors(inputs, name) };
}

/**
 * A program of a loss and its gradients: `loss` = Σ value · weights for random weights, `gradient0`, `gradient1`, … by the
 * float inputs, weights last.
 */
export function gradientProgram(write: Write, inputs: readonly CaseInput[], name: string): Prepared {
  const builder = programBuilder();
  const values = declare(builder, inputs);
  const value = write(builder, values);
  const weights = normal(...builder.shape(value));
  const all = [...values, builder.input(inputName(values.length), weights.shape)];
  const loss = weighted(builder, value, all[values.length]);
  const floats = all.filter((input) => builder.info(input).dtype === 'float32');
  const gradients = differentiate(builder, loss, floats);
  const outputs = Object.fromEntries(gradients.map((gradient, i) => [`gradient${i}`, gradient]));
  return { program: builder.finish({ loss, ...outputs }), inputs: tensors([...inputs, weights], name) };
}

/** Σ value · weights, a scalar that depends on every element differently. */
export function weighted(builder: ProgramBuilder, value: Value, weights: Value): Value {
  const isFloat = builder.info(value).dtype === 'float32';
  const product = builder.op('multiply', [isFloat ? value : builder.op('toFloat', [value], {}), weights], {});
  return sumAll(builder, product);
}

/** Sum over all axes. */
export function sumAll(builder: ProgramBuilder, value: Value): Value {
  const axes = builder.shape(value).map((_, axis) => axis);
  return axes.length === 0 ? value : builder.op('sum', [value], { axes, keepAxes: false });
}

export function inputName(index: number): string {
  return `input${index}`;
}

export function declare(builder: ProgramBuilder, inputs: readonly CaseInput[]): Value[] {
  return inputs.map(({ shape, dtype }, i) => builder.input(inputName(i), shape, dtype));
}

function tensors(inputs: readonly CaseInput[], name: string): Tensors {
  const drawn = drawInputs(inputs, name);
  return Object.fromEntries(inputs.map(({ dtype, shape }, i) => [inputName(i), { dtype, shape, data: drawn[i] }]));
}

/** A float32 tensor of standard normal numbers. */
export function normalTensor(name: string, ...shape: number[]): Tensor {
  return { dtype: 'float32', shape, data: normal(...shape).draw(random(name)) };
}

export function floatTensor(shape: Shape, numbers: readonly number[]): Tensor {
  return { dtype: 'float32', shape, data: Float32Array.from(numbers) };
}

/** Compiles, uploads, runs once, downloads, and gives everything back. */
export async function runOnce(
  backend: KernelBackend,
  { program, inputs }: Prepared,
  options?: CompileOptions,
): Promise<Record<string, Tensor>> {
  const executable = await backend.compile(program, options);
  const buffers = Object.entries(inputs).map(([name, tensor]) => [name, backend.upload(tensor)] as const);
  const outputs = await executable.run(Object.fromEntries(buffers));
  const results: Record<string, Tensor> = {};
  for (const [name, buffer] of Object.entries(outputs)) results[name] = await backend.download(buffer);
  for (const buffer of [...buffers.map(([, buffer]) => buffer), ...Object.values(outputs)]) buffer.release();
  await executable.release();
  return results;
}

/**
 * The largest difference, relative to the largest magnitude expected (and to `least`, for results that should vanish).
 * Infinite where one is not a number, or infinite, and the other is not the same.
 */
export function worstError(expected: ArrayLike<number>, actual: ArrayLike<number>, least = 1e-6): number {
  if (expected.length !== actual.length) return Number.POSITIVE_INFINITY;
  let magnitude = least;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(expected[i], actual[i])) continue;
    if (!Number.isFinite(expected[i]) || !Number.isFinite(actual[i])) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
  }
  for (let i = 0; i < expected.length; i++) {
    if (Number.isFinite(expected[i])) magnitude = Math.max(magnitude, Math.abs(expected[i]));
  }
  return difference / magnitude;
}
