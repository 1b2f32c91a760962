/**
 * Reverse-mode differentiation: one rule a primitive. `differentiate` appends the backward graph to the program.
 * A layer's own rule (`ProgramBuilder.customGradient`) takes the place of the derived one.
 */

import type { Op, PrimitiveName, Shape, Value, ValueType } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { formatShape, shapeError, sizeOf } from './shapes.js';

/** The inputs, the output and the output's gradient of one op; gives each input's gradient (undefined: none flows). */
interface RuleContext<P extends PrimitiveName> {
  readonly b: ProgramBuilder;
  readonly op: Op<P>;
  readonly y: Value;
  readonly dy: Value;
  /** Whether an input's gradient is wanted. */
  readonly wants: (input: Value) => boolean;
}

type GradientRule<P extends PrimitiveName> = ((context: RuleContext<P>) => readonly (Value | undefined)[]) | 'none';

/** Sums `gradient` down to `shape`: the transpose of broadcasting. */
export function sumTo(b: ProgramBuilder, gradient: Value, shape: Shape): Value {
  const from = b.shape(gradient);
  const lead = from.length - shape.length;
  const axes = from
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && from[axis] !== 1));
  const summed = axes.length === 0 ? gradient : b.op('sum', [gradient], { axes, keepAxes: true });
  return b.op('reshape', [summed], { shape });
}

const multiply = (b: ProgramBuilder, x: Value, y: Value) => b.op('multiply', [x, y], {});

/** A reduction's result (or its gradient) with the reduced axes back as ones. */
function keepReduced(b: ProgramBuilder, value: Value, x: Value, axes: readonly number[]): Value {
  return b.op('reshape', [value], { shape: b.shape(x).map((n, axis) => (axes.includes(axis) ? 1 : n)) });
}

function swapLast(b: ProgramBuilder, x: Value): Value {
  const rank = b.shape(x).length;
  const permutation = b.shape(x).map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return b.op('transpose', [x], { permutation });
}

const matmulRule: GradientRule<'matmul'> = ({ b, op, dy }) => {
  const [x, y] = op.inputs;
  const { transposeA, transposeB } = op.attributes;
  const product = (p: Value, q: Value, tp: boolean, tq: boolean) =>
    b.op('matmul', [p, q], { transposeA: tp, transposeB: tq });
  const dx = product(dy, y, false, !transposeB);
  const dw = product(x, dy, !transposeA, false);
  return [transposeA ? swapLast(b, dx) : dx, transposeB ? swapLast(b, dw) : dw];
};

const maximumRule: GradientRule<'maximum'> = ({ b, op, dy }) => {
  const [x, y] = op.inputs;
  // Where both are equal, each takes half, as a subgradient must choose.
  const tied = multiply(b, b.op('equal', [x, y], {}), b.scalar(0.5));
  const share = (p: Value, q: Value) => multiply(b, dy, b.op('add', [b.op('greater', [p, q], {}), tied], {}));
  return [sumTo(b, share(x, y), b.shape(x)), sumTo(b, share(y, x), b.shape(y))];
};

const maxRule: GradientRule<'max'> = ({ b, op, y, dy }) => {
  const [x] = op.inputs;
  const { axes } = op.attributes;
  const atMaximum = b.op('equal', [x, keepReduced(b, y, x, axes)], {});
  const count = b.op('sum', [atMaximum], { axes, keepAxes: true });
  return [b.op('divide', [multiply(b, atMaximum, keepReduced(b, dy, x, axes)), count], {})];
};

const sliceRule: GradientRule<'slice'> = ({ b, op, dy }) => {
  const { start, size } = op.attributes;
  const shape = b.shape(op.inputs[0]);
  return [b.op('pad', [dy], { padding: shape.map((n, i) => [start[i], n - start[i] - size[i]] as const) })];
};

const concatenateRule: GradientRule<'concatenate'> = ({ b, op, dy }) => {
  let offset = 0;
  return op.inputs.map((input) => {
    const size = b.shape(input);
    const start = size.map((_, axis) => (axis === op.attributes.axis ? offset : 0));
    offset += size[op.attributes.axis];
    return b.op('slice', [dy], { start, size });
  });
};

const conv2dRule: GradientRule<'conv2d'> = ({ b, op, dy, wants }) => {
  const [x, w] = op.inputs;
  return [
    wants(x) ? b.op('conv2dInputGradient', [w, dy], { ...op.attributes, inputShape: b.shape(x) }) : undefined,
    wants(w) ? b.op('conv2dFilterGradient', [x, dy], { ...op.attributes, filterShape: b.shape(w) }) : undefined,
  ];
};

