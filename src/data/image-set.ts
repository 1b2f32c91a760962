/** What is done with labelled images in memory, whatever they came from. */
import { sha256 } from '../base/hash.js';
import type { ImageSet, Normalization } from '../contracts/dataset.js';

/** A data set as its source gives it, before it is cut: `test` only where the source has a test part of its own. */
export interface DataSource {
  readonly train: ImageSet;
  readonly test?: ImageSet;
}

/** Bytes of one image: channels × height × width. */
export function imageSize(set: ImageSet): number {
  return set.shape[0] * set.shape[1] * set.shape[2];
}

/** A new set: copies of the images at `indices`, in that order. */
export function selectImages(set: ImageSet, indices: readonly number[]): ImageSet {
  const size = imageSize(set);
  const images = new Uint8Array(indices.length * size);
  indices.forEach((index, row) => {
    images.set(set.images.subarray(index * size, (index + 1) * size), row * size);
  });
  const labels = Int32Array.from(indices, (index) => set.labels[index]);
  return { images, labels, count: indices.length, shape: set.shape, classes: set.classes };
}

/**
 * Mean and standard deviation (of the population) per channel of pixel/255.
 * A channel of one value only gets deviation 1, so that dividing by it changes nothing.
 */
export function normalizationOf(set: ImageSet): Normalization {
  const [channels, height, width] = set.shape;
  const plane = height * width;
  const mean: number[] = [];
  const deviation: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    // Counting the 256 values makes the sums exact, in any order.
    const histogram = new Float64Array(256);
    for (let start = channel * plane; start < set.images.length; start += channels * plane) {
      for (let i = start; i < start + plane; i++) histogram[set.images[i]]++;
    }
    const pixels = set.count * plane;
    const average = histogram.reduce((sum, count, value) => sum + count * value, 0) / pixels;
    const variance = histogram.reduce((sum, count, value) => sum + count * (value - average) ** 2, 0) / pixels;
    mean.push(average / 255);
    deviation.push(variance === 0 ? 1 : Math.sqrt(variance) / 255);
  }
  return { mean, deviation };
}

/** SHA-256 over shapes, images and labels of several sets, in order: 64 hexadecimal digits. */
export function fingerprintOf(sets: readonly ImageSet[]): string {
  const lines = sets.map((set) => {
    const labels = new Uint8Array(set.labels.buffer, set.labels.byteOffset, set.labels.byteLength);
    return [set.count, ...set.shape, set.classes, sha256(set.images), sha256(labels)].join(' ');
  });
  return sha256(lines.join('\n'));
}
