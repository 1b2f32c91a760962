/** Windows of images place by place, for layers that compare an image with a filter in another way than by products. */
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';

/** Row and column. */
export type Place = readonly [number, number];

/** Every place of a filter of so many rows and columns. */
export function placesOf([rows, columns]: readonly number[]): Place[] {
  return Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);
}

/** Pixels (row + i·stride, column + j·stride) for i, j below `size`, of an image that is long enough for whole strides: [N, C, ...size]. */
export function everyNth(
  b: ProgramBuilder,
  image: Value,
  [row, column]: Place,
  [height, width]: readonly number[],
  [down, across]: Place,
): Value {
  const [images, channels] = b.shape(image);
  const part = b.op('slice', [image], {
    start: [0, 0, row, column],
    size: [images, channels, height * down, width * across],
  });
  const split = b.op('reshape', [part], { shape: [images, channels, height, down, width, across] });
  const first = b.op('slice', [split], {
    start: [0, 0, 0, 0, 0, 0],
    size: [images, channels, height, 1, width, 1],
  });
  return b.op('reshape', [first], { shape: [images, channels, height, width] });
}

/** The inverse of taking every nth pixel: one image of those that `part` gives for each remainder, [N, C, H, W] each. */
export function interleaved(b: ProgramBuilder, part: (remainder: Place) => Value, [down, across]: Place): Value {
  const rows = Array.from({ length: down }, (_, row) => {
    const columns = Array.from({ length: across }, (_, column) => {
      const value = part([row, column]);
      const [images, channels, height, width] = b.shape(value);
      return b.op('reshape', [value], { shape: [images, channels, height, 1, width, 1] });
    });
    return b.op('concatenate', columns, { axis: 5 });
  });
  const joined = b.op('concatenate', rows, { axis: 3 });
  const [images, channels, height, , width] = b.shape(joined);
  return b.op('reshape', [joined], { shape: [images, channels, height * down, width * across] });
}

/**
 * Runs `write` on so many images of [N, ...] values at a time that it makes at most `atOnce` numbers (on one image at the least), and puts
 * the results together again.
 */
export function inBlocksOfImages(
  b: ProgramBuilder,
  values: readonly Value[],
  { perImage, atOnce }: { readonly perImage: number; readonly atOnce: number },
  write: (some: readonly Value[]) => Value,
): Value {
  const [images] = b.shape(values[0]);
  const block = Math.max(1, Math.floor(atOnce / perImage));
  const parts: Value[] = [];
  for (let first = 0; first < images; first += block) {
    const some = values.map((value) => {
      const shape = b.shape(value);
      const start = shape.map((_, axis) => (axis === 0 ? first : 0));
      return b.op('slice', [value], { start, size: [Math.min(block, images - first), ...shape.slice(1)] });
    });
    parts.push(write(some));
  }
  return b.op('concatenate', parts, { axis: 0 });
}
