/** The primitives that have a blocked form. Those without one run plain. */
import type { Op, PrimitiveName, Value } from '../../contracts/program.js';
import { equalShapes, sizeOf } from '../shapes.js';
import {
  blockedAffine,
  blockedChannelDot,
  blockedChannelMean,
  blockedChannelSquare,
  blockedChannelSum,
  blockedConvolution,
  blockedNode,
  filterInBlocks,
  mirroredFilterInBlocks,
  stemFilterInBlocks,
} from './blocked.js';
import { lowerFilterGradient } from './blocked-filter-gradient.js';
import { around } from './convolution.js';
import type { Name } from './graph.js';
import type { Layouts } from './layouts.js';
import { FLOAT, writePositiveOverlap, writeVariance } from './lowerings.js';
import { windowShares } from './pooling.js';

/** Writes an op in blocks and says so, or leaves it. */
type BlockedLowering<P extends PrimitiveName> = (layouts: Layouts, value: Value, op: Op<P>) => boolean;

const conv2d: BlockedLowering<'conv2d'> = (layouts, value, { inputs: [x, w], attributes }) => {
  const { graph } = layouts;
  const filter = layouts.shape(w);
  const fewChannels = filter[1] < graph.blockSize;
  if (attributes.groups !== 1 || !layouts.fillsBlocks(value) || !(fewChannels || layouts.fillsBlocks(x))) return false;
  const { stride, padding, dilation } = attributes;
  const window = {
    strides: stride,
    pads: around(padding),
    dilations: dilation,
    group: 1,
    kernel_shape: filter.slice(2),
  };
  layouts.wait(value, (fused) => {
    // Images of fewer channels than a block, as the first ones are, are read as they come.
    const operands = fewChannels
      ? [layouts.plain(x), stemFilterInBlocks(graph, layouts.plain(w), filter)]
      : [layouts.blocked(x), filterInBlocks(graph, layouts.plain(w), filter)];
    return blockedConvolution(graph, operands, window, fused);
  });
  return true;
};

const conv2dInputGradient: BlockedLowering<'conv2dInputGradient'> = (
  layouts,
  value,
  { inputs: [w, dy], attributes },
) => {
  const { graph } = layouts;
  const filter = layouts.shape(w);
  const { stride, padding, dilation, groups } = attributes;
  const pads = [0, 1].map((i) => dilation[i] * (filter[2 + i] - 1) - padding[i]) as [number, number];
  const mirrors = groups === 1 && stride.every((n) => n === 1) && pads.every((n) => n >= 0);
  if (!mirrors || !layouts.fillsBlocks(dy) || !layouts.fillsBlocks(value)) return false;
  const window = { strides: stride, pads: around(pads), dilations: dilation, group: 1, kernel_shape: filter.slice(2) };
  layouts.wait(value, (fused) => {
    const operands = [layouts.blocked(dy), mirroredFilterInBlocks(graph, layouts.plain(w), filter)];
    return blockedConvolution(graph, operands, window, fused);
  });
  return true;
};

/** Works on every element alike, in any layout; follows its images if one of them is in blocks. */
function elementwise<P extends PrimitiveName>(type: string): BlockedLowering<P> {
  return (layouts, value, { inputs }) => {
    if (!followsBlocks(layouts, value, inputs)) return false;
    const operands = inputs.map((input) =>
      hasShapeOf(layouts, input, value) ? layouts.blocked(input) : layouts.plain(input),
    );
    layouts.hold(value, layouts.graph.node(type, operands));
    return true;
  };
}

function followsBlocks(layouts: Layouts, value: Value, inputs: readonly Value[]): boolean {
  const fits = inputs.every((input) => hasShapeOf(layouts, input, value) || isAlikeInImages(layouts, input));
  return fits && layouts.fillsBlocks(value) && inputs.some((input) => layouts.isBlocked(input));
}

function hasShapeOf(layouts: Layouts, input: Value, value: Value): boolean {
  return equalShapes(layouts.shape(input), layouts.shape(value));
}

/** Scalars, and numbers of whole images, need no layout. */
function isAlikeInImages(layouts: Layouts, input: Value): boolean {
  const shape = layouts.shape(input);
  return shape.length === 0 || (shape.length === 4 && shape.slice(1).every((length) => length === 1));
}

const add: BlockedLowering<'add'> = (layouts, value, op) => {
  const [a, b] = op.inputs;
  if (!followsBlocks(layouts, value, op.inputs)) return false;
  for (const [fused, other] of [
    [b, a],
    [a, b],
  ]) {
    const write = layouts.fusable(fused);
    if (write === undefined || fused === other || !hasShapeOf(layouts, other, value)) continue;
    const relu = layouts.seenThroughRelu(value);
    layouts.hold(value, write({ sum: layouts.blocked(other), relu }), relu);
    return true;
  }
  return elementwise<'add'>('Add')(layouts, value, op);
};

