/** For which images a network begins: an option of the spaces of Radosavovic et al. (ICCV 2019). */
import { unknownName } from '../src/base/names.js';

/** CIFAR's small images keep their size, ImageNet's large ones are made smaller at once. */
export const STEMS = ['cifar', 'imagenet'] as const;
export type Stem = (typeof STEMS)[number];

/**
 * The stem of this name; `cifar` where none is given.
 * @throws NascentError of code 'usage' where there is none.
 */
export function stemNamed(name: unknown = 'cifar'): Stem {
  const stem = STEMS.find((known) => known === name);
  if (stem === undefined) throw unknownName('`stem`', String(name), STEMS);
  return stem;
}
