/** Reductions, shapes and matrix products. */
import type { Shape } from '../../contracts/program.js';
import { equalShapes, sizeOf } from '../shapes.js';
import { broadcastable } from './elementwise.js';
import { held, keepsOrder, plainLayout, turn } from './layouts.js';
import { type Handle, type Library, runKernel } from './library.js';
import type { Lowering, LoweringContext, Lowerings } from './lowering.js';

type Reduce = (tf: Library, x: Handle, axes: number[], keepAxes: boolean) => Handle;

function reduction<P extends 'sum' | 'max'>(reduce: Reduce): Lowering<P> {
  return {
    demand: 'shared',
    kernel: ({ tf, attributes: { axes, keepAxes }, layouts: [layout] }: LoweringContext<'sum' | 'max'>) => {
      const physical = axes.map((axis) => layout.indexOf(axis));
      const left = layout.filter((axis) => !axes.includes(axis));
      const order = turn(
        left,
        left.toSorted((a, b) => a - b),
      );
      // Axes that are left may not be in the program's order.
      if (keepAxes || order.every((axis, i) => axis === i)) return ([x]) => reduce(tf, x, physical, keepAxes);
      return ([x]) => tf.transpose(reduce(tf, x, physical, false), order);
    },
  };
}

const reshape: Lowering<'reshape'> = {
  // Layers with a gradient of their own mark their results by a reshape to the same shape.
  demand: (operand, result) => (equalShapes(operand, result) ? 'shared' : 'free'),
  kernel: ({ tf, types, shape, layouts: [from], layout }) => {
    if (equalShapes(types[0].shape, shape)) return ([x]) => x;
    const lengths = held(shape, layout);
    const before = keepsOrder(types[0].shape, from) ? undefined : turn(from, plainLayout(from.length));
    if (keepsOrder(shape, layout)) return ([x]) => tf.reshape(before ? tf.transpose(x, before) : x, lengths);
    return ([x]) => tf.transpose(tf.reshape(before ? tf.transpose(x, before) : x, [...shape]), [...layout]);
  },
};

const transpose: Lowering<'transpose'> = {
  demand: 'free',
  kernel: ({ tf, attributes: { permutation }, layouts: [from], layout }) => {
    const order = layout.map((axis) => from.indexOf(permutation[axis]));
    return ([x]) => tf.transpose(x, order);
  },
};

const broadcast: Lowering<'broadcast'> = {
  demand: 'shared',
  kernel: ({ tf, types, shape, layout }) => {
    const lengths = held(shape, layout);
    const align = broadcastable(tf, types[0].shape, layout);
    return ([x]) => tf.broadcastTo(align(x), lengths);
  },
};

const logSoftmax: Lowering<'logSoftmax'> = {
  demand: 'plain',
  kernel: ({ tf, shape }) => {
    const rows = rowsOfLastAxis(shape);
    return ([x]) => tf.reshape(tf.logSoftmax(tf.reshape(x, rows)), [...shape]);
  },
};

const oneHot: Lowering<'oneHot'> = {
  demand: 'plain',
  kernel: ({ tf, attributes: { depth }, types, shape }) => {
    const count = sizeOf(types[0].shape);
    const attributes = { depth, onValue: 1, offValue: 0, dtype: 'float32' };
    return ([labels]) => {
      // `tf.oneHot` refuses a single class.
      const hot = runKernel(tf, tf.OneHot, { indices: tf.reshape(labels, [count]) }, attributes);
      return tf.reshape(hot, [...shape]);
    };
  },
};

/** Counts stay exact in float32 below 2²⁴ positions. */
const positiveOverlap: Lowering<'positiveOverlap'> = {
  demand: 'shared',
  kernel: ({ tf, types: [{ shape }], layouts: [layout] }) => {
    const rows = [shape[0], sizeOf(shape.slice(1))];
    // Rows must be images; the order of positions within a row counts for nothing.
    const first = layout.indexOf(0);
    const order = [first, ...layout.map((_, i) => i).filter((i) => i !== first)];
    return ([x]) => {
      const turned = first === 0 ? x : tf.transpose(x, order);
      const codes: Handle = tf.reshape(tf.cast(tf.greater(turned, 0), 'float32'), rows);
      return tf.cast(tf.matMul(codes, codes, false, true), 'int32');
    };
  },
};

type ArrayName =
  | 'sum'
  | 'max'
  | 'argMax'
  | 'logSoftmax'
  | 'reshape'
  | 'transpose'
  | 'broadcast'
  | 'slice'
  | 'concatenate'
  | 'pad'
  | 'oneHot'
  | 'matmul'
  | 'positiveOverlap';

export const arrayLowerings: Lowerings<ArrayName> = {
  sum: reduction((tf, x, axes, keepAxes) => tf.sum(x, axes, keepAxes)),
  max: reduction((tf, x, axes, keepAxes) => tf.max(x, axes, keepAxes)),
  argMax: {
    demand: 'plain',
    kernel:
      ({ tf }) =>
      ([x]) =>
        tf.argMax(x, -1),
  },
  logSoftmax,
  reshape,
  transpose,
  broadcast,
  slice: {
    demand: 'shared',
    kernel: ({ tf, attributes: { start, size }, layout }) => {
      const [first, lengths] = [held(start, layout), held(size, layout)];
      return ([x]) => tf.slice(x, first, lengths);
    },
  },
  concatenate: {
    demand: 'shared',
    kernel: ({ tf, attributes: { axis }, layout }) => {
      const physical = layout.indexOf(axis);
      return (operands) => tf.concat([...operands], physical);
    },
  },
  pad: {
    demand: 'shared',
    kernel: ({ tf, attributes: { padding }, layout }) => {
      const around = held(padding, layout).map(([before, after]): [number, number] => [before, after]);
      return ([x]) => tf.pad(x, around);
    },
  },
  oneHot,
  matmul: {
    demand: 'plain',
    kernel:
      ({ tf, attributes: { transposeA, transposeB } }) =>
      ([a, b]) =>
        tf.matMul(a, b, transposeA, transposeB),
  },
  positiveOverlap,
};

function rowsOfLastAxis(shape: Shape): [number, number] {
  const length = shape[shape.length - 1];
  return [sizeOf(shape) / length, length];
}
