/** Gradients against central differences, on the reference engine without rounding to float32. */
import { type Random, random } from '../base/random.js';
import type { Buffer, Executable } from '../contracts/kernel-backend.js';
import { differentiate } from '../kernels/gradients.js';
import { programBuilder } from '../kernels/program.js';
import { type PreciseTensor, type ReferenceBackend, referenceBackend } from '../kernels/reference/index.js';
import { type CaseInput, drawInputs } from './kernel-backend-inputs.js';
import { declare, inputName, type Write, worstError } from './kernel-backend-programs.js';

export interface GradientCheckOptions {
  /** Half the distance between the two points of a difference. Default 1e-5. */
  readonly step?: number;
  /** Names the random stream of the inputs. Default 'gradients'. */
  readonly name?: string;
  /** At most so many elements of each input are moved, chosen by lot: what differences cost grows with them. Default all. */
  readonly elements?: number;
}

/**
 * For each float input of a scalar `loss`: the largest difference between its gradient as `differentiate` writes it and by
 * central differences, relative to the largest magnitude of that gradient (or to 0.1, for gradients that vanish).
 */
export async function gradientErrors(
  loss: Write,
  inputs: readonly CaseInput[],
  { step = 1e-5, name = 'gradients', elements = Number.POSITIVE_INFINITY }: GradientCheckOptions = {},
): Promise<number[]> {
  const backend = referenceBackend({ precision: 'float64' });
  const drawn = drawInputs(inputs, name).map((data, i) => ({
    dtype: inputs[i].dtype,
    shape: inputs[i].shape,
    data: Float64Array.from(data),
  }));
  const derived = await derivedGradients(backend, loss, drawn, inputs);
  const executable = await backend.compile(lossProgram(loss, inputs));
  const errors: number[] = [];
  for (const [i, gradient] of derived.entries()) {
    if (gradient === undefined) continue;
    const moved = movedElements(gradient.length, elements, random(name).child('moved', i));
    const differences = await centralDifferences(backend, executable, drawn, i, moved, step);
    const derivatives = Float64Array.from(moved, (element) => gradient[element]);
    errors.push(worstError(differences, derivatives, 0.1));
  }
  return errors;
}

function lossProgram(loss: Write, inputs: readonly CaseInput[]) {
  const builder = programBuilder();
  return builder.finish({ loss: loss(builder, declare(builder, inputs)) });
}

/** For each input its gradient as `differentiate` writes it; none for int32 inputs. */
async function derivedGradients(
  backend: ReferenceBackend,
  loss: Write,
  drawn: readonly PreciseTensor[],
  inputs: readonly CaseInput[],
): Promise<(Float64Array | undefined)[]> {
  const builder = programBuilder();
  const values = declare(builder, inputs);
  const scalar = loss(builder, values);
  const floats = values.filter((_, i) => inputs[i].dtype === 'float32');
  const gradients = differentiate(builder, scalar, floats);
  const outputs = Object.fromEntries(floats.map((value, i) => [`gradient${value}`, gradients[i]]));
  const executable = await backend.compile(builder.finish(outputs));
  const results = await executable.run(upload(backend, drawn));
  return values.map((value, i) =>
    inputs[i].dtype === 'float32' ? backend.downloadPrecise(results[`gradient${value}`]).data : undefined,
  );
}

function movedElements(count: number, most: number, stream: Random): number[] {
  const all = Array.from({ length: count }, (_, element) => element);
  return count <= most ? all : stream.sample(all, most);
}

/** (loss(x + step) − loss(x − step)) / (2 · step) for each of the `moved` elements of one input. */
async function centralDifferences(
  backend: ReferenceBackend,
  executable: Executable,
  drawn: readonly PreciseTensor[],
  input: number,
  moved: readonly number[],
  step: number,
): Promise<Float64Array> {
  const buffers = upload(backend, drawn);
  const lossAt = async (element: number, value: number): Promise<number> => {
    const data = drawn[input].data.slice();
    data[element] = value;
    const { loss } = await executable.run({
      ...buffers,
      [inputName(input)]: backend.upload({ ...drawn[input], data }),
    });
    return backend.downloadPrecise(loss).data[0];
  };
  const differences = new Float64Array(moved.length);
  for (const [i, element] of moved.entries()) {
    const x = drawn[input].data[element];
    differences[i] = ((await lossAt(element, x + step)) - (await lossAt(element, x - step))) / (2 * step);
  }
  return differences;
}

function upload(backend: ReferenceBackend, drawn: readonly PreciseTensor[]): Record<string, Buffer> {
  return Object.fromEntries(drawn.map((tensor, i) => [inputName(i), backend.upload(tensor)]));
}
