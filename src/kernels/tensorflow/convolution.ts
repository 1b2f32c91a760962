/**
 * Convolution and its two gradients. Groups of one channel each are TensorFlow's depthwise convolution; other groups are computed
 * one by one. TensorFlow.js has no dilation in gradients: they run on the filter with zeros between its weights.
 */
import type { ConvolutionAttributes, Shape } from '../../contracts/program.js';
import { FILTER, held, IMAGE } from './layouts.js';
import { type Handle, type Image, type Library, runKernel } from './library.js';
import type { Kernel, Lowering, Lowerings } from './lowering.js';
import { cropImage, imageLengths, paddingMode, padImage, spread } from './windows.js';

type Images = [number, number, number, number];

/** One convolution in TensorFlow's terms: image NHWC, filter HWIO with its holes filled by zeros. */
interface Convolution {
  readonly tf: Library;
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid';
  /** Zeros to put around the image first. */
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly depthwise: boolean;
  /** NHWC, padded. */
  readonly image: Images;
  /** HWIO, as the program has it. */
  readonly filter: Images;
}

function convolutionOf(
  tf: Library,
  { stride, padding, dilation, groups }: ConvolutionAttributes,
  imageShape: Shape,
  filterShape: Shape,
): Convolution {
  const [height, width, inputs, outputs] = held(filterShape, FILTER);
  const reach = [(height - 1) * dilation[0] + 1, (width - 1) * dilation[1] + 1] as const;
  const pad = paddingMode({ image: imageLengths(imageShape), reach, stride, padding });
  const around = pad === 'same' ? ([0, 0] as const) : padding;
  const [batch, channels, rows, columns] = imageShape;
  return {
    tf,
    strides: [stride[0], stride[1]],
    pad,
    padding: around,
    dilation,
    groups,
    // TensorFlow's depthwise kernels take one stride for both axes.
    depthwise: groups > 1 && inputs === 1 && stride[0] === stride[1],
    image: [batch, rows + 2 * around[0], columns + 2 * around[1], channels],
    filter: [height, width, inputs, outputs],
  };
}

/** The filter with zeros in the holes of its dilation. */
function filled({ tf, dilation, filter: [height, width, inputs, outputs] }: Convolution, w: Handle): Handle {
  if (dilation[0] === 1 && dilation[1] === 1) return w;
  const flat = spread(tf, tf.reshape(w, [1, height, width, inputs * outputs]), dilation);
  return tf.reshape(flat, [flat.shape[1] as number, flat.shape[2] as number, inputs, outputs]);
}

/** [h, w, 1, C·m] as the depthwise [h, w, C, m]. */
function asDepthwise({ tf, groups, filter: [, , , outputs] }: Convolution, w: Handle): Handle {
  return tf.reshape(w, [w.shape[0] as number, w.shape[1] as number, groups, outputs / groups]);
}

/** Computes each group by itself and joins the results along an axis. */
function byGroup(
  { tf, groups }: Convolution,
  operands: readonly Handle[],
  axes: readonly number[],
  compute: (parts: readonly Handle[]) => Handle,
  joined: number,
): Handle {
  if (groups === 1) return compute(operands);
  const split = operands.map((operand, i) => tf.split(operand, groups, axes[i]));
  const results = Array.from({ length: groups }, (_, group) => compute(split.map((parts) => parts[group])));
  return tf.concat(results, joined);
}

/** Lengths of one group's channels. */
function perGroup({ groups }: Convolution, lengths: Images, axis: number): Images {
  return lengths.map((length, i) => (i === axis ? length / groups : length)) as Images;
}

const CHANNELS = 3;
const OUTPUTS = 3;

