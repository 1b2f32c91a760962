/** Ops per channel, the program's second axis, in any layout. With channels last they are TensorFlow's fastest form. */
import { sizeOf } from '../shapes.js';
import { held, type Layout } from './layouts.js';
import { type Handle, nativeNorm, type Vector } from './library.js';
import type { Kernel, Lowering, LoweringContext, Lowerings } from './lowering.js';

type ChannelName = 'channelSum' | 'channelDot' | 'channelMean' | 'channelVariance' | 'channelAffine' | 'batchNorm';

const channelSum: Lowering<'channelSum'> = {
  demand: 'shared',
  kernel: ({ tf, layouts: [layout] }) => {
    const axes = axesBesideChannels(layout);
    return ([x]) => tf.sum(x, axes);
  },
};

const channelDot: Lowering<'channelDot'> = {
  demand: 'shared',
  kernel: (context) => {
    const { tf, layouts } = context;
    const axes = axesBesideChannels(layouts[0]);
    const squares = sumOfSquares(context);
    return ([a, b]) => (a === b ? squares(a) : tf.sum(tf.mul(a, b), axes));
  },
};

const channelMean: Lowering<'channelMean'> = {
  demand: 'shared',
  kernel: ({ tf, layouts: [layout] }) => {
    const axes = axesBesideChannels(layout);
    return ([x]) => tf.mean(x, axes);
  },
};

const channelVariance: Lowering<'channelVariance'> = {
  demand: 'shared',
  kernel: (context) => {
    const { tf, types, layouts } = context;
    const axes = axesBesideChannels(layouts[0]);
    const count = sizeOf(types[0].shape) / types[0].shape[1];
    const squares = sumOfSquares(context);
    return ([x]) => tf.maximum(tf.sub(tf.div(squares(x), count), tf.square(tf.mean(x, axes))), 0);
  },
};

const channelAffine: Lowering<'channelAffine'> = {
  demand: 'shared',
  kernel: (context) => {
    const [channels] = context.types[1].shape;
    const mean = context.constant(new Float32Array(channels), [channels]);
    const variance = context.constant(new Float32Array(channels).fill(1), [channels]);
    const normalise = normalisation(context, 0);
    return ([x, scale, offset]) => normalise([x, mean, variance, scale, offset]);
  },
};

const batchNorm: Lowering<'batchNorm'> = {
  demand: 'shared',
  kernel: (context) => normalisation(context, context.attributes.epsilon),
};

export const channelLowerings: Lowerings<ChannelName> = {
  channelSum,
  channelDot,
  channelMean,
  channelVariance,
  channelAffine,
  batchNorm,
};

function axesBesideChannels(layout: Layout): number[] {
  return layout.flatMap((axis, i) => (axis === 1 ? [] : [i]));
}

/** Σx² per channel. The square of a norm, where there is one, needs no product as large as the image. */
function sumOfSquares({
  tf,
  layouts: [layout],
  constant,
}: LoweringContext<'channelDot' | 'channelVariance'>): (x: Handle) => Handle {
  const axes = axesBesideChannels(layout);
  const norm = nativeNorm(tf);
  if (norm === undefined) return (x) => tf.sum(tf.square(x), axes);
  const reduced = constant(Int32Array.from(axes), [axes.length]);
  return (x) => tf.square(norm(x, reduced));
}

/** (x, mean, variance, scale, offset) -> (x − mean) / √(variance + epsilon) · scale + offset */
function normalisation({ tf, types, layout }: LoweringContext<'channelAffine' | 'batchNorm'>, epsilon: number): Kernel {
  if (layout.length === 4 && layout[3] === 1) {
    return ([x, mean, variance, scale, offset]) =>
      tf.batchNorm(x, mean as Vector, variance as Vector, offset as Vector, scale as Vector, epsilon);
  }
  const lengths = held(
    types[0].shape.map((length, axis) => (axis === 1 ? length : 1)),
    layout,
  );
  return ([x, mean, variance, scale, offset]) => {
    const factor = tf.div(scale, tf.sqrt(tf.add(variance, epsilon)));
    const shift = tf.sub(offset, tf.mul(mean, factor));
    return tf.add(tf.mul(x, tf.reshape(factor, lengths)), tf.reshape(shift, lengths));
  };
}
