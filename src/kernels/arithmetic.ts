/** Sums and products, as formulas write them. */
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';

export const multiply = (b: ProgramBuilder, x: Value, y: Value): Value => b.op('multiply', [x, y], {});

export const add = (b: ProgramBuilder, x: Value, y: Value): Value => b.op('add', [x, y], {});

export const subtract = (b: ProgramBuilder, x: Value, y: Value): Value => b.op('subtract', [x, y], {});

/** Over these axes, which are dropped; default: all of them. */
export function sum(b: ProgramBuilder, x: Value, axes = b.shape(x).map((_, axis) => axis)): Value {
  return axes.length === 0 ? x : b.op('sum', [x], { axes, keepAxes: false });
}

/** √Σx² */
export const norm = (b: ProgramBuilder, x: Value): Value => b.op('squareRoot', [sum(b, multiply(b, x, x))], {});

/** The sum of scalars (or of values of one shape); 0 where there are none. */
export function total(b: ProgramBuilder, values: readonly Value[]): Value {
  return values.length === 0 ? b.scalar(0) : values.reduce((x, y) => add(b, x, y));
}