/** A node that waits takes up a scalar. */
const multiply: BlockedLowering<'multiply'> = (layouts, value, op) => {
  const [a, b] = op.inputs;
  for (const [factor, scaled] of [
    [a, b],
    [b, a],
  ]) {
    const write = layouts.shape(factor).length === 0 ? layouts.fusable(scaled) : undefined;
    if (write === undefined) continue;
    layouts.wait(value, (fused) => {
      const inner = layouts.plain(factor);
      const both = fused.factor === undefined ? inner : layouts.graph.node('Mul', [inner, fused.factor]);
      return write({ ...fused, factor: both });
    });
    return true;
  }
  return elementwise<'multiply'>('Mul')(layouts, value, op);
};

/**
 * A reshape to the same shape only carries a layer's gradient rule; it is the value itself. Images side by side as the channels of one, or apart
 * again, lie the same where both fill blocks.
 */
const reshape: BlockedLowering<'reshape'> = (layouts, value, { inputs: [x] }) => {
  const [from, to] = [layouts.shape(x), layouts.shape(value)];
  if (!layouts.isBlocked(x) || !layouts.fillsBlocks(value) || !equalShapes(from.slice(2), to.slice(2))) return false;
  const write = layouts.fusable(x);
  if (!equalShapes(from, to)) {
    layouts.hold(value, layouts.graph.node('Reshape', [layouts.blocked(x), layouts.graph.integers(to)]));
  } else if (write) layouts.wait(value, write);
  else layouts.hold(value, layouts.blocked(x));
  return true;
};

/** A node that took up the ReLU has made its result already. */
const relu: BlockedLowering<'relu'> = (layouts, value, { inputs: [x] }) => {
  if (!layouts.isBlocked(x)) return false;
  const image = layouts.blocked(x);
  layouts.hold(value, layouts.isRectified(x) ? image : layouts.graph.node('Relu', [image]));
  return true;
};

const reluGradient: BlockedLowering<'reluGradient'> = (layouts, value, { inputs: [x, dy] }) => {
  if (!followsBlocks(layouts, value, [x, dy])) return false;
  const { graph } = layouts;
  const image = layouts.blocked(x);
  const mask = graph.once(`mask:${image}`, () =>
    graph.node('Cast', [graph.node('Greater', [image, graph.float(0)])], { to: FLOAT }),
  );
  layouts.hold(value, graph.node('Mul', [mask, layouts.blocked(dy)]));
  return true;
};

/** The sum of an image is that of its numbers in any order. */
const sum: BlockedLowering<'sum'> = (layouts, value, { inputs: [x], attributes: { axes, keepAxes } }) => {
  if (!layouts.isBlocked(x) || !equalShapes(axes, [1, 2, 3])) return false;
  const operands = [layouts.blocked(x), layouts.graph.integers(axes)];
  layouts.graph.node('ReduceSum', operands, { keepdims: Number(keepAxes) }, layouts.names[value]);
  return true;
};

const channelSum: BlockedLowering<'channelSum'> = (layouts, value, { inputs: [x] }) => {
  if (!layouts.isBlocked(x)) return false;
  blockedChannelSum(layouts.graph, layouts.blocked(x), layouts.shape(x), layouts.names[value]);
  return true;
};

const channelDot: BlockedLowering<'channelDot'> = (layouts, value, { inputs: [a, b] }) => {
  if (!layouts.isBlocked(a) && !layouts.isBlocked(b)) return false;
  if (!layouts.fillsBlocks(a)) return false;
  blockedChannelDot(layouts.graph, layouts.blocked(a), layouts.blocked(b), layouts.shape(a), layouts.names[value]);
  return true;
};

const channelMean: BlockedLowering<'channelMean'> = (layouts, value, { inputs: [x] }) => {
  if (!layouts.isBlocked(x)) return false;
  const { graph, names } = layouts;
  const image = layouts.blocked(x);
  graph.onceAs(`mean:${image}`, names[value], (output) => blockedChannelMean(graph, image, output));
  return true;
};

const channelVariance: BlockedLowering<'channelVariance'> = (layouts, value, { inputs: [x] }) => {
  if (!layouts.isBlocked(x)) return false;
  const { graph, names } = layouts;
  const image = layouts.blocked(x);
  const square = blockedChannelSquare(graph, image, layouts.shape(x));
  const mean = graph.once(`mean:${image}`, () => blockedChannelMean(graph, image));
  writeVariance(graph, square, mean, names[value]);
  return true;
};

const channelAffine: BlockedLowering<'channelAffine'> = (layouts, value, { inputs: [x, scale, offset] }) => {
  if (!layouts.isBlocked(x)) return false;
  const channels = layouts.shape(x)[1];
  layouts.wait(value, (fused) =>
    blockedAffine(layouts.graph, [layouts.blocked(x), layouts.plain(scale), layouts.plain(offset)], channels, fused),
  );
  return true;
};

