/**
 * The cells of PNAS (Liu et al., ECCV 2018) as drawn by Radosavovic et al. (ICCV 2019): 8 operations, 5 nodes,
 * all of them concatenated; 556,628 billion cells of each kind.
 */
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { type CellRules, type Genotype, twoInputCellSpace } from '../two-input-cells/index.js';

const RULES: CellRules = {
  name: 'pnas',
  operations: [
    'sep_conv_3x3',
    'sep_conv_5x5',
    'sep_conv_7x7',
    'conv_7x1_1x7',
    'skip_connect',
    'avg_pool_3x3',
    'max_pool_3x3',
    'dil_conv_3x3',
  ],
  nodes: 5,
  concat: 'all',
};

/** @param options as of every two-input cell space, see `twoInputCellSpace` */
export function pnas(options?: JsonObject): SearchSpace<Genotype> {
  return twoInputCellSpace(RULES, options);
}
