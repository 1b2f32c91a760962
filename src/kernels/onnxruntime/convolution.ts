/** Convolution and its two gradients in ONNX. */
import type { ConvolutionAttributes, Shape } from '../../contracts/program.js';
import { sizeOf } from '../shapes.js';
import type { GraphWriter, Name } from './graph.js';
import type { Lowering } from './lowerings.js';

/** ONNX pads [top, left, bottom, right]. */
export const around = ([vertical, horizontal]: readonly [number, number]) => [
  vertical,
  horizontal,
  vertical,
  horizontal,
];

function windowAttributes({ stride, padding, dilation, groups }: ConvolutionAttributes) {
  return { strides: stride, pads: around(padding), dilations: dilation, group: groups };
}

export const lowerConv2d: Lowering<'conv2d'> = ({ graph, inputs, types, attributes, output }) => {
  graph.node('Conv', inputs, { ...windowAttributes(attributes), kernel_shape: types[1].shape.slice(2) }, output);
};

/**
 * With stride 1 the gradient is itself a convolution of dy with the filter mirrored and its channels swapped, which runs
 * twice as fast as ConvTranspose; with a stride it is ConvTranspose.
 */
export const lowerConv2dInputGradient: Lowering<'conv2dInputGradient'> = (context) => {
  const { graph, inputs, types, attributes, output } = context;
  const { stride, padding, dilation, groups, inputShape } = attributes;
  const [w, dy] = inputs;
  const kernel = types[0].shape.slice(2);
  const reach = [0, 1].map((i) => dilation[i] * (kernel[i] - 1));
  if (stride[0] === 1 && stride[1] === 1 && padding[0] <= reach[0] && padding[1] <= reach[1]) {
    const mirrored = graph.once(`mirrored:${w}:${groups}`, () => mirrorFilter(graph, w, types[0].shape, groups));
    const pads = around([reach[0] - padding[0], reach[1] - padding[1]]);
    graph.node(
      'Conv',
      [dy, mirrored],
      { strides: stride, pads, dilations: dilation, group: groups, kernel_shape: kernel },
      output,
    );
    return;
  }
  const dyShape = types[1].shape;
  const remainder = [0, 1].map((i) => {
    const covered = (dyShape[2 + i] - 1) * stride[i] + reach[i] + 1 - 2 * padding[i];
    return inputShape[2 + i] - covered;
  });
  graph.node(
    'ConvTranspose',
    [dy, w],
    { ...windowAttributes(attributes), kernel_shape: kernel, output_padding: remainder },
    output,
  );
};

/** [O, I/g, kh, kw] -> [I, O/g, kh, kw], each window turned by 180°. */
function mirrorFilter(graph: GraphWriter, w: Name, [out, inputs, height, width]: Shape, groups: number): Name {
  const turned =
    height * width === 1
      ? w
      : graph.node('Slice', [
          w,
          graph.integers([-1, -1]),
          graph.integers([-height - 1, -width - 1]),
          graph.integers([2, 3]),
          graph.integers([-1, -1]),
        ]);
  if (groups === 1) return graph.node('Transpose', [turned], { perm: [1, 0, 2, 3] });
  const grouped = graph.node('Reshape', [turned, graph.integers([groups, out / groups, inputs, height, width])]);
  const swapped = graph.node('Transpose', [grouped], { perm: [0, 2, 1, 3, 4] });
  return graph.node('Reshape', [swapped, graph.integers([groups * inputs, out / groups, height, width])]);
}

/**
 * dw[o, i, ky, kx] = Σ over images and positions of dy[o] · x[i] shifted by (ky, kx): one matrix product for each place of the window.
 */
export const lowerConv2dFilterGradient: Lowering<'conv2dFilterGradient'> = (context) => {
  const { graph, inputs, types, attributes, output } = context;
  const [out, channels] = attributes.filterShape;
  if (attributes.groups === 1) {
    wholeBatchFilterGradient(graph, inputs, types[0].shape, types[1].shape, attributes, output);
  } else if (channels === 1 && out === attributes.groups) {
    depthwiseFilterGradient(graph, inputs, types[0].shape, types[1].shape, attributes, output);
  } else {
    groupedFilterGradient(graph, inputs, types[0].shape, types[1].shape, attributes, output);
  }
};

type FilterGradientAttributes = ConvolutionAttributes & { readonly filterShape: Shape };

/** One product over the whole batch for each place: dy as [O, N·H'·W'], x (channels last) as [N·H'·W', C]. */
function wholeBatchFilterGradient(
  graph: GraphWriter,
  [x, dy]: readonly Name[],
  xShape: Shape,
  dyShape: Shape,
  attributes: FilterGradientAttributes,
  output: Name,
): void {
  const [out, channels, height, width] = attributes.filterShape;
  const positions = sizeOf([dyShape[0], dyShape[2], dyShape[3]]);
  const rows = graph.once(`filter-rows:${dy}`, () =>
    graph.node('Reshape', [graph.node('Transpose', [dy], { perm: [1, 0, 2, 3] }), graph.integers([out, positions])]),
  );
  const last = graph.once(`last:${x}`, () => graph.node('Transpose', [x], { perm: [0, 2, 3, 1] }));
  const padded = padImage(graph, last, attributes.padding, 1);
  const products = places(height, width).map(([ky, kx]) => {
    const shifted = shift(graph, padded, xShape, dyShape, attributes, [ky, kx], 1);
    return graph.node('MatMul', [rows, graph.node('Reshape', [shifted, graph.integers([positions, channels])])]);
  });
  stackPlaces(graph, products, attributes.filterShape, output);
}

