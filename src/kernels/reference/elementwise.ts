/** Elementwise ops: on two values with broadcasting, and on one. */
import { broadcastStrides, offsets } from './offsets.js';
import type { Kernels, Operand } from './operand.js';

type ElementwiseName =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'maximum'
  | 'greater'
  | 'equal'
  | 'negate'
  | 'exponential'
  | 'logarithm'
  | 'squareRoot'
  | 'absolute'
  | 'sign'
  | 'round'
  | 'clip'
  | 'relu'
  | 'reluGradient'
  | 'sigmoid'
  | 'tanh'
  | 'toFloat';

export const elementwiseKernels: Kernels<ElementwiseName> = {
  add: onTwo((a, b) => a + b),
  subtract: onTwo((a, b) => a - b),
  multiply: onTwo((a, b) => a * b),
  divide: onTwo((a, b) => a / b),
  maximum: onTwo(Math.max),
  greater: onTwo((a, b) => (a > b ? 1 : 0)),
  equal: onTwo((a, b) => (a === b ? 1 : 0)),
  negate: onOne((x) => -x),
  exponential: onOne(Math.exp),
  logarithm: onOne(Math.log),
  squareRoot: onOne(Math.sqrt),
  absolute: onOne(Math.abs),
  sign: onOne(Math.sign),
  round: onOne(roundHalfToEven),
  clip: (inputs, { low, high }, output) => onOne((x) => Math.min(Math.max(x, low), high))(inputs, {}, output),
  // NaN stays NaN: a training run that diverged must not look like one that went silent.
  relu: onOne((x) => Math.max(x, 0)),
  reluGradient: onTwo((x, outputGradient) => (x > 0 ? outputGradient : 0)),
  sigmoid: onOne((x) => 1 / (1 + Math.exp(-x))),
  tanh: onOne(Math.tanh),
  toFloat: onOne((x) => x),
};

/** `Math.round` takes halves up. */
function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

type ElementwiseKernel = (inputs: readonly Operand[], attributes: object, output: Operand) => void;

function onOne(compute: (x: number) => number): ElementwiseKernel {
  return ([x], _attributes, output) => {
    for (let i = 0; i < output.data.length; i++) output.data[i] = compute(x.data[i]);
  };
}

function onTwo(compute: (a: number, b: number) => number): ElementwiseKernel {
  return ([a, b], _attributes, output) => {
    const inA = offsets(output.shape, broadcastStrides(a.shape, output.shape));
    const inB = offsets(output.shape, broadcastStrides(b.shape, output.shape));
    for (let i = 0; i < output.data.length; i++) output.data[i] = compute(a.data[inA[i]], b.data[inB[i]]);
  };
}
