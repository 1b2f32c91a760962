/** How each primitive is said in ONNX (opset 17). A primitive without a lowering does not compile. */
import type { PrimitiveName, Primitives, Shape, ValueType } from '../../contracts/program.js';
import { sizeOf } from '../shapes.js';
import { lowerConv2d, lowerConv2dFilterGradient, lowerConv2dInputGradient } from './convolution.js';
import type { GraphWriter, Name } from './graph.js';
import {
  lowerAveragePool,
  lowerAveragePoolGradient,
  lowerMaxPool,
  lowerMaxPoolGather,
  lowerMaxPoolGradient,
} from './pooling.js';

/** One op being lowered: names and types of its inputs, and the name its output must have. */
export interface LoweringContext<P extends PrimitiveName> {
  readonly graph: GraphWriter;
  readonly inputs: readonly Name[];
  readonly types: readonly ValueType[];
  readonly attributes: Primitives[P];
  readonly shape: Shape;
  readonly output: Name;
}

export type Lowering<P extends PrimitiveName> = (context: LoweringContext<P>) => void;

/** ONNX element types. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT32 = 6;

/** A primitive that ONNX has under another name. */
function direct<P extends PrimitiveName>(type: string): Lowering<P> {
  return ({ graph, inputs, output }) => void graph.node(type, inputs, {}, output);
}

function comparison<P extends 'greater' | 'equal'>(type: string): Lowering<P> {
  return ({ graph, inputs, output }) => void graph.node('Cast', [graph.node(type, inputs)], { to: FLOAT }, output);
}

function transposed(graph: GraphWriter, matrix: Name): Name {
  return graph.node('Transpose', [matrix], { perm: [1, 0] });
}

const lowerMatmul: Lowering<'matmul'> = ({ graph, inputs, types, attributes, output }) => {
  const { transposeA, transposeB } = attributes;
  if (types[0].shape.length === 2) {
    // onnxruntime would transpose the left matrix again for every 128 columns of the right one. Once is .73 of its time at [200, 1000]ᵀ × [200, 1000].
    const left = transposeA ? graph.once(`transposed:${inputs[0]}`, () => transposed(graph, inputs[0])) : inputs[0];
    graph.node('Gemm', [left, inputs[1]], { transB: Number(transposeB) }, output);
    return;
  }
  const rank = types[0].shape.length;
  const perm = types[0].shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  const turned = (name: Name, turn: boolean) => (turn ? graph.node('Transpose', [name], { perm }) : name);
  graph.node('MatMul', [turned(inputs[0], transposeA), turned(inputs[1], transposeB)], {}, output);
};

const lowerOneHot: Lowering<'oneHot'> = ({ graph, inputs, types, attributes, output }) => {
  const classes = graph.once(`classes:${attributes.depth}`, () =>
    graph.tensor(
      `#classes${attributes.depth}`,
      Int32Array.from({ length: attributes.depth }, (_, i) => i),
      [attributes.depth],
    ),
  );
  const column = graph.node('Unsqueeze', [inputs[0], graph.integers([types[0].shape.length])]);
  graph.node('Cast', [graph.node('Equal', [column, classes])], { to: FLOAT }, output);
};

/** [N, C, H·W] and the axes that onnxruntime's fast reductions know. */
function channelRows(graph: GraphWriter, x: Name, { shape }: ValueType): Name {
  const rows = [shape[0], shape[1], sizeOf(shape.slice(2))];
  return graph.once(`channel-rows:${x}`, () => graph.node('Reshape', [x, graph.integers(rows)]));
}

const lowerChannelDot: Lowering<'channelDot'> = ({ graph, inputs, types, output }) => {
  const rows = inputs.map((input) => channelRows(graph, input, types[0]));
  if (inputs[0] === inputs[1]) {
    graph.node('ReduceSumSquare', [rows[0]], { axes: [0, 2], keepdims: 0 }, output);
  } else {
    graph.node('ReduceSum', [graph.node('Mul', rows), graph.integers([0, 2])], { keepdims: 0 }, output);
  }
};

const lowerChannelMean: Lowering<'channelMean'> = ({ graph, inputs, types, output }) => {
  const rows = channelRows(graph, inputs[0], types[0]);
  graph.onceAs(`mean:${rows}`, output, (name) => meanOfRows(graph, rows, name));
};

function meanOfRows(graph: GraphWriter, rows: Name, output?: Name): Name {
  return graph.node('ReduceMean', [rows], { axes: [0, 2], keepdims: 0 }, output);
}

/** Σx² / m − mean², at least 0 */
const lowerChannelVariance: Lowering<'channelVariance'> = ({ graph, inputs, types, output }) => {
  const rows = channelRows(graph, inputs[0], types[0]);
  const total = graph.node('ReduceSumSquare', [rows], { axes: [0, 2], keepdims: 0 });
  const square = graph.node('Mul', [total, graph.float(types[0].shape[1] / sizeOf(types[0].shape))]);
  const mean = graph.once(`mean:${rows}`, () => meanOfRows(graph, rows));
  writeVariance(graph, square, mean, output);
};

/** Two passes over x instead of three. In float32 this loses digits where |mean| is far above the deviation; rounding below zero is cut off. */
export function writeVariance(graph: GraphWriter, square: Name, mean: Name, output: Name): void {
  const difference = graph.node('Sub', [square, graph.node('Mul', [mean, mean])]);
  graph.node('Max', [difference, graph.float(0)], {}, output);
}

const lowerChannelSum: Lowering<'channelSum'> = ({ graph, inputs, types, output }) => {
  graph.node('ReduceSum', [channelRows(graph, inputs[0], types[0]), graph.integers([0, 2])], { keepdims: 0 }, output);
};

