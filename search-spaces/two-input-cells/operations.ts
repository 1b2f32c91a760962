/**
 * The operations of the two-input cell spaces, by the names of the published genotypes (Liu et al., "DARTS", ICLR 2019, and the code of
 * Radosavovic et al., ICCV 2019), as data: networks are built and costs counted from one description.
 */

/** A convolution of as many channels out as in, without offset, padded so that it keeps the image's size at stride 1. */
export interface Convolution {
  /** Vertical, horizontal. */
  readonly kernel: readonly [number, number];
  readonly dilation: number;
  /** Each channel by itself. */
  readonly depthwise: boolean;
  /** Whether it takes the operation's stride: vertical, horizontal. */
  readonly strided: readonly [boolean, boolean];
}

export type Operation =
  /** Brings nothing to its node. */
  | { readonly kind: 'none' }
  /** The input itself; where the image is halved, a factorised reduction. */
  | { readonly kind: 'skip' }
  | { readonly kind: 'average-pool' | 'max-pool'; readonly side: number }
  /** Blocks one after the other: ReLU, the convolutions, normalisation. */
  | { readonly kind: 'convolutions'; readonly blocks: readonly (readonly Convolution[])[] };

const BOTH = [true, true] as const;
const NEITHER = [false, false] as const;

function square(side: number, strided: readonly [boolean, boolean] = BOTH): Convolution {
  return { kernel: [side, side], dilation: 1, depthwise: false, strided };
}

/** ReLU, depthwise, 1×1, normalisation. */
function depthwiseBlock(side: number, dilation: number, strided: readonly [boolean, boolean]): Convolution[] {
  return [{ ...square(side, strided), dilation, depthwise: true }, square(1, NEITHER)];
}

/** Twice in a row; the first takes the stride (Zoph et al., CVPR 2018). */
function separable(side: number, dilation = 1): Operation {
  const blocks = [depthwiseBlock(side, dilation, BOTH), depthwiseBlock(side, dilation, NEITHER)];
  return { kind: 'convolutions', blocks };
}

function dilated(side: number): Operation {
  return { kind: 'convolutions', blocks: [depthwiseBlock(side, 2, BOTH)] };
}

/** 1×side, then side×1. */
function factored(side: number): Operation {
  const row: Convolution = { kernel: [1, side], dilation: 1, depthwise: false, strided: [false, true] };
  return { kind: 'convolutions', blocks: [[row, { ...row, kernel: [side, 1], strided: [true, false] }]] };
}

export const OPERATIONS = {
  none: { kind: 'none' },
  skip_connect: { kind: 'skip' },
  avg_pool_3x3: { kind: 'average-pool', side: 3 },
  max_pool_3x3: { kind: 'max-pool', side: 3 },
  max_pool_5x5: { kind: 'max-pool', side: 5 },
  max_pool_7x7: { kind: 'max-pool', side: 7 },
  conv_1x1: { kind: 'convolutions', blocks: [[square(1)]] },
  conv_3x3: { kind: 'convolutions', blocks: [[square(3)]] },
  sep_conv_3x3: separable(3),
  sep_conv_5x5: separable(5),
  sep_conv_7x7: separable(7),
  dil_conv_3x3: dilated(3),
  dil_conv_5x5: dilated(5),
  dil_sep_conv_3x3: separable(3, 2),
  conv_3x1_1x3: factored(3),
  conv_7x1_1x7: factored(7),
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

export function operationNamed(name: OperationName): Operation {
  return OPERATIONS[name];
}