const conv2dInputGradientRule: GradientRule<'conv2dInputGradient'> = ({ b, op, dy }) => {
  const [w, seed] = op.inputs;
  const { inputShape: _, ...window } = op.attributes;
  return [
    b.op('conv2dFilterGradient', [dy, seed], { ...window, filterShape: b.shape(w) }),
    b.op('conv2d', [dy, w], window),
  ];
};

const conv2dFilterGradientRule: GradientRule<'conv2dFilterGradient'> = ({ b, op, dy }) => {
  const [x, seed] = op.inputs;
  const { filterShape: _, ...window } = op.attributes;
  return [
    b.op('conv2dInputGradient', [dy, seed], { ...window, inputShape: b.shape(x) }),
    b.op('conv2d', [x, dy], window),
  ];
};

/** mean and variance are inputs of their own: what flows through them to x is the caller's graph (or a layer's own rule). */
const batchNormRule: GradientRule<'batchNorm'> = ({ b, op, dy }) => {
  const [x, mean, variance, scale] = op.inputs;
  const stable = b.op('add', [variance, b.scalar(op.attributes.epsilon)], {});
  const inverse = b.op('divide', [b.scalar(1), b.op('squareRoot', [stable], {})], {});
  const factor = multiply(b, scale, inverse);
  const zero = b.op('broadcast', [b.scalar(0)], { shape: b.shape(mean) });
  const dOffset = b.op('channelSum', [dy], {});
  const centred = b.op('subtract', [b.op('channelDot', [dy, x], {}), multiply(b, mean, dOffset)], {});
  const dScale = multiply(b, inverse, centred);
  const dMean = b.op('negate', [multiply(b, factor, dOffset)], {});
  const dVariance = multiply(b, b.scalar(-0.5), b.op('divide', [multiply(b, scale, dScale), stable], {}));
  return [b.op('channelAffine', [dy, factor, zero], {}), dMean, dVariance, dScale, dOffset];
};

const channelAffineRule: GradientRule<'channelAffine'> = ({ b, op, dy }) => {
  const [x, scale, offset] = op.inputs;
  const zero = b.op('broadcast', [b.scalar(0)], { shape: b.shape(offset) });
  return [b.op('channelAffine', [dy, scale, zero], {}), b.op('channelDot', [dy, x], {}), b.op('channelSum', [dy], {})];
};

/** [C] -> [1, C, 1, …] to broadcast against x. */
function alongChannels(b: ProgramBuilder, vector: Value, x: Value): Value {
  return b.op('reshape', [vector], { shape: b.shape(x).map((n, axis) => (axis === 1 ? n : 1)) });
}

/** 1 / cells of one channel of x. */
function inverseCount(b: ProgramBuilder, x: Value): Value {
  return b.scalar(b.shape(x)[1] / sizeOf(b.shape(x)));
}

