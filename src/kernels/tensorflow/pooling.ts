/** Pooling and its gradients. Padding counts for nothing in means, and as −∞ in maxima. */
import type { PoolAttributes, Shape } from '../../contracts/program.js';
import { IMAGE } from './layouts.js';
import { type Handle, type Image, type Library, runKernel } from './library.js';
import type { Lowering, LoweringContext, Lowerings } from './lowering.js';
import { cropImage, imageLengths, paddingMode, padImage, spread } from './windows.js';

/** One pool in TensorFlow's terms. */
interface Pool {
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid';
  /** Cells to put around the image first. */
  readonly padding: readonly [number, number];
}

function poolOf({ kernel, stride, padding }: PoolAttributes, image: Shape): Pool {
  const pad = paddingMode({ image: imageLengths(image), reach: kernel, stride, padding });
  return {
    filterSize: [kernel[0], kernel[1]],
    strides: [stride[0], stride[1]],
    pad,
    padding: pad === 'same' ? [0, 0] : padding,
  };
}

const averagePool2d: Lowering<'averagePool2d'> = {
  demand: { operands: [IMAGE], result: IMAGE },
  kernel: (context) => {
    const { tf, attributes, types, shape } = context;
    const { filterSize, strides, pad, padding } = poolOf(attributes, types[0].shape);
    const pool = (x: Handle) => tf.avgPool(padImage(tf, x, padding) as Image, filterSize, strides, pad) as Handle;
    if (padding[0] === 0 && padding[1] === 0) return ([x]) => pool(x);
    // These means count their padding.
    const shares = windowShares(context, types[0].shape, shape);
    return ([x]) => tf.mul(pool(x), shares);
  },
};

/**
 * Every cell gets, from each window it lies in, that window's dy divided by the number of its cells. The sum over the windows of a cell is
 * itself a pool with stride one: of dy with zeros between its cells, as far apart as the windows were.
 */
const averagePool2dGradient: Lowering<'averagePool2dGradient'> = {
  demand: { operands: [IMAGE], result: IMAGE },
  kernel: (context) => {
    const { tf, attributes, types, shape } = context;
    const { kernel, stride, padding } = attributes;
    const shares = windowShares(context, attributes.inputShape, types[0].shape);
    const around = ([0, 1] as const).map((i): [number, number] => {
      const windows = types[0].shape[2 + i];
      const before = kernel[i] - 1 - padding[i];
      return [before, shape[2 + i] + kernel[i] - 1 - before - ((windows - 1) * stride[i] + 1)];
    });
    return ([dy]) => {
      const cells = tf.pad(spread(tf, tf.mul(dy, shares), stride), [[0, 0], ...around, [0, 0]]);
      return tf.avgPool(cells as Image, [kernel[0], kernel[1]], 1, 'valid');
    };
  },
};

/** Window size / cells inside the image, for each window: [1, H', W', 1]. */
function windowShares(
  { constant, attributes: { kernel, stride, padding } }: LoweringContext<'averagePool2d' | 'averagePool2dGradient'>,
  image: Shape,
  windows: Shape,
): Handle {
  const inside = (axis: 0 | 1, position: number) => {
    const start = position * stride[axis] - padding[axis];
    return Math.min(start + kernel[axis], image[2 + axis]) - Math.max(start, 0);
  };
  const [height, width] = imageLengths(windows);
  const shares = Float32Array.from(
    { length: height * width },
    (_, i) => (kernel[0] * kernel[1]) / (inside(0, Math.floor(i / width)) * inside(1, i % width)),
  );
  return constant(shares, [1, height, width, 1]);
}

const maxPool2d: Lowering<'maxPool2d'> = {
  demand: { operands: [IMAGE], result: IMAGE },
  kernel: ({ tf, attributes, types: [x] }) => {
    const pool = poolOf(attributes, x.shape);
    return ([image]) => maxima(tf, pool, padImage(tf, image, pool.padding, Number.NEGATIVE_INFINITY));
  },
};

function maxima(tf: Library, { filterSize, strides, pad }: Pool, image: Handle): Handle {
  return tf.maxPool(image as Image, filterSize, strides, pad);
}

const maxPool2dGradient: Lowering<'maxPool2dGradient'> = {
  demand: { operands: [IMAGE, IMAGE], result: IMAGE },
  kernel: ({ tf, attributes, types: [x] }) => {
    const pool = poolOf(attributes, x.shape);
    const { filterSize, strides, pad } = pool;
    return ([image, dy]) => {
      const input = padImage(tf, image, pool.padding, Number.NEGATIVE_INFINITY);
      const output = maxima(tf, pool, input);
      const dx = runKernel(tf, tf.MaxPoolGrad, { dy, input, output }, { filterSize, strides, pad });
      return cropImage(tf, dx, pool.padding);
    };
  },
};

/** Goes through the places of a window in order and keeps, with the greatest cell so far, the value that belongs to it. */
const maxPool2dGather: Lowering<'maxPool2dGather'> = {
  demand: { operands: [IMAGE, IMAGE], result: IMAGE },
  kernel: ({ tf, attributes: { kernel, stride, padding }, shape }) => {
    const [height, width] = imageLengths(shape);
    const places = Array.from({ length: kernel[0] * kernel[1] }, (_, i) => [Math.floor(i / kernel[1]), i % kernel[1]]);
    const reach = [(height - 1) * stride[0] + 1, (width - 1) * stride[1] + 1];
    return ([x, values]) => {
      const images = [padImage(tf, x, padding, Number.NEGATIVE_INFINITY), padImage(tf, values, padding)];
      const [batch, , , channels] = x.shape;
      const at = (image: Handle, [y, x0]: readonly number[]): Handle =>
        tf.stridedSlice(image, [0, y, x0, 0], [batch, y + reach[0], x0 + reach[1], channels], [1, ...stride, 1]);
      let [greatest, kept] = images.map((image) => at(image, places[0]));
      for (const place of places.slice(1)) {
        const [cell, value] = images.map((image) => at(image, place));
        const greater = tf.greater(cell, greatest);
        kept = tf.where(greater, value, kept);
        greatest = tf.maximum(cell, greatest);
      }
      return kept;
    };
  },
};

type PoolingName = 'averagePool2d' | 'averagePool2dGradient' | 'maxPool2d' | 'maxPool2dGradient' | 'maxPool2dGather';

export const poolingLowerings: Lowerings<PoolingName> = {
  averagePool2d,
  averagePool2dGradient,
  maxPool2d,
  maxPool2dGradient,
  maxPool2dGather,
};