function forward(convolution: Convolution): Kernel {
  const { tf, strides, pad, padding, dilation } = convolution;
  return ([x, w]) => {
    const image = padImage(tf, x, padding);
    // TensorFlow.js takes a dilation where the stride is one.
    const dilated = strides[0] === 1 && strides[1] === 1 && !convolution.depthwise;
    const filter = dilated ? w : filled(convolution, w);
    if (convolution.depthwise) {
      return tf.depthwiseConv2d(image as Image, asDepthwise(convolution, filter) as Image, strides, pad);
    }
    const holes: [number, number] = dilated ? [dilation[0], dilation[1]] : [1, 1];
    const compute = ([part, weights]: readonly Handle[]): Handle =>
      tf.conv2d(part as Image, weights as Image, strides, pad, 'NHWC', holes);
    return byGroup(convolution, [image, filter], [CHANNELS, OUTPUTS], compute, CHANNELS);
  };
}

function inputGradient(convolution: Convolution): Kernel {
  const { tf, strides, pad, padding, image } = convolution;
  const common = { strides, pad, dimRoundingMode: undefined };
  return ([w, dy]) => {
    const filter = filled(convolution, w);
    if (convolution.depthwise) {
      const operands = { dy, filter: asDepthwise(convolution, filter) };
      const attributes = { ...common, dilations: [1, 1], inputShape: image };
      return cropImage(tf, runKernel(tf, tf.DepthwiseConv2dNativeBackpropInput, operands, attributes), padding);
    }
    const attributes = { ...common, dataFormat: 'NHWC', inputShape: perGroup(convolution, image, CHANNELS) };
    const compute = ([weights, part]: readonly Handle[]) =>
      runKernel(tf, tf.Conv2DBackpropInput, { dy: part, filter: weights }, attributes);
    return cropImage(tf, byGroup(convolution, [filter, dy], [OUTPUTS, CHANNELS], compute, CHANNELS), padding);
  };
}

function filterGradient(convolution: Convolution): Kernel {
  const { tf, strides, pad, padding, dilation, groups, filter } = convolution;
  const [height, width, inputs, outputs] = filter;
  const reach = [(height - 1) * dilation[0] + 1, (width - 1) * dilation[1] + 1];
  const common = { strides, pad, dimRoundingMode: undefined };
  const whole = (dw: Handle): Handle =>
    dilation[0] === 1 && dilation[1] === 1
      ? dw
      : tf.stridedSlice(dw, [0, 0, 0, 0], [...reach, inputs, outputs], [dilation[0], dilation[1], 1, 1]);
  return ([x, dy]) => {
    const image = padImage(tf, x, padding);
    if (convolution.depthwise) {
      const attributes = { ...common, dilations: [1, 1], filterShape: [...reach, groups, outputs / groups] };
      const dw = runKernel(tf, tf.DepthwiseConv2dNativeBackpropFilter, { x: image, dy }, attributes);
      return whole(tf.reshape(dw, [...reach, inputs, outputs]));
    }
    const attributes = { ...common, dataFormat: 'NHWC', filterShape: [...reach, inputs, outputs / groups] };
    const compute = ([part, gradient]: readonly Handle[]) =>
      runKernel(tf, tf.Conv2DBackpropFilter, { x: part, dy: gradient }, attributes);
    return whole(byGroup(convolution, [image, dy], [CHANNELS, CHANNELS], compute, OUTPUTS));
  };
}

const conv2d: Lowering<'conv2d'> = {
  demand: { operands: [IMAGE, FILTER], result: IMAGE },
  kernel: ({ tf, attributes, types: [x, w] }) => forward(convolutionOf(tf, attributes, x.shape, w.shape)),
};

const conv2dInputGradient: Lowering<'conv2dInputGradient'> = {
  demand: { operands: [FILTER, IMAGE], result: IMAGE },
  kernel: ({ tf, attributes, types: [w] }) =>
    inputGradient(convolutionOf(tf, attributes, attributes.inputShape, w.shape)),
};

const conv2dFilterGradient: Lowering<'conv2dFilterGradient'> = {
  demand: { operands: [IMAGE, IMAGE], result: FILTER },
  kernel: ({ tf, attributes, types: [x] }) =>
    filterGradient(convolutionOf(tf, attributes, x.shape, attributes.filterShape)),
};

type ConvolutionName = 'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient';

export const convolutionLowerings: Lowerings<ConvolutionName> = { conv2d, conv2dInputGradient, conv2dFilterGradient };
