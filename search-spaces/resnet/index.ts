/**
 * ResNets as drawn by Radosavovic et al. (ICCV 2019): basic blocks, 9 depths from 1 to 24 and 12 widths from 16 to 256 in each of
 * three stages, 1,259,712 networks.
 *
 * The paper says that values are spaced about evenly in log space, and gives their number and range; the values themselves are
 * here as we space them.
 */
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { type Genotype, type Ranges, residualSpace } from '../residual-stages/index.js';

const RANGES: Ranges = {
  d: [1, 2, 3, 4, 6, 8, 12, 16, 24],
  w: [16, 20, 28, 36, 44, 56, 72, 92, 120, 156, 200, 256],
};

/** @param options as of every residual space, see `residualSpace` */
export function resnet(options?: JsonObject): SearchSpace<Genotype> {
  return residualSpace('resnet', RANGES, options);
}
