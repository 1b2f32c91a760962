/** How the inputs of kernel cases are drawn: seeded, and kept away from kinks where a gradient is asked for. */
import { type Random, random } from '../base/random.js';
import type { DType, Shape } from '../contracts/program.js';

/** One input of a case: its type, and its numbers from a stream. */
export interface CaseInput {
  readonly dtype: DType;
  readonly shape: Shape;
  draw(stream: Random): Float32Array | Int32Array;
}

/** Numbers of one case's inputs; equal for equal names. */
export function drawInputs(inputs: readonly CaseInput[], name: string): (Float32Array | Int32Array)[] {
  return inputs.map((input, i) => input.draw(random(name).child(i)));
}

/** Standard normal. */
export function normal(...shape: number[]): CaseInput {
  return floats(shape, (stream) => stream.normal());
}

/** In [0.5, 2). */
export function positive(...shape: number[]): CaseInput {
  return floats(shape, (stream) => 0.5 + 1.5 * stream.uniform());
}

/** Of either sign, at least 0.1 from zero: away from the kinks of relu, absolute and sign. */
export function awayFromZero(...shape: number[]): CaseInput {
  return floats(shape, (stream) => (stream.uniform() < 0.5 ? -1 : 1) * (0.1 + stream.uniform()));
}

/** Different from one another by at least 2 / count, in [−1, 1]: away from the ties of maxima. */
export function apart(...shape: number[]): CaseInput {
  return {
    dtype: 'float32',
    shape,
    draw(stream) {
      const ranks = stream.shuffle(Array.from({ length: count(shape) }, (_, i) => i));
      return Float32Array.from(ranks, (rank) => (2 * rank + 1) / ranks.length - 1);
    },
  };
}

/** These numbers. */
export function fixed(shape: Shape, numbers: readonly number[]): CaseInput {
  return { dtype: 'float32', shape, draw: () => Float32Array.from(numbers) };
}

/** Whole numbers in [0, bound), as int32. */
export function labels(bound: number, ...shape: number[]): CaseInput {
  return {
    dtype: 'int32',
    shape,
    draw: (stream) => Int32Array.from({ length: count(shape) }, () => stream.integer(bound)),
  };
}

/** Whole numbers in [0, bound), as float32. */
export function wholeFloats(bound: number, ...shape: number[]): CaseInput {
  return floats(shape, (stream) => stream.integer(bound));
}

function floats(shape: Shape, draw: (stream: Random) => number): CaseInput {
  return {
    dtype: 'float32',
    shape,
    draw: (stream) => Float32Array.from({ length: count(shape) }, () => draw(stream)),
  };
}

function count(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}
