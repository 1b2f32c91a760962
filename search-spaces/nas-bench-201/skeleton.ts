/** The options of NAS-Bench-201's macro skeleton. */
import { expected, wholeNumber } from '../../src/base/errors.js';
import { unknownName } from '../../src/base/names.js';
import type { SkeletonOptions } from '../../src/contracts/search-space.js';

export type Skeleton = Required<SkeletonOptions>;

/** As the benchmark was trained on CIFAR-10: 16, 32 and 64 channels, 5 cells a stage. */
const DEFAULTS: Skeleton = { channels: 16, cells: 5, classes: 10, inputShape: [3, 32, 32] };

/** Two halvings leave one row and one column of this. */
const SMALLEST_SIDE = 4;

/**
 * Fills in defaults: 16 channels, 5 cells, 10 classes, images of [3, 32, 32].
 * @throws NascentError of code 'usage' for an unknown option or a value out of range.
 */
export function completeSkeleton(options: SkeletonOptions = {}): Skeleton {
  const known = Object.keys(DEFAULTS);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownName('a skeleton option of nas-bench-201', name, known);
  }
  return {
    channels: wholeNumber('`channels`', options.channels ?? DEFAULTS.channels, 1),
    cells: wholeNumber('`cells`', options.cells ?? DEFAULTS.cells, 1),
    classes: wholeNumber('`classes`', options.classes ?? DEFAULTS.classes, 1),
    inputShape: imageShape(options.inputShape ?? DEFAULTS.inputShape),
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
