/** Shape inference: one rule a primitive. Rules check their inputs and throw a NascentError of code 'shape'. */
import { NascentError } from '../base/errors.js';
import type {
  ConvolutionAttributes,
  DType,
  PoolAttributes,
  PrimitiveName,
  Primitives,
  ReduceAttributes,
  Shape,
  ValueType,
} from '../contracts/program.js';

type ShapeRule<P extends PrimitiveName> = (inputs: readonly ValueType[], attributes: Primitives[P]) => ValueType;

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** [2, 3] as people read it. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function shapeError(message: string): NascentError {
  return new NascentError('shape', message);
}

function check(holds: boolean, message: () => string): void {
  if (!holds) throw shapeError(message());
}

/** NumPy's broadcasting of two shapes. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    check(
      x === y || x === 1 || y === 1,
      () => `Expected shapes that broadcast, got ${formatShape(a)} and ${formatShape(b)}.`,
    );
    return x === 1 ? y : x;
  });
}

/** Lengths are whole and at least 1: no engine agrees on what an empty tensor is. */
export function requireShape(shape: Shape): void {
  check(
    shape.every((length) => Number.isInteger(length) && length >= 1),
    () => `Expected lengths of at least 1, got shape ${formatShape(shape)}.`,
  );
}

/** Output length of a sliding window along one axis: ⌊(length + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1. */
export function windowLength(
  length: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number {
  return Math.floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

const float = (shape: Shape): ValueType => ({ dtype: 'float32', shape });

function requireFloat(name: string, inputs: readonly ValueType[]): void {
  for (const input of inputs)
    check(input.dtype === 'float32', () => `Expected ${name} of float32 values, got ${input.dtype}.`);
}

const unary = ([x]: readonly ValueType[]): ValueType => {
  requireFloat('an elementwise op', [x]);
  return float(x.shape);
};

const binary = ([a, b]: readonly ValueType[]): ValueType => {
  requireFloat('an elementwise op', [a, b]);
  return float(broadcastShapes(a.shape, b.shape));
};

const reduce = ([x]: readonly ValueType[], { axes, keepAxes }: ReduceAttributes): ValueType => {
  requireFloat('a reduction', [x]);
  check(
    axes.length > 0 && axes.every((axis, i) => axis >= 0 && axis < x.shape.length && (i === 0 || axis > axes[i - 1])),
    () => `Expected ascending axes of ${formatShape(x.shape)}, got ${formatShape(axes)}.`,
  );
  return float(x.shape.map((n, i) => (axes.includes(i) ? 1 : n)).filter((_, i) => keepAxes || !axes.includes(i)));
};

function requireRank(name: string, x: ValueType, rank: number): void {
  check(x.shape.length === rank, () => `Expected ${name} of rank ${rank}, got shape ${formatShape(x.shape)}.`);
}

function requireWindow(
  { stride, padding }: Pick<PoolAttributes, 'stride' | 'padding'>,
  dilation: readonly number[] = [1, 1],
): void {
  check(
    [...stride, ...dilation].every((n) => Number.isInteger(n) && n >= 1) &&
      padding.every((n) => Number.isInteger(n) && n >= 0),
    () =>
      `Expected stride and dilation of at least 1 and padding of at least 0, got ${formatShape(stride)}, ${formatShape(dilation)} and ${formatShape(padding)}.`,
  );
}

function convolutionOutput(image: Shape, filter: Shape, attributes: ConvolutionAttributes): Shape {
  const { stride, padding, dilation, groups } = attributes;
  requireWindow(attributes, dilation);
  check(
    image[1] === filter[1] * groups && filter[0] % groups === 0,
    () =>
      `Expected ${filter[1] * groups} input channels (and output channels in ${groups} equal groups) for a filter ` +
      `${formatShape(filter)}, got an image ${formatShape(image)}.`,
  );
  const size = [0, 1].map((i) => windowLength(image[2 + i], filter[2 + i], stride[i], padding[i], dilation[i]));
  check(
    size.every((n) => n >= 1),
    () =>
      `Expected an image at least as large as the window of filter ${formatShape(filter)}, got ${formatShape(image)}.`,
  );
  return [image[0], filter[0], ...size];
}

function poolOutput(image: Shape, { kernel, stride, padding }: PoolAttributes): Shape {
  requireShape(kernel);
  requireWindow({ stride, padding });
  check(
    padding.every((p, i) => p < kernel[i]),
    () => `Expected pool padding below the kernel ${formatShape(kernel)}, got ${formatShape(padding)}.`,
  );
  const size = [0, 1].map((i) => windowLength(image[2 + i], kernel[i], stride[i], padding[i], 1));
  check(
    size.every((n) => n >= 1),
    () => `Expected an image at least as large as a pool window of ${formatShape(kernel)}, got ${formatShape(image)}.`,
  );
  return [image[0], image[1], ...size];
}

/** Whether two shapes have equal lengths on every axis. */
export function equalShapes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

function sameShape(name: string, got: Shape, expected: Shape): void {
  check(
    equalShapes(got, expected),
    () => `Expected ${name} of shape ${formatShape(expected)}, got ${formatShape(got)}.`,
  );
}

function perChannel(x: ValueType, vectors: readonly ValueType[]): ValueType {
  requireFloat('a channel op', [x, ...vectors]);
  check(x.shape.length >= 2, () => `Expected a batch with channels, got shape ${formatShape(x.shape)}.`);
  for (const vector of vectors) sameShape('a vector with one entry a channel', vector.shape, [x.shape[1]]);
  return float(x.shape);
}

const matmul: ShapeRule<'matmul'> = ([a, b], { transposeA, transposeB }) => {
  requireFloat('matmul', [a, b]);
  const rank = a.shape.length;
  check(
    rank >= 2 && b.shape.length === rank,
    () => `Expected matrices of equal rank, got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
  );
  sameShape('leading axes', b.shape.slice(0, -2), a.shape.slice(0, -2));
  const [m, k] = transposeA ? [a.shape[rank - 1], a.shape[rank - 2]] : [a.shape[rank - 2], a.shape[rank - 1]];
  const [k2, n] = transposeB ? [b.shape[rank - 1], b.shape[rank - 2]] : [b.shape[rank - 2], b.shape[rank - 1]];
  check(k === k2, () => `Expected equal inner lengths for matmul, got ${k} and ${k2}.`);
  return float([...a.shape.slice(0, -2), m, n]);
};

const concatenate: ShapeRule<'concatenate'> = (inputs, { axis }) => {
  check(inputs.length > 0, () => 'Expected at least one value to concatenate, got none.');
  const first = inputs[0];
  check(axis >= 0 && axis < first.shape.length, () => `Expected an axis of ${formatShape(first.shape)}, got ${axis}.`);
  for (const input of inputs) {
    check(input.dtype === first.dtype, () => `Expected values of ${first.dtype} to concatenate, got ${input.dtype}.`);
    sameShape('a value to concatenate', input.shape.with(axis, 0), first.shape.with(axis, 0));
  }
  const length = inputs.reduce((total, input) => total + input.shape[axis], 0);
  return { dtype: first.dtype, shape: first.shape.with(axis, length) };
};

/** The table: a primitive without a rule does not compile. */
export const shapeRules: { readonly [P in PrimitiveName]: ShapeRule<P> } = {
  add: binary,
  subtract: binary,
  multiply: binary,
  divide: binary,
  maximum: binary,
  greater: binary,
  equal: ([a, b]) => {
    check(a.dtype === b.dtype, () => `Expected values of one dtype to compare, got ${a.dtype} and ${b.dtype}.`);
    return float(broadcastShapes(a.shape, b.shape));
  },
  negate: unary,
  exponential: unary,
  logarithm: unary,
  squareRoot: unary,
  absolute: unary,
  sign: unary,
  round: unary,
  clip: (types, { low, high }) => {
    check(low <= high, () => `Expected bounds with low ≤ high to clip to, got ${low} and ${high}.`);
    return unary(types);
  },
  relu: unary,
  reluGradient: ([x, dy]) => {
    requireFloat('a gradient', [x, dy]);
    sameShape('a gradient', dy.shape, x.shape);
    return float(x.shape);
  },
  sigmoid: unary,
  tanh: unary,
  toFloat: ([x]) => {
    check(x.dtype === 'int32', () => `Expected int32 values to convert, got ${x.dtype}.`);
    return float(x.shape);
  },
  sum: reduce,
  max: reduce,
  argMax: ([x]) => {
    requireFloat('argMax', [x]);
    check(x.shape.length >= 1, () => 'Expected at least one axis for argMax, got a scalar.');
    return { dtype: 'int32', shape: x.shape.slice(0, -1) };
  },
  logSoftmax: ([x]) => {
    check(x.shape.length >= 1, () => 'Expected at least one axis for logSoftmax, got a scalar.');
    return unary([x]);
  },
  reshape: ([x], { shape }) => {
    requireShape(shape);
    check(
      sizeOf(shape) === sizeOf(x.shape),
      () => `Expected a shape of ${sizeOf(x.shape)} elements, got ${formatShape(shape)}.`,
    );
    return { dtype: x.dtype, shape };
  },
  transpose: ([x], { permutation }) => {
    sameShape(
      'a permutation (sorted)',
      [...permutation].sort((a, b) => a - b),
      x.shape.map((_, i) => i),
    );
    return { dtype: x.dtype, shape: permutation.map((axis) => x.shape[axis]) };
  },
  broadcast: ([x], { shape }) => {
    sameShape(`a shape that ${formatShape(x.shape)} broadcasts to`, broadcastShapes(x.shape, shape), shape);
    return { dtype: x.dtype, shape };
  },
  slice: ([x], { start, size }) => {
    check(
      start.length === x.shape.length &&
        size.length === x.shape.length &&
        x.shape.every((n, i) => start[i] >= 0 && size[i] >= 1 && start[i] + size[i] <= n),
      () =>
        `Expected a part of ${formatShape(x.shape)}, got start ${formatShape(start)} and size ${formatShape(size)}.`,
    );
    return { dtype: x.dtype, shape: size };
  },
  concatenate,
  pad: ([x], { padding }) => {
    check(
      padding.length === x.shape.length && padding.flat().every((p) => p >= 0),
      () => `Expected non-negative padding for each axis of ${formatShape(x.shape)}, got ${JSON.stringify(padding)}.`,
    );
    return { dtype: x.dtype, shape: x.shape.map((n, i) => n + padding[i][0] + padding[i][1]) };
  },
  oneHot: ([labels], { depth }) => {
    check(labels.dtype === 'int32', () => `Expected int32 labels, got ${labels.dtype}.`);
    return float([...labels.shape, depth]);
  },
  matmul,
  conv2d: ([x, w], attributes) => {
    requireFloat('conv2d', [x, w]);
    requireRank('an image batch', x, 4);
    requireRank('a filter', w, 4);
    return float(convolutionOutput(x.shape, w.shape, attributes));
  },
  conv2dInputGradient: ([w, dy], attributes) => {
    sameShape('an output gradient', dy.shape, convolutionOutput(attributes.inputShape, w.shape, attributes));
    return float(attributes.inputShape);
  },
  conv2dFilterGradient: ([x, dy], attributes) => {
    sameShape('an output gradient', dy.shape, convolutionOutput(x.shape, attributes.filterShape, attributes));
    return float(attributes.filterShape);
  },
  averagePool2d: ([x], attributes) => {
    requireRank('an image batch', x, 4);
    return float(poolOutput(x.shape, attributes));
  },
  averagePool2dGradient: ([dy], attributes) => {
    sameShape('an output gradient', dy.shape, poolOutput(attributes.inputShape, attributes));
    return float(attributes.inputShape);
  },
  maxPool2d: ([x], attributes) => {
    requireRank('an image batch', x, 4);
    return float(poolOutput(x.shape, attributes));
  },
  maxPool2dGradient: ([x, dy], attributes) => {
    sameShape('an output gradient', dy.shape, poolOutput(x.shape, attributes));
    return float(x.shape);
  },
  maxPool2dGather: ([x, values], attributes) => {
    sameShape('values at the cells of x', values.shape, x.shape);
    return float(poolOutput(x.shape, attributes));
  },
  channelSum: ([x]) => float([perChannel(x, []).shape[1]]),
  channelDot: ([a, b]) => {
    sameShape('the second factor', b.shape, a.shape);
    return float([perChannel(a, []).shape[1]]);
  },
  channelMean: ([x]) => float([perChannel(x, []).shape[1]]),
  channelVariance: ([x]) => float([perChannel(x, []).shape[1]]),
  channelAffine: ([x, ...vectors]) => perChannel(x, vectors),
  batchNorm: ([x, ...vectors]) => perChannel(x, vectors),
  positiveOverlap: ([x]) => {
    requireFloat('positiveOverlap', [x]);
    check(x.shape.length >= 2, () => `Expected a batch of rows, got shape ${formatShape(x.shape)}.`);
    return { dtype: 'int32', shape: [x.shape[0], x.shape[0]] };
  },
};

/** How many values each primitive takes; the others take one. */
const arities: { readonly [P in PrimitiveName]?: number } = {
  add: 2,
  subtract: 2,
  multiply: 2,
  divide: 2,
  maximum: 2,
  greater: 2,
  equal: 2,
  reluGradient: 2,
  concatenate: Number.POSITIVE_INFINITY,
  matmul: 2,
  conv2d: 2,
  conv2dInputGradient: 2,
  conv2dFilterGradient: 2,
  maxPool2dGradient: 2,
  maxPool2dGather: 2,
  channelDot: 2,
  channelAffine: 3,
  batchNorm: 5,
};

/** Refuses a wrong number of operands. */
export function requireArity(primitive: PrimitiveName, count: number): void {
  const arity = arities[primitive] ?? 1;
  check(
    count === arity || arity === Number.POSITIVE_INFINITY,
    () => `Expected ${arity} operands of ${primitive}, got ${count}.`,
  );
}

/** The dtype names an array type holds. */
export function dtypeOf(data: Float32Array | Int32Array): DType {
  return data instanceof Int32Array ? 'int32' : 'float32';
}
