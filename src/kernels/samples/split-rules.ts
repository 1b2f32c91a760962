/**
 * How the gradient of an op's shared operand splits over the samples: one rule a primitive. What `gradientRules` sums over the batch is
 * kept apart here. A per-sample gradient of an operand of shape S is [N, ...S]. All uses with a rule are linear in that operand.
 */
import type { ConvolutionAttributes, Op, PrimitiveName, Shape, Value } from '../../contracts/program.js';
import type { ProgramBuilder } from '../../contracts/program-builder.js';

interface SplitContext<P extends PrimitiveName> {
  readonly b: ProgramBuilder;
  readonly op: Op<P>;
  readonly y: Value;
  /** Where the op has rows: of y's shape. Where it has none: [N, ...shape of y]. */
  readonly dy: Value;
  /** Whether an operand's gradient is wanted; those are shared. */
  readonly wants: (input: Value) => boolean;
}

/** For each operand its per-sample gradient; undefined where none is wanted, or where no rule is known for that operand. */
type SplitRule<P extends PrimitiveName> = (context: SplitContext<P>) => readonly (Value | undefined)[];

export interface SplitRules<P extends PrimitiveName> {
  /** The op joins a shared operand with rows: its output holds rows. */
  readonly meets?: SplitRule<P>;
  /** The only operand is shared, and the op moves its numbers (or their signs). */
  readonly carries?: SplitRule<P>;
}

const multiply = (b: ProgramBuilder, x: Value, y: Value) => b.op('multiply', [x, y], {});

/** [N, ...] summed down to [N, ...shape], `shape` being what broadcasts to it along all its axes; undefined where it has a row a sample. */
function sumRowsTo(b: ProgramBuilder, rows: Value, shape: Shape): Value | undefined {
  const from = b.shape(rows);
  const lead = from.length - shape.length;
  if (lead === 0 && shape[0] !== 1) return undefined;
  const axes = from
    .map((_, axis) => axis)
    .filter((axis) => axis > 0 && (axis < lead || (shape[axis - lead] === 1 && from[axis] !== 1)));
  const summed = axes.length === 0 ? rows : b.op('sum', [rows], { axes, keepAxes: true });
  return b.op('reshape', [summed], { shape: [from[0], ...shape] });
}

type Elementwise = 'add' | 'subtract' | 'multiply' | 'divide';

/** An elementwise op; `slopes` times dy is each operand's gradient before it is summed to the operand's shape. */
function elementwise<P extends Elementwise>(
  slopes: (context: SplitContext<P>) => readonly (() => Value | undefined)[],
): SplitRules<P> {
  return {
    meets: (context) => {
      const { b, op, wants } = context;
      const gradients = slopes(context);
      return op.inputs.map((input, i) => {
        const gradient = wants(input) ? gradients[i]() : undefined;
        return gradient && sumRowsTo(b, gradient, b.shape(input));
      });
    },
  };
}

/** [N, C, ...] -> [1, N·C, ...]: what is summed for each channel is then summed for each channel of each sample. */
function sideBySide(b: ProgramBuilder, rows: Value): Value {
  const [samples, channels, ...size] = b.shape(rows);
  return b.op('reshape', [rows], { shape: [1, samples * channels, ...size] });
}

/** [N, C, ...] -> [N, C]: each sample's `channelSum`. */
function sumOfSamples(b: ProgramBuilder, x: Value): Value {
  return b.op('reshape', [b.op('channelSum', [sideBySide(b, x)], {})], { shape: b.shape(x).slice(0, 2) });
}

/** Two of [N, C, ...] -> [N, C]: each sample's `channelDot`. */
function dotOfSamples(b: ProgramBuilder, x: Value, y: Value): Value {
  const sums = b.op('channelDot', [sideBySide(b, x), sideBySide(b, y)], {});
  return b.op('reshape', [sums], { shape: b.shape(x).slice(0, 2) });
}

/**
 * dw of each sample, [N, O, C/groups, kh, kw]: one filter gradient of an image that holds the samples side by side as groups of channels.
 */
function splitFilterGradient(
  b: ProgramBuilder,
  x: Value,
  dy: Value,
  { stride, padding, dilation, groups }: ConvolutionAttributes,
  [out, ...window]: Shape,
): Value {
  const [samples] = b.shape(x);
  const attributes = { stride, padding, dilation, groups: samples * groups };
  const stacked = b.op('conv2dFilterGradient', [sideBySide(b, x), sideBySide(b, dy)], {
    ...attributes,
    filterShape: [samples * out, ...window],
  });
  return b.op('reshape', [stacked], { shape: [samples, out, ...window] });
}