/** The table: a primitive without a rule does not compile. 'none': the derivative is zero wherever it exists. */
export const gradientRules: { readonly [P in PrimitiveName]: GradientRule<P> } = {
  add: ({ b, op, dy }) => op.inputs.map((x) => sumTo(b, dy, b.shape(x))),
  subtract: ({ b, op, dy }) => [
    sumTo(b, dy, b.shape(op.inputs[0])),
    sumTo(b, b.op('negate', [dy], {}), b.shape(op.inputs[1])),
  ],
  multiply: ({ b, op, dy, wants }) => {
    const [x, y] = op.inputs;
    return [
      wants(x) ? sumTo(b, multiply(b, dy, y), b.shape(x)) : undefined,
      wants(y) ? sumTo(b, multiply(b, dy, x), b.shape(y)) : undefined,
    ];
  },
  divide: ({ b, op, y, dy }) => {
    const [numerator, denominator] = op.inputs;
    const quotient = b.op('divide', [dy, denominator], {});
    return [
      sumTo(b, quotient, b.shape(numerator)),
      sumTo(b, b.op('negate', [multiply(b, quotient, y)], {}), b.shape(denominator)),
    ];
  },
  maximum: maximumRule,
  greater: 'none',
  equal: 'none',
  negate: ({ b, dy }) => [b.op('negate', [dy], {})],
  exponential: ({ b, y, dy }) => [multiply(b, dy, y)],
  logarithm: ({ b, op, dy }) => [b.op('divide', [dy, op.inputs[0]], {})],
  squareRoot: ({ b, y, dy }) => [b.op('divide', [multiply(b, dy, b.scalar(0.5)), y], {})],
  absolute: ({ b, op, dy }) => [multiply(b, dy, b.op('sign', [op.inputs[0]], {}))],
  sign: 'none',
  round: 'none',
  clip: ({ b, op, y, dy }) => [multiply(b, dy, b.op('equal', [op.inputs[0], y], {}))],
  relu: ({ b, op, dy }) => [b.op('reluGradient', [op.inputs[0], dy], {})],
  reluGradient: ({ b, op, dy }) => [undefined, b.op('reluGradient', [op.inputs[0], dy], {})],
  sigmoid: ({ b, y, dy }) => [multiply(b, dy, multiply(b, y, b.op('subtract', [b.scalar(1), y], {})))],
  tanh: ({ b, y, dy }) => [multiply(b, dy, b.op('subtract', [b.scalar(1), multiply(b, y, y)], {}))],
  toFloat: 'none',
  sum: ({ b, op, dy }) => {
    const [x] = op.inputs;
    return [b.op('broadcast', [keepReduced(b, dy, x, op.attributes.axes)], { shape: b.shape(x) })];
  },
  max: maxRule,
  argMax: 'none',
  logSoftmax: ({ b, op, y, dy }) => {
    const axis = b.shape(op.inputs[0]).length - 1;
    const total = b.op('sum', [dy], { axes: [axis], keepAxes: true });
    return [b.op('subtract', [dy, multiply(b, b.op('exponential', [y], {}), total)], {})];
  },
  reshape: ({ b, op, dy }) => [b.op('reshape', [dy], { shape: b.shape(op.inputs[0]) })],
  transpose: ({ b, op, dy }) => {
    const { permutation } = op.attributes;
    return [b.op('transpose', [dy], { permutation: permutation.map((_, axis) => permutation.indexOf(axis)) })];
  },
  broadcast: ({ b, op, dy }) => [sumTo(b, dy, b.shape(op.inputs[0]))],
  slice: sliceRule,
  concatenate: concatenateRule,
  pad: ({ b, op, dy }) => {
    const start = op.attributes.padding.map(([before]) => before);
    return [b.op('slice', [dy], { start, size: b.shape(op.inputs[0]) })];
  },
  oneHot: 'none',
  matmul: matmulRule,
  conv2d: conv2dRule,
  conv2dInputGradient: conv2dInputGradientRule,
  conv2dFilterGradient: conv2dFilterGradientRule,
  averagePool2d: ({ b, op, dy }) => [
    b.op('averagePool2dGradient', [dy], { ...op.attributes, inputShape: b.shape(op.inputs[0]) }),
  ],
  averagePool2dGradient: ({ b, op, dy }) => {
    const { inputShape: _, ...window } = op.attributes;
    return [b.op('averagePool2d', [dy], window)];
  },
  maxPool2d: ({ b, op, dy }) => [b.op('maxPool2dGradient', [op.inputs[0], dy], op.attributes)],
  maxPool2dGradient: ({ b, op, dy }) => [undefined, b.op('maxPool2dGather', [op.inputs[0], dy], op.attributes)],
  maxPool2dGather: ({ b, op, dy }) => [undefined, b.op('maxPool2dGradient', [op.inputs[0], dy], op.attributes)],
  channelSum: ({ b, op, dy }) => {
    const [x] = op.inputs;
    return [b.op('broadcast', [alongChannels(b, dy, x)], { shape: b.shape(x) })];
  },
  channelDot: ({ b, op, dy }) => {
    const [x, y] = op.inputs;
    const zero = b.op('broadcast', [b.scalar(0)], { shape: b.shape(dy) });
    return [b.op('channelAffine', [y, dy, zero], {}), b.op('channelAffine', [x, dy, zero], {})];
  },
  channelMean: ({ b, op, dy }) => {
    const [x] = op.inputs;
    return [b.op('broadcast', [alongChannels(b, multiply(b, dy, inverseCount(b, x)), x)], { shape: b.shape(x) })];
  },
  // 2/m · (x − mean) · dy, the difference first: where x is its mean the gradient is 0, not a rounding error.
  channelVariance: ({ b, op, dy }) => {
    const [x] = op.inputs;
    const fill = (value: number) => b.op('broadcast', [b.scalar(value)], { shape: b.shape(dy) });
    const mean = b.op('channelMean', [x], {});
    const centred = b.op('channelAffine', [x, fill(1), b.op('negate', [mean], {})], {});
    const slope = multiply(b, b.scalar(2), multiply(b, dy, inverseCount(b, x)));
    return [b.op('channelAffine', [centred, slope, fill(0)], {})];
  },
  channelAffine: channelAffineRule,
  batchNorm: batchNormRule,
  positiveOverlap: 'none',
};

