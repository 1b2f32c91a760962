/** Binary activations and quantisation by their formulas. */
import { binaryActivation, coupledBinaryActivation, decoupledBinaryActivation } from '../../../src/network/binary.js';
import { convolution } from '../../../src/network/layers.js';
import { quantizedActivation, quantizedWeights } from '../../../src/network/quantization.js';
import { fixed, type GradientFormula, type GradientRuleSubject, normal } from '../../../src/testing/index.js';

/** What `levels` make of a number, with the gradient of clip(x, 0, 1). */
const binary =
  (levels: (x: number) => number): GradientFormula =>
  ({ x, dy }) => ({
    y: Float64Array.from(x.data, levels),
    dx: Float64Array.from(x.data, (each, i) => (each >= 0 && each <= 1 ? dy.data[i] : 0)),
  });

const decoupled: GradientFormula = ({ x, dy }) => {
  const rest = x.shape.slice(1);
  const size = rest.reduce((a, b) => a * b);
  const y = new Float64Array(2 * x.data.length);
  const dx = new Float64Array(x.data.length);
  for (let i = 0; i < x.data.length; i++) {
    const [image, inside] = [Math.floor(i / size), i % size];
    for (const [place, threshold] of [0.25, 0.75].entries()) {
      const to = (2 * image + place) * size + inside;
      y[to] = x.data[i] > threshold ? 1 : 0;
      if (x.data[i] >= 0 && x.data[i] <= 1) dx[i] += dy.data[to];
    }
  }
  return { y, dx };
};

const quantize = (x: ArrayLike<number>, step: number, low: number, high: number) =>
  Float64Array.from(x, (each) => step * Math.min(high, Math.max(low, Math.round(each / step))));

/** The sign of the best of three steps, times the square of the step. */
function stepGradient(x: ArrayLike<number>, step: number, low: number, high: number): number {
  const errors = [step / 2, step, 2 * step].map((each) =>
    quantize(x, each, low, high).reduce((total, q, i) => total + (q - x[i]) ** 2, 0),
  );
  return [1, 0, -1][errors.indexOf(Math.min(...errors))] * step ** 2;
}

const quantizedInput =
  (low: number, high: number): GradientFormula =>
  ({ x, tensors, dy }) => {
    const step = tensors.step.data[0];
    return {
      y: quantize(x.data, step, low, high),
      dx: Float64Array.from(x.data, (each, i) => (each > low * step && each < high * step ? dy.data[i] : 0)),
      gradients: { step: [stepGradient(x.data, step, low, high)] },
    };
  };

/** A 1×1 convolution of one image with weights of three bits. */
const quantizedPointwise: GradientFormula = ({ x, tensors: { weight, step }, dy }) => {
  const [[, channels, , pixels], [outputs]] = [x.shape, weight.shape];
  const w = quantize(weight.data, step.data[0], -4, 3);
  const y = new Float64Array(outputs * pixels);
  const dx = new Float64Array(x.data.length);
  const dw = new Float64Array(w.length);
  for (let o = 0; o < outputs; o++) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) {
        const [at, from, to] = [o * channels + c, c * pixels + p, o * pixels + p];
        y[to] += w[at] * x.data[from];
        dx[from] += w[at] * dy.data[to];
        dw[at] += x.data[from] * dy.data[to];
      }
    }
  }
  return { y, dx, gradients: { weight: dw, step: [stepGradient(weight.data, step.data[0], -4, 3)] } };
};

const pointwise = quantizedWeights(3, convolution({ out: 4, kernel: 1 }));
const EDGES = [-1, -0.25, 0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1, 2];
/** Steps that are too small, right and too large: the simulated gradient has each sign once. */
const STEPS = { small: 0.05, right: 0.35, large: 2 };

export const straightThroughSubjects: readonly GradientRuleSubject[] = [
  { name: 'binaryActivation', layer: binaryActivation, input: normal(4, 5), oracle: binary((x) => (x > 0.5 ? 1 : 0)) },
  {
    name: 'binaryActivation at its thresholds',
    layer: binaryActivation,
    input: fixed([12], EDGES),
    oracle: binary((x) => (x > 0.5 ? 1 : 0)),
  },
  {
    name: 'coupledBinaryActivation',
    layer: coupledBinaryActivation,
    input: fixed([3, 4], EDGES),
    oracle: binary((x) => ((x > 0.25 ? 1 : 0) + (x > 0.75 ? 1 : 0)) / 2),
  },
  {
    name: 'decoupledBinaryActivation',
    layer: decoupledBinaryActivation,
    input: normal(2, 3, 4, 4),
    oracle: decoupled,
  },
  ...Object.entries(STEPS).flatMap(([words, step]): GradientRuleSubject[] => {
    const tensors = { step: fixed([], [step]) };
    return [
      {
        name: `quantizedActivation, four bits without sign, a ${words} step`,
        layer: quantizedActivation({ bits: 4 }),
        input: normal(2, 3, 5, 5),
        oracle: quantizedInput(0, 15),
        tensors,
      },
      {
        name: `quantizedActivation, three bits with sign, a ${words} step`,
        layer: quantizedActivation({ bits: 3, signed: true }),
        input: normal(2, 3, 5, 5),
        oracle: quantizedInput(-4, 3),
        tensors,
      },
      {
        name: `quantizedWeights, a ${words} step`,
        layer: pointwise,
        input: normal(1, 3, 1, 7),
        oracle: quantizedPointwise,
        tensors: { ...tensors, weight: normal(4, 3, 1, 1) },
      },
    ];
  }),
];
