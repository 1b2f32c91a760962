/**
 * The cells of DARTS (Liu et al., ICLR 2019) as drawn by Radosavovic et al. (ICCV 2019): 8 operations, `none` among them, 4
 * nodes, all of them concatenated; 242 billion cells of each kind.
 *
 * DARTS itself never derives an edge that is `none`, nor a node that reads one state twice. Those are a part of the space, and by an option the
 * whole of it.
 */
import { expected } from '../../src/base/errors.js';
import { knownOptions } from '../../src/base/names.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { CELL_OPTIONS, type CellRules, type Genotype, twoInputCellSpace } from '../two-input-cells/index.js';

const DERIVED: CellRules = {
  name: 'darts',
  operations: [
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
  differentInputs: true,
};

const DRAWN: CellRules = { ...DERIVED, operations: ['none', ...DERIVED.operations], differentInputs: false };

/**
 * @param options `derived`: only cells as DARTS derives them, default false; the others as of every two-input cell space, see
 * `twoInputCellSpace`
 */
export function darts({ derived = false, ...others }: JsonObject = {}): SearchSpace<Genotype> {
  knownOptions('an option of darts', others, ['derived', ...CELL_OPTIONS]);
  if (typeof derived !== 'boolean') throw expected('`derived`', 'true or false', derived);
  return twoInputCellSpace(derived ? DERIVED : DRAWN, others);
}