/** Each sample's outer product of x [N, k] and dy [N, n], as the weight lies. */
const matmulRule: SplitRule<'matmul'> = ({ b, op, dy, wants }) => {
  const [x, w] = op.inputs;
  if (!wants(w) || b.shape(w).length !== 2) return [];
  const column = (rows: Value) => b.op('reshape', [rows], { shape: [...b.shape(rows), 1] });
  const row = (rows: Value) => b.op('reshape', [rows], { shape: [b.shape(rows)[0], 1, b.shape(rows)[1]] });
  return [undefined, op.attributes.transposeB ? multiply(b, column(dy), row(x)) : multiply(b, column(x), row(dy))];
};

const batchNormRule: SplitRule<'batchNorm'> = ({ b, op, dy, wants }) => {
  const [x, mean, variance, scale, offset] = op.inputs;
  const dOffset = sumOfSamples(b, dy);
  const ofScale = () => {
    const deviation = b.op('squareRoot', [b.op('add', [variance, b.scalar(op.attributes.epsilon)], {})], {});
    const centred = b.op('subtract', [dotOfSamples(b, dy, x), multiply(b, dOffset, mean)], {});
    return b.op('divide', [centred, deviation], {});
  };
  return [undefined, undefined, undefined, wants(scale) ? ofScale() : undefined, wants(offset) ? dOffset : undefined];
};

/** An op that only moves the elements of its shared operand: each sample's gradient is moved back. */
function carried<P extends PrimitiveName>(back: (context: SplitContext<P>, shape: Shape) => Value): SplitRules<P> {
  return { carries: (context) => [back(context, context.b.shape(context.op.inputs[0]))] };
}

/** The table: a primitive without an entry does not compile. 'none': no gradient flows. 'refused': no rule is known. */
export const splitRules: { readonly [P in PrimitiveName]: SplitRules<P> | 'none' | 'refused' } = {
  add: elementwise(({ dy }) => [() => dy, () => dy]),
  subtract: elementwise(({ b, dy }) => [() => dy, () => b.op('negate', [dy], {})]),
  multiply: elementwise(({ b, op, dy }) => [() => multiply(b, dy, op.inputs[1]), () => multiply(b, dy, op.inputs[0])]),
  // Only the numerator: every use is linear in its parameters, which second derivatives rely on.
  divide: elementwise(({ b, op, dy }) => [() => b.op('divide', [dy, op.inputs[1]], {}), () => undefined]),
  maximum: 'refused',
  greater: 'none',
  equal: 'none',
  negate: carried(({ b, dy }) => b.op('negate', [dy], {})),
  exponential: 'refused',
  logarithm: 'refused',
  squareRoot: 'refused',
  absolute: 'refused',
  sign: 'none',
  round: 'none',
  clip: 'refused',
  relu: 'refused',
  reluGradient: 'refused',
  sigmoid: 'refused',
  tanh: 'refused',
  toFloat: 'none',
  sum: 'refused',
  max: 'refused',
  argMax: 'none',
  logSoftmax: 'refused',
  reshape: carried(({ b, dy }, shape) => b.op('reshape', [dy], { shape: [b.shape(dy)[0], ...shape] })),
  transpose: carried(({ b, op, dy }) => {
    const { permutation } = op.attributes;
    const back = permutation.map((_, axis) => permutation.indexOf(axis) + 1);
    return b.op('transpose', [dy], { permutation: [0, ...back] });
  }),
  broadcast: 'refused',
  slice: carried(({ b, op, dy }, shape) => {
    const { start, size } = op.attributes;
    const padding = shape.map((length, i) => [start[i], length - start[i] - size[i]] as const);
    return b.op('pad', [dy], { padding: [[0, 0], ...padding] });
  }),
  concatenate: 'refused',
  pad: 'refused',
  oneHot: 'none',
  matmul: { meets: matmulRule },
  conv2d: {
    meets: ({ b, op, dy }) => {
      const [x, w] = op.inputs;
      return [undefined, splitFilterGradient(b, x, dy, op.attributes, b.shape(w))];
    },
  },
  conv2dInputGradient: {
    meets: ({ b, op, dy }) => {
      const [w, image] = op.inputs;
      return [splitFilterGradient(b, dy, image, op.attributes, b.shape(w))];
    },
  },
  conv2dFilterGradient: 'refused',
  averagePool2d: 'refused',
  averagePool2dGradient: 'refused',
  maxPool2d: 'refused',
  maxPool2dGradient: 'refused',
  maxPool2dGather: 'refused',
  channelSum: 'refused',
  channelDot: 'refused',
  channelMean: 'refused',
  channelVariance: 'refused',
  channelAffine: {
    meets: ({ b, op, dy, wants }) => {
      const [x, scale, offset] = op.inputs;
      return [
        undefined,
        wants(scale) ? dotOfSamples(b, dy, x) : undefined,
        wants(offset) ? sumOfSamples(b, dy) : undefined,
      ];
    },
  },
  batchNorm: { meets: batchNormRule },
  positiveOverlap: 'none',
};
