/** What convolutions and pools share: padding in TensorFlow's terms, and zeros between cells. */
import type { Shape } from '../../contracts/program.js';
import type { Handle, Library } from './library.js';

type Pair = readonly [number, number];

/** Sliding windows over an image: all lengths [vertical, horizontal]. */
export interface Windows {
  readonly image: Pair;
  /** Cells that a window spans, holes of dilation included. */
  readonly reach: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
}

/**
 * TensorFlow pads by itself only in the ways 'same' (as much as keeps ⌈length / stride⌉ windows, the odd cell after) and 'valid'
 * (nothing). Where neither gives a program's windows, the image is padded first and then windows are 'valid'.
 */
export function paddingMode({ image, reach, stride, padding }: Windows): 'same' | 'valid' {
  const same = ([0, 1] as const).every((i) => {
    const windows = Math.floor((image[i] + 2 * padding[i] - reach[i]) / stride[i]) + 1;
    const total = Math.max(0, (windows - 1) * stride[i] + reach[i] - image[i]);
    return windows === Math.ceil(image[i] / stride[i]) && Math.floor(total / 2) === padding[i];
  });
  return same ? 'same' : 'valid';
}

/** The image [N, H, W, C] with zeros (or another number) around. */
export function padImage(tf: Library, x: Handle, [vertical, horizontal]: Pair, fill = 0): Handle {
  if (vertical === 0 && horizontal === 0) return x;
  return tf.pad(
    x,
    [
      [0, 0],
      [vertical, vertical],
      [horizontal, horizontal],
      [0, 0],
    ],
    fill,
  );
}

/** The image without its padding: [N, H, W, C] of a padded one. */
export function cropImage(tf: Library, x: Handle, [vertical, horizontal]: Pair): Handle {
  if (vertical === 0 && horizontal === 0) return x;
  const [batch, height, width, channels] = x.shape;
  const size = [batch, height - 2 * vertical, width - 2 * horizontal, channels];
  return tf.slice(x, [0, vertical, horizontal, 0], size);
}

/** [N, H, W, C] -> [N, (H − 1)·step + 1, (W − 1)·step + 1, C]: zeros between cells. */
export function spread(tf: Library, x: Handle, [down, across]: Pair): Handle {
  if (down === 1 && across === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const cells = tf.reshape(x, [batch * height, 1, width, 1, channels]);
  const around: [number, number][] = [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, across - 1],
    [0, 0],
  ];
  const wide = tf.reshape(tf.pad(cells, around), [batch, height * down, width * across, channels]);
  return tf.slice(wide, [0, 0, 0, 0], [batch, (height - 1) * down + 1, (width - 1) * across + 1, channels]);
}

/** The two image lengths of a program's NCHW. */
export function imageLengths(shape: Shape): Pair {
  return [shape[2], shape[3]];
}
