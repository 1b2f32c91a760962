/** A program ready to run: its values are computed one by one, in order of definition. */
import { NascentError, show } from '../../base/errors.js';
import type { Buffer, CompileOptions, Executable } from '../../contracts/kernel-backend.js';
import type { Program, Value, ValueInfo } from '../../contracts/program.js';
import { checkType, importNumbers, ownBuffer, type Precision, ReferenceBuffer, roundInPlace } from './buffers.js';
import { runKernel } from './kernels.js';
import { elementCount, type Operand } from './operand.js';

export function compileReference(program: Program, precision: Precision, options: CompileOptions = {}): Executable {
  const fixed = fixedValues(program, precision, options);
  const lastUse = lastUses(program);
  let released = false;
  return {
    // Async so that refusals are rejections, as with engines that do not run in this thread.
    async run(inputs) {
      if (released) throw new NascentError('usage', 'Expected an executable in use, got a released one.');
      const values: (Operand | undefined)[] = [...fixed];
      program.values.forEach((info, value) => {
        values[value] ??= compute(info, values, inputs, precision);
        // Lets go of what no later op reads: a training step would otherwise hold all its intermediate results.
        if (info.definition.kind !== 'op') return;
        for (const input of info.definition.op.inputs) if (lastUse[input] === value) values[input] = undefined;
      });
      return outputBuffers(program, values);
    },

    async release() {
      released = true;
    },
  };
}

/** Constants of the program, and inputs that the options fix. */
function fixedValues(program: Program, precision: Precision, options: CompileOptions): (Operand | undefined)[] {
  return program.values.map((info) => {
    const { definition, dtype, shape } = info;
    if (definition.kind === 'constant') {
      return { shape, data: importNumbers({ dtype, shape, data: definition.data }, precision) };
    }
    const constants = options.constants ?? {};
    if (definition.kind !== 'input' || !Object.hasOwn(constants, definition.name)) return undefined;
    const tensor = constants[definition.name];
    checkType(definition.name, info, tensor);
    return { shape, data: importNumbers(tensor, precision) };
  });
}

/** For each value the op that reads it last; never, for outputs. */
function lastUses(program: Program): number[] {
  const lastUse: number[] = [];
  program.values.forEach(({ definition }, value) => {
    if (definition.kind === 'op') for (const input of definition.op.inputs) lastUse[input] = value;
  });
  for (const output of Object.values(program.outputs)) lastUse[output] = Number.POSITIVE_INFINITY;
  return lastUse;
}

function compute(
  info: ValueInfo,
  values: readonly (Operand | undefined)[],
  inputs: Readonly<Record<string, Buffer>>,
  precision: Precision,
): Operand {
  const { definition, dtype, shape } = info;
  if (definition.kind === 'constant') throw new Error('Constants are computed when the program is compiled.');
  if (definition.kind === 'input') return readInput(definition.name, info, inputs);
  const output = { shape, data: new Float64Array(elementCount(shape)) };
  const operands = definition.op.inputs.map((input: Value) => values[input] as Operand);
  runKernel(definition.op, operands, output);
  roundInPlace(output.data, dtype, precision);
  return output;
}

function readInput(name: string, declared: ValueInfo, inputs: Readonly<Record<string, Buffer>>): Operand {
  if (!Object.hasOwn(inputs, name)) {
    throw new NascentError('usage', `Expected a value for input ${show(name)}, got nothing.`);
  }
  checkType(name, declared, inputs[name]);
  return { shape: declared.shape, data: ownBuffer(inputs[name]).data };
}

/** Each output gets a buffer of its own, even where two names, or an input and an output, share the same numbers. */
function outputBuffers(program: Program, values: readonly (Operand | undefined)[]): Record<string, Buffer> {
  const outputs: Record<string, Buffer> = {};
  for (const [name, value] of Object.entries(program.outputs)) {
    const { dtype, shape } = program.values[value];
    outputs[name] = new ReferenceBuffer(dtype, shape, (values[value] as Operand).data);
  }
  return outputs;
}
