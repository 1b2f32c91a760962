/**
 * VKDNW (Týbl & Neumann, "Training-free Neural Architecture Search through Variance of Knowledge of Deep Network Weights", CVPR 2025, equations 8 to
 * 12, and the released code). How evenly weights can be told from the network's own predictions: with the Fisher matrix
 * F = mean over images of Jᵀ S J, J the Jacobian of the logits by one weight of each parameter tensor (its first, of the first 128 tensors),
 * S = diag q − q qᵀ and q = .95 softmax + .05 / classes, the entropy is −Σ p log p, p the deciles of F's eigenvalues divided by their sum (equation
 * 11). For ranking, the number of trainable layers is added (equation 12), which is decisive wherever it differs. Images are standard normal
 * numbers, weights start from N(0, 2 / fan-in), and normalisation uses its running statistics, so that no image changes another's logits.
 *
 * The released code computes J of 64 images, a backward pass for each class. Here 160 images have one backward pass in all: seeded with
 * v = √q z − q Σ √q z, z standard normal, an image's gradient is g = Jᵀ v, and E[g gᵀ] = Jᵀ S J because the covariance of v is S. The code counts
 * parameter tensors in place of layers; both order alike where each layer has its normalisation.
 */
import type { Metric, ScoreProgram, ScoreReading } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { add, multiply, subtract } from '../kernels/arithmetic.js';
import { symmetricEigenvalues } from './eigenvalues.js';
import { FAN_IN_WEIGHTS } from './fan-in-weights.js';
import { gradientsByFirstWeights } from './first-weights.js';
import { weightedLayers } from './layers.js';

/** More than F has columns, so that its rank is not theirs. */
const IMAGES = 160;

/** Parameter tensors that are looked at. */
const TENSORS = 128;

/** Share of the uniform distribution in q. */
const SMOOTHING = 0.05;

/** Added to probabilities before their logarithm. */
const OFFSET = 1e-10;

const common = {
  higherIsBetter: true,
  needsData: false,
  needsLabels: false,
  needsGradients: true,
  sees: 'function',
} as const;

export const vkdnw: Metric = {
  ...common,
  name: 'vkdnw',
  summary: 'number of trainable layers, among equals how evenly weights show in the predictions, for noise',
  source: 'Týbl & Neumann, CVPR 2025, equation 12',
  write: (program) => entropyReading(program, (layers, entropy) => layers + entropy),
};

export const vkdnwEntropy: Metric = {
  ...common,
  name: 'vkdnw-entropy',
  summary: 'how evenly weights show in the predictions, whatever the size of the network, for noise',
  source: 'Týbl & Neumann, CVPR 2025, equation 11',
  write: (program) => entropyReading(program, (_layers, entropy) => entropy),
};

/** @param score of the number of layers and the entropy */
function entropyReading(program: ScoreProgram, score: (layers: number, entropy: number) => number): ScoreReading {
  const { builder: b, network } = program;
  const images = program.normal('vkdnw images', [IMAGES, ...network.inputShape]);
  const pass = program.pass({ images, mode: 'evaluate', weights: FAN_IN_WEIGHTS });
  const layers = weightedLayers(pass).length;
  const noise = program.normal('vkdnw classes', b.shape(pass.logits));
  const gradients = gradientsByFirstWeights(pass, seedOf(b, pass.logits, noise), TENSORS);
  const products = b.op('matmul', [gradients, gradients], { transposeA: true, transposeB: false });
  return {
    outputs: { fisher: multiply(b, products, b.scalar(1 / IMAGES)) },
    score: ({ fisher }) => {
      const [tensors] = fisher.shape;
      const eigenvalues = symmetricEigenvalues(Float64Array.from(fisher.data), tensors).map(Math.abs);
      const entropy = entropyOf(decilesOf(eigenvalues));
      return Number.isNaN(entropy) ? { failure: 'no weight changes the output' } : { value: score(layers, entropy) };
    },
  };
}

/** v of each image, [N, classes]. @param noise z */
function seedOf(b: ProgramBuilder, logits: Value, noise: Value): Value {
  const softmax = b.op('exponential', [b.op('logSoftmax', [logits], {})], {});
  const [, classes] = b.shape(logits);
  const q = add(b, multiply(b, softmax, b.scalar(1 - SMOOTHING)), b.scalar(SMOOTHING / classes));
  const scaled = multiply(b, b.op('squareRoot', [q], {}), noise);
  const sums = b.op('sum', [scaled], { axes: [1], keepAxes: true });
  return subtract(b, scaled, multiply(b, q, sums));
}

/** The nine of them, between neighbours by their distance. */
function decilesOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((x, y) => x - y);
  return Array.from({ length: 9 }, (_, i) => {
    const place = ((i + 1) / 10) * (sorted.length - 1);
    const low = Math.floor(place);
    const high = Math.ceil(place);
    return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
  });
}

/** Nats; NaN where all are zero. */
function entropyOf(values: readonly number[]): number {
  const total = values.reduce((x, y) => x + y, 0);
  if (total === 0) return Number.NaN;
  return values.reduce((nats, value) => {
    const p = value / (total + OFFSET);
    return nats - p * Math.log(p + OFFSET);
  }, 0);
}
