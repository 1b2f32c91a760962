import { describe, expect, it } from 'vitest';
import type { Program } from '../../../src/contracts/program.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { outputsEarly } from '../../../src/kernels/schedule.js';
import { runOnce } from '../../../src/testing/kernel-backend-programs.js';

/** x → a → b → c, and what is read off each of them, written at the end. */
function chain() {
  const b = programBuilder();
  const values = [b.input('x', [2, 3])];
  for (const primitive of ['exponential', 'tanh', 'sigmoid'] as const)
    values.push(b.op(primitive, [values.at(-1)!], {}));
  const read = values.slice(1).map((value) => {
    const square = b.op('multiply', [value, value], {});
    return b.op('sum', [square], { axes: [0, 1], keepAxes: false });
  });
  return b.finish({ last: values[3], first: read[0], second: read[1], third: read[2] });
}

const primitives = (program: ReturnType<typeof chain>) =>
  program.values.flatMap(({ definition }) => (definition.kind === 'op' ? [definition.op.primitive] : []));

describe('outputs early', () => {
  it('puts what is read off a value right behind it', () => {
    expect(primitives(chain())).toEqual([
      'exponential',
      'tanh',
      'sigmoid',
      'multiply',
      'sum',
      'multiply',
      'sum',
      'multiply',
      'sum',
    ]);
    expect(primitives(outputsEarly(chain()))).toEqual([
      'exponential',
      'multiply',
      'sum',
      'tanh',
      'multiply',
      'sum',
      'sigmoid',
      'multiply',
      'sum',
    ]);
  });

  it('computes the same', async () => {
    const x = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, -2, 3, 0.5, -0.1, 2) } as const;
    const run = (program: Program) => runOnce(referenceBackend(), { program, inputs: { x } });
    expect(await run(outputsEarly(chain()))).toEqual(await run(chain()));
  });

  it('keeps every value before those that read it, and two values that meet', () => {
    const b = programBuilder();
    const x = b.input('x', [2]);
    const left = b.op('exponential', [x], {});
    const right = b.op('tanh', [x], {});
    const program = outputsEarly(b.finish({ met: b.op('add', [left, right], {}), right }));
    program.values.forEach(({ definition }, value) => {
      if (definition.kind === 'op') for (const input of definition.op.inputs) expect(input).toBeLessThan(value);
    });
    expect(Object.keys(program.outputs)).toEqual(['met', 'right']);
  });

  it('leaves outputs that are inputs or constants where they are', () => {
    const b = programBuilder();
    const x = b.input('x', [2]);
    const program = outputsEarly(b.finish({ x, one: b.scalar(1) }));
    expect(program.values).toHaveLength(2);
    expect(new Set(Object.values(program.outputs)).size).toBe(2);
  });
});