/**
 * factor = scale / √(variance + ε) is what a one becomes, offset − mean · factor what a zero does: ONNX's own node works both out, where five for
 * the arithmetic would each take longer to set up than to run.
 */
const batchNorm: BlockedLowering<'batchNorm'> = (layouts, value, { inputs, attributes }) => {
  const [x, mean, variance, scale, offset] = inputs;
  if (!layouts.isBlocked(x)) return false;
  const { graph } = layouts;
  const channels = layouts.shape(x)[1];
  const none = graph.filled(0, [channels]);
  const normalised = (number: number, shift: Name, centre: Name) =>
    graph.node(
      'BatchNormalization',
      [graph.filled(number, [1, channels]), layouts.plain(scale), shift, centre, layouts.plain(variance)],
      { epsilon: { float: attributes.epsilon } },
    );
  layouts.wait(value, (fused) => {
    const factor = normalised(1, none, none);
    const shift = normalised(0, layouts.plain(offset), layouts.plain(mean));
    return blockedAffine(graph, [layouts.blocked(x), factor, shift], channels, fused);
  });
  return true;
};

const averagePool2d: BlockedLowering<'averagePool2d'> = (layouts, value, { inputs: [x], attributes }) => {
  if (!layouts.isBlocked(x)) return false;
  const { kernel, stride, padding } = attributes;
  const window = { kernel_shape: kernel, strides: stride, pads: around(padding), count_include_pad: 0 };
  layouts.hold(value, blockedNode(layouts.graph, 'AveragePool', [layouts.blocked(x)], window));
  return true;
};

/** Windows that part the image give each of their cells the same share; windows that move by one cell are a sum over windows again. */
const averagePool2dGradient: BlockedLowering<'averagePool2dGradient'> = (
  layouts,
  value,
  { inputs: [dy], attributes },
) => {
  if (!layouts.isBlocked(dy)) return false;
  const { graph } = layouts;
  const { kernel, stride, padding, inputShape } = attributes;
  const parts = [0, 1].every(
    (i) => stride[i] === kernel[i] && padding[i] === 0 && layouts.shape(dy)[2 + i] * kernel[i] === inputShape[2 + i],
  );
  if (parts) {
    const shares = graph.node('Mul', [layouts.blocked(dy), graph.float(1 / sizeOf(kernel))]);
    layouts.hold(value, blockedNode(graph, 'Upsample', [shares], { scales: [1, 1, ...kernel], mode: 'nearest' }));
    return true;
  }
  if (stride.some((n) => n !== 1)) return false;
  const [batch, channels, height, width] = layouts.shape(dy);
  const block = graph.blockSize;
  const rows = graph.integers([(batch * channels) / block, height * width * block]);
  const shares = windowShares(graph, attributes, [batch, channels, height, width], block);
  const shared = graph.node('Mul', [graph.node('Reshape', [layouts.blocked(dy), rows]), shares]);
  const image = graph.node('Reshape', [shared, graph.integers([batch, channels, height, width])]);
  const pads = [0, 1].map((i) => kernel[i] - 1 - padding[i]) as [number, number];
  const window = { kernel_shape: kernel, strides: stride, pads: around(pads), count_include_pad: 1 };
  layouts.hold(value, blockedNode(graph, 'AveragePool', [image], window));
  return true;
};

/** Which unit comes first does not matter, so blocked images are taken as they are. */
const positiveOverlap: BlockedLowering<'positiveOverlap'> = (layouts, value, { inputs: [x] }) => {
  if (!layouts.isBlocked(x)) return false;
  writePositiveOverlap(layouts.graph, layouts.blocked(x), layouts.shape(x), layouts.names[value]);
  return true;
};

const table: { readonly [P in PrimitiveName]?: BlockedLowering<P> } = {
  add,
  subtract: elementwise('Sub'),
  multiply,
  divide: elementwise('Div'),
  maximum: elementwise('Max'),
  negate: elementwise('Neg'),
  relu,
  sigmoid: elementwise('Sigmoid'),
  tanh: elementwise('Tanh'),
  exponential: elementwise('Exp'),
  absolute: elementwise('Abs'),
  sign: elementwise('Sign'),
  round: elementwise('Round'),
  reluGradient,
  reshape,
  sum,
  conv2d,
  conv2dInputGradient,
  conv2dFilterGradient: lowerFilterGradient,
  channelSum,
  channelDot,
  channelMean,
  channelVariance,
  channelAffine,
  batchNorm,
  averagePool2d,
  averagePool2dGradient,
  positiveOverlap,
};

export function lowerBlocked<P extends PrimitiveName>(layouts: Layouts, value: Value, op: Op<P>): boolean {
  const lowering = table[op.primitive] as BlockedLowering<P> | undefined;
  return lowering?.(layouts, value, op) ?? false;
}
