/** Ops on each element by itself: they run in any layout. */
import type { PrimitiveName, Shape } from '../../contracts/program.js';
import { held, keepsOrder, type Layout, plainLayout, sameLayout } from './layouts.js';
import { type Handle, type Library, nativeReluGradient } from './library.js';
import type { Lowering, Lowerings } from './lowering.js';

type Binary = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'greater' | 'equal';
type Unary =
  | 'negate'
  | 'exponential'
  | 'logarithm'
  | 'squareRoot'
  | 'absolute'
  | 'sign'
  | 'round'
  | 'relu'
  | 'sigmoid'
  | 'tanh';

function onTwo<P extends Binary>(compute: (tf: Library, a: Handle, b: Handle) => Handle): Lowering<P> {
  return {
    demand: 'shared',
    kernel: ({ tf, types, layout }) => {
      const first = broadcastable(tf, types[0].shape, layout);
      const second = broadcastable(tf, types[1].shape, layout);
      return ([a, b]) => compute(tf, first(a), second(b));
    },
  };
}

/** Turns an operand of fewer axes than the result so that it broadcasts against the result's layout. */
export function broadcastable(tf: Library, shape: Shape, layout: Layout): (operand: Handle) => Handle {
  const rank = layout.length;
  // Operands of as many axes share the layout already.
  const fits = shape.length === 0 || shape.length === rank || sameLayout(layout, plainLayout(rank));
  if (fits) return (operand) => operand;
  const full = [...Array<number>(rank - shape.length).fill(1), ...shape];
  const lengths = held(full, layout);
  if (keepsOrder(full, layout)) return (operand) => tf.reshape(operand, lengths);
  return (operand) => tf.transpose(tf.reshape(operand, full), [...layout]);
}

function onOne<P extends PrimitiveName>(compute: (tf: Library, x: Handle) => Handle): Lowering<P> {
  return {
    demand: 'shared',
    kernel:
      ({ tf }) =>
      ([x]) =>
        compute(tf, x),
  };
}

const clip: Lowering<'clip'> = {
  demand: 'shared',
  kernel:
    ({ tf, attributes: { low, high } }) =>
    ([x]) =>
      tf.clipByValue(x, low, high),
};

const reluGradient: Lowering<'reluGradient'> = {
  demand: 'shared',
  kernel: ({ tf }) => {
    const native = nativeReluGradient(tf);
    if (native) return ([x, dy]) => native(x, dy);
    return ([x, dy]) => tf.mul(dy, tf.cast(tf.greater(x, 0), 'float32'));
  },
};

export const elementwiseLowerings: Lowerings<Binary | Unary | 'clip' | 'reluGradient' | 'toFloat'> = {
  add: onTwo((tf, a, b) => tf.add(a, b)),
  subtract: onTwo((tf, a, b) => tf.sub(a, b)),
  multiply: onTwo((tf, a, b) => tf.mul(a, b)),
  divide: onTwo((tf, a, b) => tf.div(a, b)),
  maximum: onTwo((tf, a, b) => tf.maximum(a, b)),
  greater: onTwo((tf, a, b) => tf.cast(tf.greater(a, b), 'float32')),
  equal: onTwo((tf, a, b) => tf.cast(tf.equal(a, b), 'float32')),
  negate: onOne((tf, x) => tf.neg(x)),
  exponential: onOne((tf, x) => tf.exp(x)),
  logarithm: onOne((tf, x) => tf.log(x)),
  squareRoot: onOne((tf, x) => tf.sqrt(x)),
  absolute: onOne((tf, x) => tf.abs(x)),
  sign: onOne((tf, x) => tf.sign(x)),
  round: onOne((tf, x) => tf.round(x)),
  clip,
  relu: onOne((tf, x) => tf.relu(x)),
  reluGradient,
  sigmoid: onOne((tf, x) => tf.sigmoid(x)),
  tanh: onOne((tf, x) => tf.tanh(x)),
  toFloat: onOne((tf, x) => tf.cast(x, 'float32')),
};
