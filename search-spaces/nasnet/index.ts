/**
 * The cells of NASNet (Zoph et al., CVPR 2018) as drawn by Radosavovic et al. (ICCV 2019): 13 operations, 5 nodes,
 * those nodes concatenated that no other reads; 71,465,842 billion cells of each kind.
 */
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { type CellRules, type Genotype, twoInputCellSpace } from '../two-input-cells/index.js';

const RULES: CellRules = {
  name: 'nasnet',
  operations: [
    'skip_connect',
    'conv_3x1_1x3',
    'conv_7x1_1x7',
    'dil_conv_3x3',
    'avg_pool_3x3',
    'max_pool_3x3',
    'max_pool_5x5',
    'max_pool_7x7',
    'conv_1x1',
    'conv_3x3',
    'sep_conv_3x3',
    'sep_conv_5x5',
    'sep_conv_7x7',
  ],
  nodes: 5,
  concat: 'loose-ends',
};

/** @param options as of every two-input cell space, see `twoInputCellSpace` */
export function nasnet(options?: JsonObject): SearchSpace<Genotype> {
  return twoInputCellSpace(RULES, options);
}
