/** Cells whose edges carry the operations, and the networks that are made of equal cells. */
import type { Layer, Network, Scope } from '../contracts/network.js';
import type { Shape, Value } from '../contracts/program.js';
import {
  averagePool,
  batchNormalization,
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

/**
 * The macro skeleton of NAS-Bench-201 (Dong & Yang, ICLR 2020, fig. 1): a 3×3 convolution as stem; three stages of equal cells at C, 2C and
 * 4C channels; between stages a residual block that halves the image; at the end normalisation, ReLU, the mean over the image and a
 * linear layer. Images of odd sides are halved upwards (7 → 4).
 * @param cell that keeps shapes, for so many channels
 */
export function threeStages(
  { channels, cells, classes, inputShape }: Skeleton,
  cell: (channels: number) => Layer,
): Network {
  const stage = (width: number) => {
    const layer = cell(width);
    return sequential(Object.fromEntries(Array.from({ length: cells }, (_, i) => [`cell${i + 1}`, layer])));
  };
  const layer = sequential({
    stem: sequential({ conv: convolution({ out: channels, kernel: 3, padding: 1 }), norm: batchNormalization() }),
    stage1: stage(channels),
    reduce1: reduction(2 * channels),
    stage2: stage(2 * channels),
    reduce2: reduction(4 * channels),
    stage3: stage(4 * channels),
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