/**
 * Appends the gradient of a scalar `loss` to the program.
 * @param wrt values whose gradients are wanted; each gets zeros where the loss does not depend on it.
 * @returns one value for each of `wrt`, of its shape.
 * @param seed gradient of the loss itself, of its shape (default: one). With a seed, `loss` may have any shape.
 */
export function differentiate(b: ProgramBuilder, loss: Value, wrt: readonly Value[], seed?: Value): Value[] {
  if (seed === undefined && b.shape(loss).length !== 0) {
    throw shapeError(`Expected a scalar loss to differentiate, got shape [${b.shape(loss).join(', ')}].`);
  }
  const leads = valuesThatLeadTo(b, wrt, loss);
  const gradients = new Map<Value, Value>([[loss, seed ?? b.scalar(1)]]);
  const wanted = new Set(wrt);
  for (let value = loss; value >= 0; value--) {
    const dy = gradients.get(value);
    if (dy === undefined || !leads.has(value)) continue;
    if (!wanted.has(value)) gradients.delete(value);
    for (const [input, gradient] of flows(b, value, dy, leads)) {
      const before = gradients.get(input);
      gradients.set(input, before === undefined ? gradient : b.op('add', [before, gradient], {}));
    }
  }
  return wrt.map((value) => gradients.get(value) ?? b.op('broadcast', [b.scalar(0)], { shape: b.shape(value) }));
}

/** Where a value's gradient goes: the inputs of the layer's own rule, or those of its op. */
export function gradientInputs(b: ProgramBuilder, value: Value): readonly Value[] {
  return b.gradientRule(value)?.inputs ?? b.opOf(value)?.inputs ?? [];
}

/** What an op, or the layer's own rule, sends to those of its inputs that are in `leads`. */
export function flows(
  b: ProgramBuilder,
  value: Value,
  dy: Value,
  leads: ReadonlySet<Value>,
): (readonly [Value, Value])[] {
  const own = b.gradientRule(value);
  const op = b.opOf(value);
  const inputs = gradientInputs(b, value);
  const gradients = own ? byOwnRule(b, own, dy) : op ? derived(b, op, value, dy, leads) : [];
  return inputs.flatMap((input, i) => {
    const gradient = gradients[i];
    return gradient !== undefined && leads.has(input) ? [[input, gradient] as const] : [];
  });
}

/** What a layer's own rule gives; the derived rules fit their inputs by construction, a new one may not. */
function byOwnRule(b: ProgramBuilder, { inputs, rule }: OwnRule, dy: Value): readonly (Value | undefined)[] {
  const gradients = rule(b, dy);
  if (gradients.length !== inputs.length) {
    throw shapeError(
      `Expected a gradient rule to give ${inputs.length} gradients, one for each input, got ${gradients.length}.`,
    );
  }
  gradients.forEach((gradient, i) => {
    if (gradient === undefined) return;
    const [wanted, got] = [inputs[i], gradient].map((each) => formatType(b.info(each)));
    if (got !== wanted) {
      throw shapeError(`Expected a gradient rule to give ${wanted} for input ${i + 1}, got ${got}.`);
    }
  });
  return gradients;
}

type OwnRule = NonNullable<ReturnType<ProgramBuilder['gradientRule']>>;

const formatType = ({ dtype, shape }: ValueType) => `${dtype} ${formatShape(shape)}`;

function derived<P extends PrimitiveName>(
  b: ProgramBuilder,
  op: Op<P>,
  y: Value,
  dy: Value,
  leads: ReadonlySet<Value>,
): readonly (Value | undefined)[] {
  const rule = gradientRules[op.primitive] as GradientRule<P>;
  return rule === 'none' ? [] : rule({ b, op, y, dy, wants: (input) => leads.has(input) });
}

/** The values through which a gradient of `to` can come to one of `from`. */
export function valuesThatLeadTo(b: ProgramBuilder, from: readonly Value[], to: Value): Set<Value> {
  const leads = new Set<Value>(from);
  for (let value = 0; value <= to; value++) {
    if (gradientInputs(b, value).some((input) => leads.has(input))) leads.add(value);
  }
  return leads;
}