/** ONNX's BatchNormalization with given statistics is one fused pass over x. */
const lowerChannelAffine: Lowering<'channelAffine'> = ({ graph, inputs, types, output }) => {
  const { shape } = types[1];
  graph.node(
    'BatchNormalization',
    [inputs[0], inputs[1], inputs[2], graph.filled(0, shape), graph.filled(1, shape)],
    { epsilon: { float: 0 } },
    output,
  );
};

const lowerBatchNorm: Lowering<'batchNorm'> = ({ graph, inputs, attributes, output }) => {
  const [x, mean, variance, scale, offset] = inputs;
  graph.node(
    'BatchNormalization',
    [x, scale, offset, mean, variance],
    { epsilon: { float: attributes.epsilon } },
    output,
  );
};

/** Codes as bytes: their product counts in integers, and is far faster than in floats. */
export function writePositiveOverlap(graph: GraphWriter, x: Name, shape: Shape, output: Name): void {
  const positive = graph.node('Greater', [x, graph.float(0)]);
  const codes = graph.node('Reshape', [positive, graph.integers([shape[0], sizeOf(shape.slice(1))])]);
  // Unsigned by signed bytes: the pair that processors have instructions for.
  const left = graph.node('Cast', [codes], { to: UINT8 });
  const right = graph.node('Cast', [graph.node('Transpose', [codes], { perm: [1, 0] })], { to: INT8 });
  graph.node('MatMulInteger', [left, right], {}, output);
}

export const lowerings: { readonly [P in PrimitiveName]: Lowering<P> } = {
  add: direct('Add'),
  subtract: direct('Sub'),
  multiply: direct('Mul'),
  divide: direct('Div'),
  maximum: direct('Max'),
  greater: comparison('Greater'),
  equal: comparison('Equal'),
  negate: direct('Neg'),
  exponential: direct('Exp'),
  logarithm: direct('Log'),
  squareRoot: direct('Sqrt'),
  absolute: direct('Abs'),
  sign: direct('Sign'),
  round: direct('Round'),
  clip: ({ graph, inputs: [x], attributes: { low, high }, output }) =>
    void graph.node('Clip', [x, graph.float(low), graph.float(high)], {}, output),
  relu: direct('Relu'),
  reluGradient: ({ graph, inputs: [x, dy], output }) => {
    // A mask in floats and one product: half the time of a `Where`. It is made once for all gradients that pass this x.
    const mask = graph.once(`mask:${x}`, () =>
      graph.node('Cast', [graph.node('Greater', [x, graph.float(0)])], { to: FLOAT }),
    );
    graph.node('Mul', [mask, dy], {}, output);
  },
  sigmoid: direct('Sigmoid'),
  tanh: direct('Tanh'),
  toFloat: ({ graph, inputs, output }) => void graph.node('Cast', inputs, { to: FLOAT }, output),
  sum: ({ graph, inputs, attributes, output }) => {
    graph.node(
      'ReduceSum',
      [inputs[0], graph.integers(attributes.axes)],
      { keepdims: Number(attributes.keepAxes) },
      output,
    );
  },
  max: ({ graph, inputs, attributes, output }) => {
    graph.node('ReduceMax', inputs, { axes: attributes.axes, keepdims: Number(attributes.keepAxes) }, output);
  },
  argMax: ({ graph, inputs, output }) => {
    graph.node('Cast', [graph.node('ArgMax', inputs, { axis: -1, keepdims: 0 })], { to: INT32 }, output);
  },
  logSoftmax: ({ graph, inputs, output }) => void graph.node('LogSoftmax', inputs, { axis: -1 }, output),
  reshape: ({ graph, inputs, shape, output }) =>
    void graph.node('Reshape', [inputs[0], graph.integers(shape)], {}, output),
  transpose: ({ graph, inputs, attributes, output }) => {
    graph.node('Transpose', inputs, { perm: attributes.permutation }, output);
  },
  broadcast: ({ graph, inputs, shape, output }) =>
    void graph.node('Expand', [inputs[0], graph.integers(shape)], {}, output),
  slice: ({ graph, inputs, attributes, output }) => {
    const { start, size } = attributes;
    const end = start.map((s, i) => s + size[i]);
    graph.node('Slice', [inputs[0], graph.integers(start), graph.integers(end)], {}, output);
  },
  concatenate: ({ graph, inputs, attributes, output }) =>
    void graph.node('Concat', inputs, { axis: attributes.axis }, output),
  pad: ({ graph, inputs, attributes, output }) => {
    const before = attributes.padding.map(([b]) => b);
    const after = attributes.padding.map(([, a]) => a);
    graph.node('Pad', [inputs[0], graph.integers([...before, ...after])], {}, output);
  },
  oneHot: lowerOneHot,
  matmul: lowerMatmul,
  conv2d: lowerConv2d,
  conv2dInputGradient: lowerConv2dInputGradient,
  conv2dFilterGradient: lowerConv2dFilterGradient,
  averagePool2d: lowerAveragePool,
  averagePool2dGradient: lowerAveragePoolGradient,
  maxPool2d: lowerMaxPool,
  maxPool2dGradient: lowerMaxPoolGradient,
  maxPool2dGather: lowerMaxPoolGather,
  channelSum: lowerChannelSum,
  channelDot: lowerChannelDot,
  channelMean: lowerChannelMean,
  channelVariance: lowerChannelVariance,
  channelAffine: lowerChannelAffine,
  batchNorm: lowerBatchNorm,
  positiveOverlap: ({ graph, inputs, types, output }) => writePositiveOverlap(graph, inputs[0], types[0].shape, output),
};
