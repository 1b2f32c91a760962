/**
 * onnxruntime's blocked layout: images as [N, C / block, H, W, block], a block of channels the width of the processor's vectors.
 * Its convolutions are about twice as fast as those on plain NCHW. onnxruntime itself uses it only where weights are constants;
 * its ops can be named directly, and then serve training too. They live in a domain of their own, for this machine only: exported
 * files never hold them.
 */
import type { Shape } from '../../contracts/program.js';
import type { AttributeValue, GraphWriter, Name } from './graph.js';

/** The domain of onnxruntime's blocked ops. */
export const BLOCKED_DOMAIN = 'com.microsoft.nchwc';

/** Whether images of a shape fill whole blocks. */
export function fillsBlocks(graph: GraphWriter, shape: Shape): boolean {
  return graph.blockSize > 1 && shape.length === 4 && shape[1] % graph.blockSize === 0;
}

/** A node of the blocked domain. */
export function blockedNode(
  graph: GraphWriter,
  type: 'ReorderInput' | 'ReorderOutput' | 'Conv' | 'AveragePool' | 'GlobalAveragePool' | 'Upsample',
  inputs: readonly Name[],
  attributes: Readonly<Record<string, AttributeValue>>,
  output?: Name,
): Name {
  return graph.node(type, inputs, attributes, output, BLOCKED_DOMAIN);
}

/** What a convolution does to its result in the same pass. */
export interface Fused {
  /** A scalar that multiplies it first: its filter and its offset do instead. */
  readonly factor?: Name;
  /** Added next. */
  readonly sum?: Name;
  /** Whether the result is max(…, 0). */
  readonly relu?: boolean;
}

/** @param inputs image, filter and, where there is one, offset; '' stands for none */
export function blockedConvolution(
  graph: GraphWriter,
  [image, ...weights]: readonly Name[],
  window: Readonly<Record<string, AttributeValue>>,
  { factor, sum, relu = false }: Fused,
): Name {
  const scaled = (weight: Name) => (factor === undefined ? weight : graph.node('Mul', [weight, factor]));
  const [filter, offset = ''] = weights.map((weight) => (weight === '' ? '' : scaled(weight)));
  const inputs =
    sum !== undefined ? [image, filter, offset, sum] : offset === '' ? [image, filter] : [image, filter, offset];
  return blockedNode(graph, 'Conv', inputs, relu ? { ...window, activation: 'Relu' } : window);
}

/** [O, I, kh, kw] -> [O / block, I / block, kh, kw, block of I, block of O] */
export function filterInBlocks(graph: GraphWriter, w: Name, [out, inputs, height, width]: Shape): Name {
  const block = graph.blockSize;
  return graph.once(`filter:${w}`, () => {
    const split = graph.node('Reshape', [
      w,
      graph.integers([out / block, block, inputs / block, block, height, width]),
    ]);
    const turned = graph.node('Transpose', [split], { perm: [0, 2, 4, 5, 3, 1] });
    return graph.node('Reshape', [turned, graph.integers([out, inputs, height, width])]);
  });
}

/** The filter of an image with fewer channels than a block: [O, I, kh, kw] -> [O / block, I, kh, kw, block of O] */
export function stemFilterInBlocks(graph: GraphWriter, w: Name, [out, inputs, height, width]: Shape): Name {
  const block = graph.blockSize;
  return graph.once(`stem-filter:${w}`, () => {
    const split = graph.node('Reshape', [w, graph.integers([out / block, block, inputs, height, width])]);
    const turned = graph.node('Transpose', [split], { perm: [0, 2, 3, 4, 1] });
    return graph.node('Reshape', [turned, graph.integers([out, inputs, height, width])]);
  });
}

