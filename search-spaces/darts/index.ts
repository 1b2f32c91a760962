/**
 * The cells of DARTS (Liu et al., ICLR 2019) as drawn by Radosavovic et al. (ICCV 2019, table 3): 8 operations, 4 nodes, all nodes concatenated;
 * 242 billion cells of each kind.
 * Radosavovic et al. drew edges that are `none`, and nodes that read one state twice; the cells that DARTS itself derives have neither,
 * and are a part of the space.
 */
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { type CellRules, type Genotype, twoInputCellSpace } from '../two-input-cells/index.js';

const RULES: CellRules = {
  name: 'darts',
  operations: [
    'none',
    'max_pool_3x3',
    'avg_pool_3x3',
    'skip_connect',
    'sep_conv_3x3',
    'sep_conv_5x5',
    'dil_conv_3x3',
    'dil_conv_5x5',
  ],
  nodes: 4,
  concat: 'all',
};

/** @param options as of every two-input cell space, see `twoInputCellSpace` */
export function darts(options?: JsonObject): SearchSpace<Genotype> {
  return twoInputCellSpace(RULES, options);
}
