/**
 * This project's own ranking without labels of accuracy: parameters that count, images that are told apart, and a loss that rests on many
 * channels rather than on few. For each network
 *
 *     log P − ½ log R − 1/10 log F
 *
 * - P: learned weights that the logits depend on (capacity).
 * - R: how much the input gradients of different images repeat each other. Jacobian covariance J is −Σ (log λ + 1/λ) over the eigenvalues of
 *   their correlations; with n images J ≤ −n, and −n is reached where they do not correlate at all. R = −J/n − 1 is what is above that.
 * - F: the Fisher score, the sensitivity of the loss to single channels at the start. Among the best networks less is better.
 *
 * Single scores order one or the other end of a space: P is blind among small networks, R among the best. The exponents are round numbers that do well
 * on NAS-Bench-201 and NAS-Bench-101; how they were chosen and checked stands in docs/scores.md.
 */
import type { Metric, ScoreProgram } from '../contracts/metric.js';
import { sizeOf } from '../kernels/shapes.js';
import { combination } from './combination.js';
import { fisher } from './fisher.js';
import { jacobianCovariance } from './jacobian-covariance.js';
import { ancestors } from './layers.js';

const REDUNDANCY = 1 / 2;
const SENSITIVITY = 1 / 10;

export const nascentScore: Metric = {
  name: 'nascent',
  summary: 'parameters that count, against images that look alike to the network and channels that the loss hangs on',
  source: 'this project (docs/scores.md)',
  higherIsBetter: true,
  needsData: true,
  needsLabels: true,
  needsGradients: true,
  sees: 'function',
  write: (program) =>
    combination(program, [jacobianCovariance, fisher], ([covariance, sensitivity]) => {
      const redundancy = -covariance / program.batch - 1;
      return Math.log(livingWeights(program)) - REDUNDANCY * Math.log(redundancy) - SENSITIVITY * Math.log(sensitivity);
    }),
};

/** Learned weights that the logits depend on. */
function livingWeights(program: ScoreProgram): number {
  const pass = program.pass();
  const living = new Set(ancestors(pass, pass.logits));
  return pass.parameters.reduce((sum, { value, shape }) => sum + (living.has(value) ? sizeOf(shape) : 0), 0);
}