/** The filter of the input gradient, in blocks: channels swapped and each window turned by 180°. */
export function mirroredFilterInBlocks(graph: GraphWriter, w: Name, [out, inputs, height, width]: Shape): Name {
  const block = graph.blockSize;
  return graph.once(`mirrored-filter:${w}`, () => {
    const split = graph.node('Reshape', [
      w,
      graph.integers([out / block, block, inputs / block, block, height, width]),
    ]);
    const swapped = graph.node('Transpose', [split], { perm: [2, 0, 4, 5, 1, 3] });
    const back = [graph.integers([-1, -1]), graph.integers([-height - 1, -width - 1]), graph.integers([2, 3])];
    const turned = height * width === 1 ? swapped : graph.node('Slice', [swapped, ...back, graph.integers([-1, -1])]);
    return graph.node('Reshape', [turned, graph.integers([inputs, out, height, width])]);
  });
}

/** x · scale + offset per channel: a depthwise 1×1 convolution. */
export function blockedAffine(
  graph: GraphWriter,
  [x, scale, offset]: readonly [Name, Name, Name],
  channels: number,
  fused: Fused,
): Name {
  const filter = graph.once(`depthwise:${scale}`, () =>
    graph.node('Reshape', [scale, graph.integers([channels, 1, 1, 1])]),
  );
  const window = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: channels };
  return blockedConvolution(graph, [x, filter, offset], window, fused);
}

/** Mean over the batch and the image: [C]. */
export function blockedChannelMean(graph: GraphWriter, x: Name, output?: Name): Name {
  const images = blockedNode(graph, 'GlobalAveragePool', [x], {});
  return graph.node('ReduceMean', [images], { axes: [0, 2, 3], keepdims: 0 }, output);
}

/** Mean of squares over the batch and the image: [C]. */
export function blockedChannelSquare(graph: GraphWriter, x: Name, [batch, channels, height, width]: Shape): Name {
  const images = imageProducts(graph, x, x, [batch, channels, height, width]);
  return graph.node('MatMul', [graph.filled(1 / (batch * height * width), [batch]), images]);
}

/** Sum over the batch and the image: [C]. */
export function blockedChannelSum(
  graph: GraphWriter,
  x: Name,
  [batch, channels, height, width]: Shape,
  output: Name,
): void {
  const block = graph.blockSize;
  const columns = graph.node('Reshape', [x, graph.integers([(batch * channels) / block, height * width, block])]);
  const images = graph.node('ReduceSum', [columns, graph.integers([1])], { keepdims: 0 });
  const rows = graph.node('Reshape', [images, graph.integers([batch, channels])]);
  graph.node('ReduceSum', [rows, graph.integers([0])], { keepdims: 0 }, output);
}

/** Sum of a·b over the batch and the image: [C]. */
export function blockedChannelDot(graph: GraphWriter, a: Name, b: Name, shape: Shape, output: Name): void {
  const images = imageProducts(graph, a, b, shape);
  graph.node('ReduceSum', [images, graph.integers([0])], { keepdims: 0 }, output);
}

/**
 * Sum of a·b over each image: [N, C]. Blocks of images lie as those of depthwise filters do, so that one convolution of `a` with `b` as its filter,
 * every channel of every image a group of its own, sums over the image and writes no product.
 */
function imageProducts(graph: GraphWriter, a: Name, b: Name, [batch, channels, height, width]: Shape): Name {
  const groups = batch * channels;
  const image = graph.node('Reshape', [a, graph.integers([1, groups, height, width])]);
  const filter = graph.node('Reshape', [b, graph.integers([groups, 1, height, width])]);
  const window = {
    kernel_shape: [height, width],
    strides: [1, 1],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
    group: groups,
  };
  const images = blockedConvolution(graph, [image, filter], window, {});
  return graph.node('Reshape', [images, graph.integers([batch, channels])]);
}

/** [N, C / block, H·W, block] -> [N·H·W, C]: channels last, as matrix products want them. */
export function channelsLast(graph: GraphWriter, x: Name, [batch, channels, height, width]: Shape): Name {
  const block = graph.blockSize;
  return graph.once(`channels-last:${x}:${channels}`, () => {
    const split = graph.integers([batch, channels / block, height * width, block]);
    const turned =
      channels === block ? x : graph.node('Transpose', [graph.node('Reshape', [x, split])], { perm: [0, 2, 1, 3] });
    return graph.node('Reshape', [turned, graph.integers([batch * height * width, channels])]);
  });
}
