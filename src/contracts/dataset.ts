/** Labelled images in memory. */

export interface ImageSet {
  /** uint8, [count, channels, height, width]. */
  readonly images: Uint8Array;
  /** [count], each in [0, classes). */
  readonly labels: Int32Array;
  readonly count: number;
  /** [channels, height, width] */
  readonly shape: readonly [number, number, number];
  readonly classes: number;
}

/** Per-channel mean and standard deviation of pixel/255, from the training part only. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** A data set cut into disjoint parts. Selection uses `validation`; `test` is read once, at the end. */
export interface DataSplits {
  /** As given: `synthetic`, `cifar10:PATH`, …, with its options. */
  readonly spec: string;
  readonly train: ImageSet;
  readonly validation: ImageSet;
  readonly test: ImageSet;
  readonly normalization: Normalization;
  /** SHA-256 over images and labels of all parts: says whether a resumed run reads the same data. */
  readonly fingerprint: string;
}

/** A batch as networks take it. */
export interface Batch {
  /** float32 [size, channels, height, width], normalised. */
  readonly images: Float32Array;
  /** int32 [size] */
  readonly labels: Int32Array;
  readonly size: number;
}
