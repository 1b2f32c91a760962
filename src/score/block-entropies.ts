/** How evenly the features of each block spread over their directions, which two scores of AZ-NAS read. */
import type { ScoreProgram, ScoreReading } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { sum } from '../kernels/arithmetic.js';
import { sizeOf } from '../kernels/shapes.js';
import { blockFeatures } from './block-features.js';
import { symmetricEigenvalues } from './eigenvalues.js';

/** Added to probabilities before their logarithm, as in the released code. */
const OFFSET = 1e-8;

/**
 * A score of the blocks' entropies: with λ the eigenvalues of the covariance of a block's channels over all images and positions and
 * p = λ / Σ λ, the entropy is −Σ p log p, in nats.
 * @param score of the entropies of all blocks, from the stem on
 */
export function entropiesReading(program: ScoreProgram, score: (entropies: number[]) => number): ScoreReading {
  const blocks = blockFeatures(program);
  const covariances = blocks.map((block, i) => [`block${i}`, covariance(program.builder, block)] as const);
  return {
    outputs: Object.fromEntries(covariances),
    score: (results) => {
      const entropies = covariances.map(([name]) => entropy(Float64Array.from(results[name].data)));
      const constant = entropies.findIndex(Number.isNaN);
      if (constant >= 0) return { failure: `the features of block ${constant} are constant` };
      return { value: score(entropies) };
    },
  };
}

/** [N, C, H, W] -> [C, C] over the N·H·W positions. */
function covariance(b: ProgramBuilder, features: Value): Value {
  const [images, channels, ...sides] = b.shape(features);
  const positions = sizeOf([images, ...sides]);
  const offset = b.op('negate', [b.op('channelMean', [features], {})], {});
  const ones = b.op('broadcast', [b.scalar(1)], { shape: [channels] });
  const centred = b.op('channelAffine', [features, ones, offset], {});
  const rows = b.op('reshape', [centred], { shape: [images, channels, sizeOf(sides)] });
  const products = b.op('matmul', [rows, rows], { transposeA: false, transposeB: true });
  return b.op('multiply', [sum(b, products, [0]), b.scalar(1 / positions)], {});
}

/** NaN where there is no variance. @param matrix [C, C] */
function entropy(matrix: Float64Array): number {
  const eigenvalues = symmetricEigenvalues(matrix, Math.sqrt(matrix.length)).map((each) => Math.max(each, 0));
  const total = eigenvalues.reduce((x, y) => x + y, 0);
  return eigenvalues.reduce((bits, each) => bits - (each / total) * Math.log(each / total + OFFSET), 0);
}
