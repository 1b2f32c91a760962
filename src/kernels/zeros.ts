/**
 * Algebra of known zeros. Architectures name a `none` op; what lies behind it is zero and needs no arithmetic.
 */
import type { PrimitiveName, Value, ValueType } from '../contracts/program.js';
import { equalShapes } from './shapes.js';

/** Says from which inputs are zero whether the result is. */
type ZeroRule = (zero: readonly boolean[]) => boolean;

const all: ZeroRule = (zero) => zero.length > 0 && zero.every(Boolean);
const any: ZeroRule = (zero) => zero.some(Boolean);

/** Primitives that can make zeros of zeros; the others never do. */
const zeroRules: { readonly [P in PrimitiveName]?: ZeroRule } = {
  add: all,
  subtract: all,
  maximum: all,
  negate: all,
  absolute: all,
  sign: all,
  round: all,
  relu: all,
  tanh: all,
  squareRoot: all,
  sum: all,
  max: all,
  reshape: all,
  transpose: all,
  broadcast: all,
  slice: all,
  concatenate: all,
  pad: all,
  averagePool2d: all,
  averagePool2dGradient: all,
  maxPool2d: all,
  channelSum: all,
  channelMean: all,
  channelVariance: all,
  multiply: any,
  matmul: any,
  conv2d: any,
  conv2dInputGradient: any,
  conv2dFilterGradient: any,
  channelDot: any,
  reluGradient: any,
  divide: ([numerator]) => numerator,
  channelAffine: ([x, scale, offset]) => (x || scale) && offset,
  batchNorm: ([x, mean, , , offset]) => x && mean && offset,
};

export function isZeroOp(primitive: PrimitiveName, zero: readonly boolean[]): boolean {
  return zeroRules[primitive]?.(zero) ?? false;
}

/** The input that an op returns unchanged, if there is one: x + 0, a reshape to the same shape, … */
export function passesThrough(
  primitive: PrimitiveName,
  inputs: readonly Value[],
  types: readonly ValueType[],
  result: ValueType,
  zero: ReadonlySet<Value>,
): Value | undefined {
  const same = (index: number) => equalShapes(types[index].shape, result.shape);
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
