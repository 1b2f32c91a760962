/**
 * Binary activations, and the coupled pairs of BinaryDuo (Kim et al., ICLR 2020). An activation is 1 above its threshold, else 0; its gradient
 * is that of clip(x, 0, 1), straight through the step. A network is trained with pairs that act as one ternary activation, whose gradient
 * is less of a mismatch; then each pair is decoupled into two binary activations that compute the same, and training goes on.
 */
import type { Layer, Scope } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';

const THRESHOLD = 0.5;
/** Of a pair: halfway between 0 and ½, and between ½ and 1. */
const PAIR = [0.25, 0.75] as const;

/** 1 where x > ½, else 0. Metrics are told of x − ½. */
export const binaryActivation: Layer = (scope, x) => straightThrough(scope, x, above(scope, x, THRESHOLD));

/** Two coupled activations: half of [x > ¼] + [x > ¾], so that the values are 0, ½ and 1. Metrics are told of x − ½. */
export const coupledBinaryActivation: Layer = (scope, x) => {
  const b = scope.builder;
  const both = b.op('add', [above(scope, x, PAIR[0]), above(scope, x, PAIR[1])], {});
  return straightThrough(scope, x, b.op('multiply', [both, b.scalar(0.5)], {}));
};

/**
 * [N, C, ...] -> [N, 2C, ...]: first [x > ¼] of every channel, then [x > ¾]. In place of a coupled pair, with the filter behind it as
 * `decoupledFilter` has it, the network is the same function; behind a fork of the normalisation's parameters the two can part.
 */
export const decoupledBinaryActivation: Layer = (scope, x) => {
  const pair = PAIR.map((threshold) => straightThrough(scope, x, above(scope, x, threshold), threshold));
  return scope.builder.op('concatenate', pair, { axis: 1 });
};

/** [O, C, ...] -> [O, 2C, ...]: half of each weight for both activations of a pair. */
export function decoupledFilter(weight: Float32Array, outputs: number): Float32Array {
  const size = weight.length / outputs;
  const filter = new Float32Array(2 * weight.length);
  for (let o = 0; o < outputs; o++) {
    const half = weight.subarray(o * size, (o + 1) * size).map((each) => each / 2);
    filter.set(half, 2 * o * size);
    filter.set(half, (2 * o + 1) * size);
  }
  return filter;
}

function above({ builder: b }: Scope, x: Value, threshold: number): Value {
  return b.op('greater', [x, b.scalar(threshold)], {});
}

/** `y` with the gradient of clip(x, 0, 1). */
function straightThrough({ builder, noteActivation }: Scope, x: Value, y: Value, threshold = THRESHOLD): Value {
  const output = builder.customGradient(y, [x], (b, dy) => {
    const inside = b.op('equal', [x, b.op('clip', [x], { low: 0, high: 1 })], {});
    return [b.op('multiply', [dy, inside], {})];
  });
  noteActivation(builder.op('subtract', [x, builder.scalar(threshold)], {}), output);
  return output;
}