/**
 * One convolution, four times as fast as products for each place: every channel is a group whose inputs are its images, and dy is the window,
 * so that stride and dilation change parts. Where a stride leaves a rest, the window meets more places than the filter has.
 */
function depthwiseFilterGradient(
  graph: GraphWriter,
  [x, dy]: readonly Name[],
  [batch, channels, height, width]: Shape,
  dyShape: Shape,
  { filterShape, stride, padding, dilation }: FilterGradientAttributes,
  output: Name,
): void {
  const byChannel = (image: Name) =>
    graph.once(`by-channel:${image}`, () => graph.node('Transpose', [image], { perm: [1, 0, 2, 3] }));
  const images = graph.node('Reshape', [byChannel(x), graph.integers([1, channels * batch, height, width])]);
  const met = graph.node('Conv', [images, byChannel(dy)], {
    strides: dilation,
    pads: around(padding),
    dilations: stride,
    group: channels,
    kernel_shape: dyShape.slice(2),
  });
  const [, , down, across] = filterShape;
  const ends = [graph.integers([0, 0]), graph.integers([down, across]), graph.integers([2, 3])];
  graph.node('Reshape', [graph.node('Slice', [met, ...ends]), graph.integers(filterShape)], {}, output);
}

/** One product for each place, image and group, then the sum over images. */
function groupedFilterGradient(
  graph: GraphWriter,
  [x, dy]: readonly Name[],
  xShape: Shape,
  dyShape: Shape,
  attributes: FilterGradientAttributes,
  output: Name,
): void {
  const [out, channels, height, width] = attributes.filterShape;
  const { groups } = attributes;
  const batch = dyShape[0];
  const area = dyShape[2] * dyShape[3];
  const rows = graph.node('Reshape', [dy, graph.integers([batch, groups, out / groups, area])]);
  const padded = padImage(graph, x, attributes.padding, 2);
  const products = places(height, width).map(([ky, kx]) => {
    const shifted = shift(graph, padded, xShape, dyShape, attributes, [ky, kx], 2);
    // Shared by the gradients of all filters that read the same image; a reshape of what others read as well would be a copy.
    const columns = graph.once(`columns:${shifted}:${groups}:${channels}`, () => {
      const split = graph.node('Reshape', [shifted, graph.integers([batch, groups, channels, area])]);
      return graph.node('Transpose', [split], { perm: [0, 1, 3, 2] });
    });
    const product = graph.node('MatMul', [rows, columns]);
    return batch === 1
      ? graph.node('Reshape', [product, graph.integers([groups, out / groups, channels])])
      : graph.node('ReduceSum', [product, graph.integers([0])], { keepdims: 0 });
  });
  stackPlaces(graph, products, attributes.filterShape, output);
}

/** Places of a window, row by row. */
export function places(height: number, width: number): [number, number][] {
  return Array.from({ length: height * width }, (_, i) => [Math.floor(i / width), i % width]);
}

/** Zeros around the two image axes, which start at `axis`. */
export function padImage(graph: GraphWriter, x: Name, padding: readonly [number, number], axis: number): Name {
  if (padding[0] === 0 && padding[1] === 0) return x;
  return graph.once(`padded:${x}:${padding}:${axis}`, () => {
    const pads = [0, 0, 0, 0];
    pads[axis] = padding[0];
    pads[axis + 1] = padding[1];
    return graph.node('Pad', [x, graph.integers([...pads, ...pads])]);
  });
}

/** The cells of a padded image that one place of the window meets. */
export function shift(
  graph: GraphWriter,
  padded: Name,
  xShape: Shape,
  dyShape: Shape,
  { stride, padding, dilation }: ConvolutionAttributes,
  place: readonly [number, number],
  axis: number,
): Name {
  const start = [0, 1].map((i) => place[i] * dilation[i]);
  const end = [0, 1].map((i) => start[i] + (dyShape[2 + i] - 1) * stride[i] + 1);
  const whole = [0, 1].every((i) => start[i] === 0 && end[i] === xShape[2 + i] + 2 * padding[i] && stride[i] === 1);
  if (whole) return padded;
  return graph.once(`shift:${padded}:${start}:${end}:${stride}`, () =>
    graph.node('Slice', [
      padded,
      graph.integers(start),
      graph.integers(end),
      graph.integers([axis, axis + 1]),
      graph.integers(stride),
    ]),
  );
}

/** [O, C] (or [g, O/g, C]) of each place -> [O, C, kh, kw] */
function stackPlaces(graph: GraphWriter, products: readonly Name[], filterShape: Shape, output: Name): void {
  const [out, channels] = filterShape;
  if (products.length === 1) {
    graph.node('Reshape', [products[0], graph.integers(filterShape)], {}, output);
    return;
  }
  // [places, O·C], turned: to place the numbers one by one takes five times as long.
  const stacked = products.map((product) => graph.node('Reshape', [product, graph.integers([1, out * channels])]));
  const turned = graph.node('Transpose', [graph.node('Concat', stacked, { axis: 0 })], { perm: [1, 0] });
  graph.node('Reshape', [turned, graph.integers(filterShape)], {}, output);
}
