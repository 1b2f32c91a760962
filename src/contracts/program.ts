/**
 * Programs: what every engine runs. A program is a static, single-assignment graph of primitive ops; each value has a
 * dtype and a shape, inferred when it is built. Images are NCHW; broadcasting is NumPy's.
 */

/** Every length is at least 1. Reductions and pools of NaN are unspecified; oneHot of a label outside [0, depth) is zeros. */
export type DType = 'float32' | 'int32';
export type Shape = readonly number[];

/** A value of a program: the index into `Program.values`. */
export type Value = number & { readonly __value?: never };

export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Window of a convolution: [vertical, horizontal]; padding is the same on both sides of an axis. */
export interface ConvolutionAttributes {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

export interface PoolAttributes {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

export interface ReduceAttributes {
  /** Axes to reduce, ascending, non-negative. */
  readonly axes: readonly number[];
  /** Keep reduced axes with length one. */
  readonly keepAxes: boolean;
}

type None = Readonly<Record<never, never>>;

/**
 * Every primitive with its attributes. The tables of shapes, gradients, reference kernels and lowerings are typed over
 * this interface: a forgotten entry does not compile.
 */
export interface Primitives {
  // Elementwise on two values, broadcasting
  add: None;
  subtract: None;
  multiply: None;
  divide: None;
  maximum: None;
  /** 1 where a > b, else 0, as float32. */
  greater: None;
  /** 1 where a = b, else 0, as float32; int32 or float32 operands. */
  equal: None;
  // Elementwise on one value
  negate: None;
  exponential: None;
  logarithm: None;
  squareRoot: None;
  absolute: None;
  sign: None;
  /** To the nearest whole number, halves to the even one. */
  round: None;
  /** min(max(x, low), high); the gradient passes where x is within, both ends included. */
  clip: { readonly low: number; readonly high: number };
  relu: None;
  /** The gradient of relu: inputs (x, dy); dy where x > 0, else 0. */
  reluGradient: None;
  sigmoid: None;
  tanh: None;
  /** int32 -> float32. */
  toFloat: None;
  // Reductions
  sum: ReduceAttributes;
  max: ReduceAttributes;
  /** Index of the largest entry along the last axis (the first of equals), int32; that axis is dropped. */
  argMax: None;
  /** log softmax along the last axis. */
  logSoftmax: None;
  // Shape
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  broadcast: { readonly shape: Shape };
  /** Elements [start, start + size) of each axis. */
  slice: { readonly start: readonly number[]; readonly size: readonly number[] };
  /** Any number of inputs. */
  concatenate: { readonly axis: number };
  /** Zeros around: [before, after] for each axis. */
  pad: { readonly padding: readonly (readonly [number, number])[] };
  /** int32 labels [...] -> float32 [..., depth]. */
  oneHot: { readonly depth: number };
  // Linear algebra
  /** [..., m, k] × [..., k, n]; leading axes equal. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** (x [N, C, H, W], w [O, C/groups, kh, kw]) -> [N, O, H', W'] */
  conv2d: ConvolutionAttributes;
  /** (w, dy) -> dx of `inputShape`. */
  conv2dInputGradient: ConvolutionAttributes & { readonly inputShape: Shape };
  /** (x, dy) -> dw of `filterShape`. */
  conv2dFilterGradient: ConvolutionAttributes & { readonly filterShape: Shape };
  /** Mean over the window's cells that lie inside the image (padding is not counted). */
  averagePool2d: PoolAttributes;
  /** dy -> dx of `inputShape`. */
  averagePool2dGradient: PoolAttributes & { readonly inputShape: Shape };
  /** Maximum over the window; padding counts as −∞. */
  maxPool2d: PoolAttributes;
  /** (x, dy) -> dx; the first maximum of a window takes its gradient. */
  maxPool2dGradient: PoolAttributes;
  /** (x, values of x's shape) -> the value at each window's first maximum of x; the transpose of maxPool2dGradient. */
  maxPool2dGather: PoolAttributes;
  // Per channel of [N, C, ...]: the building blocks of normalisation and its gradient
  /** x -> [C]: sum over all axes but the second. */
  channelSum: None;
  /** (a, b) -> [C]: sum of a·b over all axes but the second. */
  channelDot: None;
  /** x -> [C]: mean over all axes but the second. */
  channelMean: None;
  /** x -> [C]: biased variance over all axes but the second. Engines may take it as mean(x²) − mean(x)², at least 0. */
  channelVariance: None;
  /** (x [N, C, ...], scale [C], offset [C]) -> x·scale + offset. */
  channelAffine: None;
  /** (x, mean [C], variance [C], scale [C], offset [C]) -> (x − mean) / √(variance + epsilon) · scale + offset. */
  batchNorm: { readonly epsilon: number };
  // Fused for the mission
  /** x [N, ...] -> int32 [N, N]: for each pair of rows the number of positions where both are positive. */
  positiveOverlap: None;
}

export type PrimitiveName = keyof Primitives;

/** One op: its primitive, inputs and attributes; it defines exactly one value. */
export type Op<P extends PrimitiveName = PrimitiveName> = {
  [K in P]: {
    readonly primitive: K;
    readonly inputs: readonly Value[];
    readonly attributes: Primitives[K];
  };
}[P];

/** Where a value comes from. */
export type Definition =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly data: Float32Array | Int32Array }
  | { readonly kind: 'op'; readonly op: Op; readonly label?: string };

export interface ValueInfo extends ValueType {
  readonly definition: Definition;
}

/** A finished program. Values are in order of definition: an op's inputs come before it. */
export interface Program {
  readonly values: readonly ValueInfo[];
  readonly outputs: Readonly<Record<string, Value>>;
}

/** A table with one entry for each primitive. */
export type PrimitiveTable<Entry extends { [K in PrimitiveName]: unknown }> = {
  readonly [K in PrimitiveName]: Entry[K];
};
