/**
 * The filter gradient as a convolution whose filter is the output gradient and whose results are the places of the window. Channels lie last in
 * the image's rows, so that a row of results is [places, channels].
 *
 * Done by blocks, each image of each group is a group of its own: a block of the output gradient lies as a block of a filter does, so that it is taken as
 * it comes, and the sums stay in registers until they are complete. The images' gradients are added up afterwards. Otherwise the images are
 * the channels of a plain convolution, which onnxruntime makes one matrix product: for filters that are large beside their images, whose gradients
 * would take longer to write and add than to compute.
 */
import type { ConvolutionAttributes, Op, Shape, Value } from '../../contracts/program.js';
import { sizeOf } from '../shapes.js';
import { blockedNode, channelsLast, fillsBlocks } from './blocked.js';
import type { GraphWriter, Name } from './graph.js';
import type { Layouts } from './layouts.js';

/** Sizes of the sum dw[o, c, ky, kx] = Σ x[n, c, s·h + d·ky − p, s·w + d·kx − p] · dy[n, o, h, w], of one group. */
interface Sum extends ConvolutionAttributes {
  readonly images: number;
  /** [C, H, W] */
  readonly image: Shape;
  /** [O, H', W'] */
  readonly gradient: Shape;
  /** [kh, kw] */
  readonly window: Shape;
}

/** How often a filter may be larger than what an image of it is made from, if images' gradients are to be written out: measured, 4.5 gains and 9 loses. */
const LARGEST_RATIO = 6;

/** Writes dw [g·O, C, kh, kw], or leaves it. */
export function lowerFilterGradient(layouts: Layouts, value: Value, op: Op<'conv2dFilterGradient'>): boolean {
  const { graph } = layouts;
  const [x, dy] = op.inputs;
  const sum = sumOf(layouts, op);
  const byBlocks = fitsBlocks(layouts, dy, sum);
  if (!byBlocks && sum.images > 1 && sum.groups > 1) return false;
  const image = paddedRows(graph, channelsLastOfGroups(layouts, x, sum), sum);
  const met = byBlocks
    ? metByBlocks(graph, image, layouts.blocked(dy), sum)
    : metByProducts(graph, image, layouts.plain(dy), sum);
  writeFilter(graph, met, sum, layouts.names[value]);
  return true;
}

function sumOf(layouts: Layouts, { inputs: [x, dy], attributes }: Op<'conv2dFilterGradient'>): Sum {
  const { filterShape, groups } = attributes;
  const [images, , ...sides] = layouts.shape(x);
  const [out, channels, ...window] = filterShape;
  const gradient = [out / groups, ...layouts.shape(dy).slice(2)];
  return { ...attributes, images, image: [channels, ...sides], gradient, window };
}

/** Whether the sum can and should be done by blocks. onnxruntime takes fewer channels than a block, or whole blocks; here images are its channels. */
function fitsBlocks(layouts: Layouts, dy: Value, { images, groups, image, gradient, window }: Sum): boolean {
  const { blockSize } = layouts.graph;
  const count = images * groups;
  const fits =
    layouts.fillsBlocks(dy) && gradient[0] % blockSize === 0 && (count < blockSize || count % blockSize === 0);
  const filter = sizeOf([gradient[0], image[0], ...window]);
  return fits && filter <= LARGEST_RATIO * (sizeOf(image) + sizeOf(gradient));
}

/** x as [N·g, H, W, C], C being the channels of a group, in any shape. */
function channelsLastOfGroups(layouts: Layouts, x: Value, { images, groups, image }: Sum): Name {
  const { graph } = layouts;
  const shape = [images * groups, ...image];
  if (layouts.isBlocked(x) && fillsBlocks(graph, shape)) return channelsLast(graph, layouts.blocked(x), shape);
  const plain = layouts.plain(x);
  return graph.once(`last:${plain}:${groups}`, () => {
    const split = groups === 1 ? plain : graph.node('Reshape', [plain, graph.integers(shape)]);
    return graph.node('Transpose', [split], { perm: [0, 2, 3, 1] });
  });
}

