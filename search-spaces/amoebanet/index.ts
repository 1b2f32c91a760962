/**
 * The cells of AmoebaNet (Real et al., AAAI 2019) as drawn by Radosavovic et al. (ICCV 2019): 8 operations, 5 nodes,
 * those nodes concatenated that no other reads; 556,628 billion cells of each kind.
 */
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { type CellRules, type Genotype, twoInputCellSpace } from '../two-input-cells/index.js';

const RULES: CellRules = {
  name: 'amoebanet',
  operations: [
    'skip_connect',
    'sep_conv_3x3',
    'sep_conv_5x5',
    'sep_conv_7x7',
    'avg_pool_3x3',
    'max_pool_3x3',
    'dil_sep_conv_3x3',
    'conv_7x1_1x7',
  ],
  nodes: 5,
  concat: 'loose-ends',
};

/** @param options as of every two-input cell space, see `twoInputCellSpace` */
export function amoebanet(options?: JsonObject): SearchSpace<Genotype> {
  return twoInputCellSpace(RULES, options);
}
