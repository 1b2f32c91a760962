/**
 * Trainability of AZ-NAS (Lee & Ham, CVPR 2024, section 3): how well gradients keep their size from block to block. Random signs g' as
 * the gradient of a block's output give a gradient g of its input; A = Σ g g'ᵀ / positions, over all images and positions, is a guess at the mean
 * Jacobian between their channels. With σ its largest singular value a block scores 2 − σ − 1 / σ, highest at σ = 1; the score is their mean.
 *
 * Where a block makes the image s times smaller, the s² places of its input that share a place of its output count as channels of their own.
 */
import { NascentError } from '../base/errors.js';
import type { Tensor } from '../contracts/kernel-backend.js';
import type { Metric, ScoreProgram, ScoreReading } from '../contracts/metric.js';
import type { Initializer } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { sum } from '../kernels/arithmetic.js';
import { differentiate } from '../kernels/gradients.js';
import { sizeOf } from '../kernels/shapes.js';
import { blockFeatures } from './block-features.js';
import { symmetricEigenvalues } from './eigenvalues.js';

/** Added to σ before it divides, as in the released code. */
const OFFSET = 1e-6;

export const azTrainability: Metric = {
  name: 'az-trainability',
  summary: 'how near to one the largest gain of random gradients is from block to block, for noise',
  source: 'Lee & Ham, CVPR 2024, section 3',
  higherIsBetter: true,
  needsData: false,
  needsLabels: false,
  needsGradients: true,
  sees: 'function',
  write: (program) => jacobiansReading(program, blockFeatures(program)),
};

function jacobiansReading(program: ScoreProgram, blocks: readonly Value[]): ScoreReading {
  const { builder: b } = program;
  const jacobians = blocks.slice(1).map((output, i) => {
    if (output === blocks[i] && !b.isZero(output)) {
      throw new NascentError('usage', `Expected block ${i + 1} to compute something, got one that hands on its input.`);
    }
    return [`jacobian${i + 1}`, meanJacobian(b, blocks[i], output, randomSigns(program, output))] as const;
  });
  return {
    outputs: Object.fromEntries(jacobians),
    score: (results) => {
      const gains = jacobians.map(([name]) => largestSingularValue(results[name]));
      const constant = gains.indexOf(0);
      if (constant >= 0) return { failure: `block ${constant + 1} does not depend on the one before it` };
      const terms = gains.map((gain) => 2 - gain - 1 / (gain + OFFSET));
      return { value: terms.reduce((x, y) => x + y, 0) / terms.length };
    },
  };
}

/** ±1 of the value's shape, the same for all blocks of that shape. */
function randomSigns(program: ScoreProgram, value: Value): Value {
  const shape = program.builder.shape(value);
  return program.initial({ name: `random signs ${shape.join('×')}`, shape, initialize: fairSigns });
}

const fairSigns: Initializer = (shape, random) => {
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = random.uniform() < 0.5 ? -1 : 1;
  return data;
};

/** A, [C·s², C'], of `input` [N, C, H, W] and `output` [N, C', H / s, W / s]. @param gradient of the output */
function meanJacobian(b: ProgramBuilder, input: Value, output: Value, gradient: Value): Value {
  const [images, channels, height, width] = b.shape(output);
  const [back] = differentiate(b, output, [input], gradient);
  const folded = channelsOfPlaces(b, back, height, width);
  const rows = (x: Value, count: number) => b.op('reshape', [x], { shape: [images, count, height * width] });
  const factors = [rows(folded, b.shape(folded)[1]), rows(gradient, channels)];
  const products = sum(b, b.op('matmul', factors, { transposeA: false, transposeB: true }), [0]);
  return b.op('multiply', [products, b.scalar(1 / (images * height * width))], {});
}

/** [N, C, H, W] -> [N, C·s², height, width] with s = H / height, rounded up and the image filled with zeros. */
function channelsOfPlaces(b: ProgramBuilder, x: Value, height: number, width: number): Value {
  const [images, channels, tall, wide] = b.shape(x);
  const [down, across] = [Math.ceil(tall / height), Math.ceil(wide / width)];
  const none = [0, 0] as const;
  const padding = [none, none, [0, down * height - tall], [0, across * width - wide]] as const;
  const split = b.op('reshape', [b.op('pad', [x], { padding })], {
    shape: [images, channels, height, down, width, across],
  });
  const turned = b.op('transpose', [split], { permutation: [0, 1, 3, 5, 2, 4] });
  return b.op('reshape', [turned], { shape: [images, channels * down * across, height, width] });
}

/** @param matrix [rows, columns] */
function largestSingularValue({ data, shape: [rows, columns] }: Tensor): number {
  const size = Math.min(rows, columns);
  const at = (i: number, k: number) => (rows <= columns ? data[i * columns + k] : data[k * columns + i]);
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < Math.max(rows, columns); k++) gram[i * size + j] += at(i, k) * at(j, k);
    }
  }
  const eigenvalues = symmetricEigenvalues(gram, size);
  return Math.sqrt(Math.max(eigenvalues[size - 1], 0));
}
