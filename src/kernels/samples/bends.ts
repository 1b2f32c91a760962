/** Where a network bends: behind an output from which only piecewise linear ops follow, the Hessian is the Gauss-Newton matrix. */
import type { PrimitiveName, Value } from '../../contracts/program.js';
import type { ProgramBuilder } from '../../contracts/program-builder.js';
import { gradientInputs, valuesThatLeadTo } from '../gradients.js';

/** Whether the op is piecewise linear in the operands that vary, all at once. */
type StraightRule = (varies: readonly boolean[]) => boolean;

const straight: StraightRule = () => true;
const curved: StraightRule = () => false;
/** Linear in each operand, not in two together. */
const product: StraightRule = (varies) => varies.filter(Boolean).length <= 1;

/** The table: a primitive without an entry does not compile. Kinks and steps count as piecewise linear. */
const straightRules: { readonly [P in PrimitiveName]: StraightRule } = {
  add: straight,
  subtract: straight,
  multiply: product,
  divide: ([, denominator]) => !denominator,
  maximum: straight,
  greater: straight,
  equal: straight,
  negate: straight,
  exponential: curved,
  logarithm: curved,
  squareRoot: curved,
  absolute: straight,
  sign: straight,
  round: straight,
  clip: straight,
  relu: straight,
  reluGradient: straight,
  sigmoid: curved,
  tanh: curved,
  toFloat: straight,
  sum: straight,
  max: straight,
  argMax: straight,
  logSoftmax: curved,
  reshape: straight,
  transpose: straight,
  broadcast: straight,
  slice: straight,
  concatenate: straight,
  pad: straight,
  oneHot: straight,
  matmul: product,
  conv2d: product,
  conv2dInputGradient: product,
  conv2dFilterGradient: product,
  averagePool2d: straight,
  averagePool2dGradient: straight,
  maxPool2d: straight,
  maxPool2dGradient: straight,
  maxPool2dGather: straight,
  channelSum: straight,
  channelDot: product,
  channelMean: straight,
  channelVariance: curved,
  channelAffine: product,
  batchNorm: ([x, ...others]) => x && !others.some(Boolean),
  positiveOverlap: straight,
};

/** Whether `to` is a piecewise linear function of `from`. A gradient rule of its own counts as curved. */
export function isPiecewiseLinear(b: ProgramBuilder, from: Value, to: Value): boolean {
  const varying = valuesThatLeadTo(b, [from], to);
  const reached = new Set<Value>([to]);
  for (let value = to; value > from; value--) {
    if (!reached.has(value) || !varying.has(value)) continue;
    const op = b.opOf(value);
    if (op === undefined || b.gradientRule(value)) return false;
    if (!straightRules[op.primitive](op.inputs.map((input) => varying.has(input)))) return false;
    for (const input of gradientInputs(b, value)) reached.add(input);
  }
  return true;
}
