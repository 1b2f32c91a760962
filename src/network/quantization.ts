/**
 * Symmetric linear quantisation with a learned step (Zhao et al., Linear symmetric quantization of neural networks for low-precision integer
 * hardware, ICLR 2020): x becomes α·clip(round(x / α), low, high), whole numbers of a few bits times one step α for the tensor. Rounding passes
 * gradients straight through. The step's own gradient is simulated (section 3.2; released code): α² down or up, whichever of
 * α / 2, α and 2α leaves the least squared error, and none where that is α.
 */
import { wholeNumber } from '../base/errors.js';
import type { Initializer, Layer, Scope, TensorRate } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { sizeOf } from '../kernels/shapes.js';
import { filled } from './initialize.js';

/** Whole numbers that a tensor is held in. */
interface Range {
  readonly low: number;
  readonly high: number;
}

const MOST_BITS = 16;

/** Signed: −2^(bits − 1) … 2^(bits − 1) − 1; else 0 … 2^bits − 1. One bit is a threshold: `binaryActivation`. */
function rangeOf(bits: number, signed: boolean): Range {
  wholeNumber('`bits` of a quantisation', bits, 2, MOST_BITS);
  return signed ? { low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 } : { low: 0, high: 2 ** bits - 1 };
}

export interface QuantizedActivationOptions {
  /** 2 to 16. */
  readonly bits: number;
  /** Whether values may be negative, default false: behind a ReLU. */
  readonly signed?: boolean;
  /** The largest magnitude that the first step can say, default 4: four deviations of what a normalisation makes. */
  readonly reach?: number;
}

/** The input in `bits` bits, with parameter `step` []. Gradients pass where x / step lies within the range. */
export function quantizedActivation({ bits, signed = false, reach = 4 }: QuantizedActivationOptions): Layer {
  const range = rangeOf(bits, signed);
  const initialize = filled(reach / (range.high + 1));
  return (scope, x) => quantized(scope, x, { range, initialize, clips: true });
}

/**
 * `layer`, and the layers inside it, with weights of `bits` bits (2 to 16): what they declare as `weight` of two axes or more is quantised before
 * it is used. Beside each such weight stands a parameter `step` []. Gradients pass to every weight, also to those that are cut off.
 */
export function quantizedWeights(bits: number, layer: Layer): Layer {
  const range = rangeOf(bits, true);
  return (scope, x) => {
    const parameter: Scope['parameter'] = (name, shape, initialize, options) => {
      const value = scope.parameter(name, shape, initialize, options);
      if (name !== 'weight' || shape.length < 2) return value;
      // As far as the largest of weights drawn like these.
      const first: Initializer = (_, random) => {
        const largest = initialize(shape, random).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
        return Float32Array.of(largest / (range.high + 1));
      };
      return quantized(scope, value, { range, initialize: first, clips: false });
    };
    const child: Scope['child'] = (name, inner, input) => scope.child(name, quantizedWeights(bits, inner), input);
    return layer({ ...scope, parameter, child }, x);
  };
}

interface Quantization {
  readonly range: Range;
  /** Of the step. */
  readonly initialize: Initializer;
  /** Whether numbers beyond the range get no gradient. */
  readonly clips: boolean;
}

/** Of its own size a step moves by so much, times the global rate. */
const RELATIVE_RATE = 0.01;

/**
 * .01·α / α² for a simulated gradient of ±α². With the gradient as it is a step near 1 would jump past zero at the rates that networks begin
 * with, where the paper starts from trained weights; a step of small weights would not move at all.
 */
const relativeRate: TensorRate = (b, gradient) => {
  const size = b.op('squareRoot', [b.op('absolute', [gradient], {})], {});
  return b.op('divide', [b.scalar(RELATIVE_RATE), b.op('maximum', [size, b.scalar(SMALLEST_STEP)], {})], {});
};

/** A step of zero has no numbers. */
const SMALLEST_STEP = 1e-8;

function quantized(scope: Scope, x: Value, { range, initialize, clips }: Quantization): Value {
  const { builder } = scope;
  const step = scope.parameter('step', [], initialize, { rate: relativeRate });
  const positive = builder.op('maximum', [step, builder.scalar(SMALLEST_STEP)], {});
  return builder.customGradient(rounded(builder, x, positive, range), [x, step], (b, dy) => {
    const dx = clips ? b.op('multiply', [dy, within(b, b.op('divide', [x, positive], {}), range)], {}) : dy;
    return [dx, simulatedGradient(b, x, positive, range)];
  });
}

/** step · clip(round(x / step), low, high) */
function rounded(b: ProgramBuilder, x: Value, step: Value, range: Range): Value {
  const whole = b.op('round', [b.op('divide', [x, step], {})], {});
  return b.op('multiply', [b.op('clip', [whole], range), step], {});
}

/** 1 where low < x < high. */
function within(b: ProgramBuilder, x: Value, { low, high }: Range): Value {
  const inside = b.op('greater', [x, b.scalar(low)], {});
  return b.op('multiply', [inside, b.op('greater', [b.scalar(high), x], {})], {});
}

/** step² where half the step is at least as good as the step itself and as twice the step; −step² where twice the step is best; else 0. */
function simulatedGradient(b: ProgramBuilder, x: Value, step: Value, range: Range): Value {
  const errorOf = (factor: number) => {
    const scaled = factor === 1 ? step : b.op('multiply', [step, b.scalar(factor)], {});
    const error = b.op('subtract', [x, rounded(b, x, scaled, range)], {});
    const axes = b.shape(x).map((_, axis) => axis);
    const total = b.op('sum', [b.op('multiply', [error, error], {})], { axes, keepAxes: false });
    return b.op('multiply', [total, b.scalar(1 / sizeOf(b.shape(x)))], {});
  };
  const [half, same, twice] = [errorOf(0.5), errorOf(1), errorOf(2)];
  /** 1 where p ≤ q. */
  const atMost = (p: Value, q: Value) => b.op('subtract', [b.scalar(1), b.op('greater', [p, q], {})], {});
  const both = (p: Value, q: Value) => b.op('multiply', [p, q], {});
  const smaller = both(atMost(half, same), atMost(half, twice));
  const larger = both(atMost(twice, same), b.op('greater', [half, twice], {}));
  return both(b.op('subtract', [smaller, larger], {}), b.op('multiply', [step, step], {}));
}
