/**
 * The cells of ENAS (Pham et al., ICML 2018) as drawn by Radosavovic et al. (ICCV 2019): 5 operations, 5 nodes,
 * those nodes concatenated that no other reads; 5,063 billion cells of each kind.
 */
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { type CellRules, type Genotype, twoInputCellSpace } from '../two-input-cells/index.js';

const RULES: CellRules = {
  name: 'enas',
  operations: ['skip_connect', 'sep_conv_3x3', 'sep_conv_5x5', 'avg_pool_3x3', 'max_pool_3x3'],
  nodes: 5,
  concat: 'loose-ends',
};

/** @param options as of every two-input cell space, see `twoInputCellSpace` */
export function enas(options?: JsonObject): SearchSpace<Genotype> {
  return twoInputCellSpace(RULES, options);
}
