/** Options of a macro skeleton of three stages, as the cell spaces have it. */
import { expected, wholeNumber } from '../base/errors.js';
import { knownOptions } from '../base/names.js';
import type { SkeletonOptions } from '../contracts/search-space.js';

export type Skeleton = Required<SkeletonOptions>;

/** Two halvings leave one row and one column of this. */
const SMALLEST_SIDE = 4;

/**
 * A function that fills in a space's defaults.
 * @param fewestChannels that the space can share among its vertices, default 1
 * @throws NascentError of code 'usage' for an unknown option or a value out of range, at each call.
 */
export function skeletonOf(
  space: string,
  defaults: Skeleton,
  fewestChannels = 1,
): (options?: SkeletonOptions) => Skeleton {
  return (options = {}) => {
    knownOptions(`a skeleton option of ${space}`, options, Object.keys(defaults));
    return {
      channels: wholeNumber('`channels`', options.channels ?? defaults.channels, fewestChannels),
      cells: wholeNumber('`cells`', options.cells ?? defaults.cells, 1),
      classes: wholeNumber('`classes`', options.classes ?? defaults.classes, 1),
      inputShape: imageShape(options.inputShape ?? defaults.inputShape),
    };
  };
}

function imageShape(shape: Skeleton['inputShape']): Skeleton['inputShape'] {
  if (!Array.isArray(shape) || shape.length !== 3) {
    throw expected('`inputShape`', 'three whole numbers [channels, height, width]', shape);
  }
  const [channels, height, width] = shape;
  return [
    wholeNumber('the channels in `inputShape`', channels, 1),
    wholeNumber('the height in `inputShape`', height, SMALLEST_SIDE),
    wholeNumber('the width in `inputShape`', width, SMALLEST_SIDE),
  ];
}
