/** What the blocks of a network make of noise: the features that the scores of AZ-NAS read. */
import { NascentError } from '../base/errors.js';
import type { ScoreProgram } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import { FAN_IN_WEIGHTS } from './fan-in-weights.js';

/** As in the released code, whatever the run's batch. */
const IMAGES = 64;

/**
 * The outputs of all blocks, from the stem on, each [64, C, H, W], for images of standard normal numbers, with weights from N(0, 2 / fan-in) and
 * normalisation by the batch's statistics.
 * @throws NascentError `usage` where the network names fewer than two
 */
export function blockFeatures(program: ScoreProgram): readonly Value[] {
  const images = program.normal('images of blocks', [IMAGES, ...program.network.inputShape]);
  const { blocks } = program.pass({ images, weights: FAN_IN_WEIGHTS });
  if (blocks.length < 2) {
    throw new NascentError('usage', `Expected a network that names at least two blocks, got ${blocks.length}.`);
  }
  return blocks;
}
