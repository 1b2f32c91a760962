/**
 * ResNeXts as drawn by Radosavovic et al. (ICCV 2019): bottleneck blocks with groups in three stages. ResNeXt-A has
 * 11,390,625 networks, the wider ResNeXt-B 52,734,375.
 */
import { knownOptions, unknownName } from '../../src/base/names.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { type Genotype, type Ranges, RESIDUAL_OPTIONS, residualSpace } from '../residual-stages/index.js';

const NAME = 'resnext';

const RANGES: Readonly<Record<string, Ranges>> = {
  a: { d: [1, 2, 4, 8, 16], w: [16, 32, 64, 128, 256], r: [1, 2, 4], g: [1, 2, 4] },
  b: { d: [1, 2, 4, 8, 16], w: [64, 128, 256, 512, 1024], r: [1, 2, 4], g: [1, 2, 4, 8, 16] },
};

/** @param options `ranges`: `a` (default) or `b`; the others as of every residual space, see `residualSpace` */
export function resnext({ ranges = 'a', ...others }: JsonObject = {}): SearchSpace<Genotype> {
  knownOptions(`an option of ${NAME}`, others, ['ranges', ...RESIDUAL_OPTIONS]);
  if (typeof ranges !== 'string' || !Object.hasOwn(RANGES, ranges)) {
    throw unknownName('`ranges`', String(ranges), Object.keys(RANGES));
  }
  return residualSpace(NAME, RANGES[ranges], others);
}
