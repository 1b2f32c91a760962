/** Which paths a training step drops (drop-path with the schedule of Zoph et al., CVPR 2018, as DARTS has it). */
import type { Random } from '../base/random.js';
import type { Tensor } from '../contracts/kernel-backend.js';

/** The probability in an epoch, numbered from 1: 0 in the first, dropPath / epochs more in each. */
export function dropRate(dropPath: number, epoch: number, epochs: number): number {
  return (dropPath * (epoch - 1)) / epochs;
}

/** What each path of each image is multiplied by: 0 with probability `rate`, else 1 / (1 − rate). float32 [paths, batch] */
export function pathFactors(paths: number, batch: number, rate: number, random: Random): Tensor {
  const kept = 1 / (1 - rate);
  const data = Float32Array.from({ length: paths * batch }, () => (random.uniform() < rate ? 0 : kept));
  return { dtype: 'float32', shape: [paths, batch], data };
}
