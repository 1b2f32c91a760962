/**
 * Algebra of known zeros. Architectures name a `none` op; what lies behind it is zero and needs no arithmetic.
 */
import type { PrimitiveName, Shape, Value, ValueType } from '../contracts/program.js';

/** How an op's result is known to be zero from which of its inputs are. */
const zeroIf: { readonly [P in PrimitiveName]?: 'any' | 'all' | 'first' } = {
  add: 'all',
  subtract: 'all',
  multiply: 'any',
  divide: 'first',
  maximum: 'all',
  negate: 'all',
  absolute: 'all',
  sign: 'all',
  relu: 'all',
  reluGradient: 'any',
  tanh: 'all',
  squareRoot: 'all',
  sum: 'all',
  max: 'all',
  reshape: 'all',
  transpose: 'all',
  broadcast: 'all',
  slice: 'all',
  concatenate: 'all',
  pad: 'all',
  matmul: 'any',
  conv2d: 'any',
  conv2dInputGradient: 'any',
  conv2dFilterGradient: 'any',
  averagePool2d: 'all',
  averagePool2dGradient: 'all',
  maxPool2d: 'all',
  channelSum: 'all',
  channelDot: 'any',
};

export function isZeroOp(primitive: PrimitiveName, zero: readonly boolean[]): boolean {
  const rule = zeroIf[primitive];
  if (rule === undefined || zero.length === 0) return false;
  if (rule === 'first') return zero[0];
  return rule === 'any' ? zero.some(Boolean) : zero.every(Boolean);
}

/** The input that an op returns unchanged, if there is one: x + 0, a reshape to the same shape, … */
export function passesThrough(
  primitive: PrimitiveName,
  inputs: readonly Value[],
  types: readonly ValueType[],
  result: ValueType,
  zero: ReadonlySet<Value>,
): Value | undefined {
  const same = (index: number) => sameShape(types[index].shape, result.shape);
  switch (primitive) {
    case 'add':
      if (zero.has(inputs[1]) && same(0)) return inputs[0];
      return zero.has(inputs[0]) && same(1) ? inputs[1] : undefined;
    case 'subtract':
      return zero.has(inputs[1]) && same(0) ? inputs[0] : undefined;
    case 'reshape':
    case 'broadcast':
    case 'slice':
    case 'pad':
      return same(0) ? inputs[0] : undefined;
    case 'concatenate':
      return inputs.length === 1 ? inputs[0] : undefined;
    default:
      return undefined;
  }
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