/** What is missing after an image's last row or column for its window to meet exactly the wanted places; negative where it has too much. */
function missing({ image, gradient, window, stride, dilation, padding }: Sum, axis: 0 | 1): number {
  const met = dilation[axis] * (window[axis] - 1) + 1 + stride[axis] * (gradient[1 + axis] - 1);
  return met - image[1 + axis] - padding[axis];
}

/** [1, N·g, H, W·C] with zeros beside the columns, and without rows and columns that no place meets. Rows of zeros are the convolution's to add. */
function paddedRows(graph: GraphWriter, image: Name, sum: Sum): Name {
  const [channels, height, width] = sum.image;
  const count = sum.images * sum.groups;
  const ends = [Math.min(0, missing(sum, 0)), missing(sum, 1)];
  const begin = sum.padding[1];
  return graph.once(`rows:${image}:${begin}:${ends}`, () => {
    const rows = graph.node('Reshape', [image, graph.integers([1, count, height, width * channels])]);
    if (begin === 0 && ends.every((end) => end === 0)) return rows;
    return graph.node('Pad', [rows, graph.integers([0, 0, 0, begin * channels, 0, 0, ends[0], ends[1] * channels])]);
  });
}

/** Places are what is strided here, and what was strided is dilated. */
function windowOf(sum: Sum, groups: number) {
  const { image, gradient, stride, dilation, padding } = sum;
  return {
    kernel_shape: gradient.slice(1),
    strides: [dilation[0], 1],
    dilations: [stride[0], stride[1] * image[0]],
    pads: [padding[0], 0, Math.max(0, missing(sum, 0)), 0],
    group: groups,
  };
}

/** @returns [g·O, kh, places to the side · C] */
function metByBlocks(graph: GraphWriter, image: Name, dy: Name, sum: Sum): Name {
  const { images, groups, gradient } = sum;
  const count = images * groups;
  const filter = graph.node('Reshape', [dy, graph.integers([count * gradient[0], 1, ...gradient.slice(1)])]);
  const ofImages = blockedNode(graph, 'Conv', [image, filter], windowOf(sum, count));
  const channels = groups * gradient[0];
  return blockedNode(graph, 'ReorderOutput', [images === 1 ? ofImages : added(graph, ofImages, sum)], {
    channels,
    channels_last: 0,
  });
}

/** The gradients of images, one after the other, added up: an image of g·O channels. */
function added(graph: GraphWriter, ofImages: Name, sum: Sum): Name {
  const { images, groups, gradient } = sum;
  const shape = [groups * gradient[0], sum.window[0], columnsOf(sum)];
  const rows = graph.node('Reshape', [ofImages, graph.integers([images, sizeOf(shape)])]);
  const total = graph.node('ReduceSum', [rows, graph.integers([0])], { keepdims: 0 });
  return graph.node('Reshape', [total, graph.integers([1, ...shape])]);
}

/** The same of plain images: many of one group, or one of many. */
function metByProducts(graph: GraphWriter, image: Name, dy: Name, sum: Sum): Name {
  const { images, groups, gradient } = sum;
  const filter = graph.once(`channel-first:${dy}:${groups}`, () =>
    images === 1
      ? graph.node('Reshape', [dy, graph.integers([groups * gradient[0], 1, ...gradient.slice(1)])])
      : graph.node('Transpose', [dy], { perm: [1, 0, 2, 3] }),
  );
  return graph.node('Conv', [image, filter], windowOf(sum, groups));
}

/** To the side the window meets every place, of which each d-th is wanted. */
function columnsOf({ image, window, dilation }: Sum): number {
  return (dilation[1] * (window[1] - 1) + 1) * image[0];
}

/** [g·O, kh, columns] -> [g·O, C, kh, kw] */
function writeFilter(graph: GraphWriter, met: Name, sum: Sum, output: Name): void {
  const { groups, image, gradient, window, dilation } = sum;
  const columns = columnsOf(sum) / image[0];
  const places = graph.node('Reshape', [met, graph.integers([groups * gradient[0], window[0], columns, image[0]])]);
  const wanted =
    dilation[1] === 1
      ? places
      : graph.node('Slice', [places, ...[[0], [columns], [2], [dilation[1]]].map((list) => graph.integers(list))]);
  graph.node('Transpose', [wanted], { perm: [0, 3, 1, 2] }, output);
}
