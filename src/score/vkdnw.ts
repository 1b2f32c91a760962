/**
 * VKDNW (Týbl & Neumann, "Training-free Neural Architecture Search through Variance of Knowledge of Deep Network Weights", CVPR 2025, equations 8 to
 * 12, and the released code). How evenly weights can be told from the network's own predictions: with the Fisher matrix
 * F = mean over images of Jᵀ (diag q − q qᵀ) J, J the Jacobian of the logits by one weight of each parameter tensor (its first, of the first 128
 * tensors) and q = .95 softmax + .05 / classes, the entropy is −Σ p log p, p the deciles of F's eigenvalues divided by their sum (equation 11).
 * For ranking, the number of trainable layers is added (equation 12), which is decisive wherever it differs. Images are standard normal numbers,
 * weights start from N(0, 2 / fan-in), and normalisation uses its running statistics, so that no image changes another's logits.
 *
 * The images go through the network once for each class, each time with that class as the seed of the backward pass: one pass gives J. The released
 * code takes 64 images; here they are as many as make 160 rows of J (16 for 10 classes), which is more than F has columns. It counts parameter
 * tensors in place of layers; both order alike where each layer has its normalisation.
 */
import type { Tensor } from '../contracts/kernel-backend.js';
import type { Metric, ScoreProgram, ScoreReading } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { symmetricEigenvalues } from './eigenvalues.js';
import { FAN_IN_WEIGHTS } from './fan-in-weights.js';
import { gradientsByFirstWeights } from './first-weights.js';
import { weightedLayers } from './layers.js';

/** Rows of the Jacobian: images × classes. */
const ROWS = 160;

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
  const { classes, inputShape } = network;
  const images = Math.max(2, Math.round(ROWS / classes));
  const noise = program.normal('images of classes', [images, ...inputShape]);
  const copies = b.op('concatenate', new Array<Value>(classes).fill(noise), { axis: 0 });
  const pass = program.pass({ images: copies, mode: 'evaluate', weights: FAN_IN_WEIGHTS });
  const layers = weightedLayers(pass).length;
  const jacobian = gradientsByFirstWeights(pass, classSeeds(b, images, classes), TENSORS);
  return {
    outputs: { jacobian, logits: b.op('slice', [pass.logits], { start: [0, 0], size: [images, classes] }) },
    score: ({ jacobian, logits }) => {
      const fisher = fisherMatrix(jacobian, probabilities(logits), images);
      const tensors = jacobian.shape[1];
      const deciles = decilesOf(symmetricEigenvalues(fisher, tensors).map(Math.abs));
      const entropy = entropyOf(deciles);
      return Number.isNaN(entropy) ? { failure: 'no weight changes the output' } : { value: score(layers, entropy) };
    },
  };
}

/** Row c · images + i is one at class c: [classes · images, classes]. */
function classSeeds(b: ProgramBuilder, images: number, classes: number): Value {
  const labels = Int32Array.from({ length: classes * images }, (_, row) => Math.floor(row / images));
  return b.op('oneHot', [b.constant(labels, [classes * images])], { depth: classes });
}

/** q of each image: [images][classes] */
function probabilities({ data, shape: [images, classes] }: Tensor): number[][] {
  return Array.from({ length: images }, (_, i) => {
    const logits = [...data.subarray(i * classes, (i + 1) * classes)];
    const greatest = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - greatest));
    const total = powers.reduce((x, y) => x + y, 0);
    return powers.map((power) => ((1 - SMOOTHING) * power) / total + SMOOTHING / classes);
  });
}

/** F = mean over images of Σ_c q_c J_c J_cᵀ − m mᵀ with m = Σ_c q_c J_c: [tensors, tensors]. @param jacobian [classes · images, tensors] */
function fisherMatrix({ data, shape: [rows, tensors] }: Tensor, q: number[][], images: number): Float64Array {
  const fisher = new Float64Array(tensors * tensors);
  const addSquare = (vector: ArrayLike<number>, factor: number) => {
    for (let i = 0; i < tensors; i++) {
      for (let j = 0; j < tensors; j++) fisher[i * tensors + j] += factor * vector[i] * vector[j];
    }
  };
  for (let image = 0; image < images; image++) {
    const mean = new Float64Array(tensors);
    for (let c = 0; c < rows / images; c++) {
      const row = data.subarray((c * images + image) * tensors, (c * images + image + 1) * tensors);
      addSquare(row, q[image][c] / images);
      for (let i = 0; i < tensors; i++) mean[i] += q[image][c] * row[i];
    }
    addSquare(mean, -1 / images);
  }
  return fisher;
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
