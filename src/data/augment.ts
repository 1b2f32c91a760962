/** Random changes to training images: crop, flip, cutout. */
import type { Random } from '../base/random.js';
import type { Augmentation } from '../contracts/training.js';

/** What is done to one image. */
export interface ImageChange {
  /** Pixels by which the window moves right and down, each in [-crop, crop]; what it uncovers is padding. */
  readonly moveX: number;
  readonly moveY: number;
  readonly flip: boolean;
  /** Cutout square: columns in [left, right), rows in [top, bottom); empty where there is none. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const UNCHANGED: ImageChange = { moveX: 0, moveY: 0, flip: false, left: 0, right: 0, top: 0, bottom: 0 };

/**
 * Draws changes for one image after the other. Crop, flip and cutout take streams of their own, so that switching one on
 * leaves the others as they were. The middle of the cutout is uniform over the image and the square is clipped at its
 * borders (DeVries & Taylor 2017).
 */
export function changeStream(
  augmentation: Augmentation,
  height: number,
  width: number,
  random: Random,
): () => ImageChange {
  const { crop, flip, cutout } = augmentation;
  if (crop === 0 && !flip && cutout === 0) return () => UNCHANGED;
  const crops = random.child('crop');
  const flips = random.child('flip');
  const cutouts = random.child('cutout');
  return () => {
    const moveX = crop > 0 ? crops.integer(2 * crop + 1) - crop : 0;
    const moveY = crop > 0 ? crops.integer(2 * crop + 1) - crop : 0;
    const flipped = flip && flips.integer(2) === 1;
    if (cutout === 0) return { ...UNCHANGED, moveX, moveY, flip: flipped };
    const left = cutouts.integer(width) - Math.floor(cutout / 2);
    const top = cutouts.integer(height) - Math.floor(cutout / 2);
    return {
      moveX,
      moveY,
      flip: flipped,
      left: Math.max(0, left),
      right: Math.min(width, left + cutout),
      top: Math.max(0, top),
      bottom: Math.min(height, top + cutout),
    };
  };
}

/**
 * Writes one plane of a changed image: crop, then flip, then cutout.
 * Padding is raw pixel 0 before normalisation, as torchvision's RandomCrop pads PIL images; cutout is 0 after
 * normalisation, the training mean.
 * @param values the 256 normalised values of the channel.
 */
export function writePlane(
  source: Uint8Array,
  sourceStart: number,
  target: Float32Array,
  targetStart: number,
  height: number,
  width: number,
  values: Float32Array,
  change: ImageChange,
): void {
  const { moveX, moveY, flip, left, right, top, bottom } = change;
  const step = flip ? -1 : 1;
  for (let y = 0; y < height; y++) {
    const rowStart = targetStart + y * width;
    const fromY = y + moveY;
    if (fromY < 0 || fromY >= height) {
      target.fill(values[0], rowStart, rowStart + width);
    } else {
      const fromStart = sourceStart + fromY * width;
      let to = flip ? rowStart + width - 1 : rowStart;
      for (let fromX = moveX; fromX < moveX + width; fromX++, to += step) {
        target[to] = values[fromX >= 0 && fromX < width ? source[fromStart + fromX] : 0];
      }
    }
    if (y >= top && y < bottom) target.fill(0, rowStart + left, rowStart + right);
  }
}
