/** Cells whose edges carry the operations, and the networks that are made of equal cells. */
import type { Layer, Network, Scope } from '../contracts/network.js';
import type { Shape, Value } from '../contracts/program.js';
import {
  averagePool,
  batchNormalization,
  block,
  convolution,
  globalAveragePool,
  linear,
  relu,
  sequential,
} from '../network/layers.js';
import type { Skeleton } from './skeleton.js';

/** An edge of a cell: it adds what its layer makes of node `source` to node `target`. */
export interface CellEdgeLayer {
  readonly source: number;
  readonly target: number;
  /** Undefined: nothing is added. */
  readonly layer: Layer | undefined;
}

/**
 * Node 0 is the input, the last node the output, and each node between sums its edges.
 * @param shapeOf of nodes, from the input's shape; default the same
 */
export function edgeCell(
  nodes: number,
  edges: readonly CellEdgeLayer[],
  shapeOf: (input: Shape) => Shape = (input) => input,
): Layer {
  return (scope, input) => {
    const values = [input];
    for (let target = 1; target < nodes; target++) {
      const parts = edges.flatMap(({ source, layer, target: own }) =>
        own === target && layer ? [scope.child(`edge${target}${source}`, layer, values[source])] : [],
      );
      values.push(sumOf(scope, parts, () => shapeOf(scope.builder.shape(input))));
    }
    return values[nodes - 1];
  };
}

/** Zeros where nothing comes in, so that convolutions behind them keep their parameters and their ReLU. */
function sumOf({ builder }: Scope, parts: readonly Value[], shape: () => Shape): Value {
  if (parts.length === 0) return builder.op('broadcast', [builder.scalar(0)], { shape: shape() });
  return parts.reduce((total, part) => builder.op('add', [total, part], {}));
}

/** Channels of the first stage (and the stem), the first residual block, the second stage, the second block, the third stage. */
export type Widths = readonly [number, number, number, number, number];

/** C, 2C and 4C channels. */
export function doublingWidths(channels: number): Widths {
  return [channels, 2 * channels, 2 * channels, 4 * channels, 4 * channels];
}

/**
 * The macro skeleton of NAS-Bench-201 (Dong & Yang, ICLR 2020, fig. 1), and of NATS-Bench's size space, whose stages and blocks have widths of
 * their own: a 3×3 convolution as stem; three stages of equal cells; between stages a residual block that halves the image; at the end
 * normalisation, ReLU, the mean over the image and a linear layer. Images of odd sides are halved upwards (7 → 4).
 * @param cell that makes so many channels and keeps sides
 */
export function threeStages(
  { cells, classes, inputShape }: Omit<Skeleton, 'channels'>,
  [first, halved, second, quartered, third]: Widths,
  cell: (channels: number) => Layer,
): Network {
  const stage = (width: number) => {
    const layer = block(cell(width));
    return sequential(Object.fromEntries(Array.from({ length: cells }, (_, i) => [`cell${i + 1}`, layer])));
  };
  const layer = sequential({
    stem: block(sequential({ conv: convolution({ out: first, kernel: 3, padding: 1 }), norm: batchNormalization() })),
    stage1: stage(first),
    reduce1: block(reduction(halved)),
    stage2: stage(second),
    reduce2: block(reduction(quartered)),
    stage3: stage(third),
    head: sequential({
      norm: batchNormalization(),
      relu,
      pool: globalAveragePool,
      linear: linear({ out: classes }),
    }),
  });
  return { inputShape, classes, layer };
}

/** ReLU, convolution, normalisation. */
export function reluConvolutionNorm(options: Parameters<typeof convolution>[0]): Layer {
  return sequential({ relu, conv: convolution(options), norm: batchNormalization() });
}

/** The residual block of stride 2 between stages: [batch, C, H, W] -> [batch, out, ⌈H/2⌉, ⌈W/2⌉]. */
function reduction(out: number): Layer {
  const a = reluConvolutionNorm({ out, kernel: 3, stride: 2, padding: 1 });
  const b = reluConvolutionNorm({ out, kernel: 3, padding: 1 });
  const shortcut = sequential({ pool: halvingPool, conv: convolution({ out, kernel: 1 }) });
  return (scope, input) => {
    const branch = scope.child('b', b, scope.child('a', a, input));
    return scope.builder.op('add', [scope.child('shortcut', shortcut, input), branch], {});
  };
}

/** Mean over 2×2 windows. An odd side gets one row of (uncounted) padding, so that it halves upwards like the branch's convolution. */
const halvingPool: Layer = (scope, input) => {
  const [, , height, width] = scope.builder.shape(input);
  return averagePool({ kernel: 2, stride: 2, padding: [height % 2, width % 2] })(scope, input);
};
