/**
 * From cell to network: the macro skeleton of NAS-Bench-201 (Dong & Yang, ICLR 2020, fig. 1), and of NATS-Bench's size space, whose
 * stages and blocks have widths of their own.
 *
 * A 3×3 convolution as stem; three stages of equal cells; between stages a residual block that halves the image; at the end normalisation, ReLU, the mean over the image and a linear layer. Images of odd sides are
 * halved upwards (7 → 4).
 *
 * Every convolution edge is traced, also where the output does not need it: its parameters and multiply-adds count, as
 * in the benchmark's tables, and its ReLU is seen. Programs drop what no output needs.
 */
import type { Layer, Network, Scope } from '../../src/contracts/network.js';
import type { Value } from '../../src/contracts/program.js';
import {
  averagePool,
  batchNormalization,
  convolution,
  globalAveragePool,
  linear,
  relu,
  sequential,
} from '../../src/network/layers.js';
import type { Skeleton } from '../skeleton.js';
import { EDGES, type Genotype, type Operation } from './genotype.js';

/** Channels of the first stage (and the stem), the first residual block, the second stage, the second block, the third stage. */
export type Widths = readonly [number, number, number, number, number];

/** C, 2C and 4C channels. */
export function doublingWidths(channels: number): Widths {
  return [channels, 2 * channels, 2 * channels, 4 * channels, 4 * channels];
}

/** The network of a cell: [batch, ...inputShape] -> logits [batch, classes]. */
export function cellNetwork(
  genotype: Genotype,
  widths: Widths,
  { cells, classes, inputShape }: Omit<Skeleton, 'channels'>,
): Network {
  const [first, halved, second, quartered, third] = widths;
  const layer = sequential({
    stem: sequential({ conv: convolution({ out: first, kernel: 3, padding: 1 }), norm: batchNormalization() }),
    stage1: stage(genotype, first, cells),
    reduce1: reduction(halved),
    stage2: stage(genotype, second, cells),
    reduce2: reduction(quartered),
    stage3: stage(genotype, third, cells),
    head: sequential({
      norm: batchNormalization(),
      relu,
      pool: globalAveragePool,
      linear: linear({ out: classes }),
    }),
  });
  return { inputShape, classes, layer };
}

function stage(genotype: Genotype, channels: number, cells: number): Layer {
  const layer = cell(genotype, channels);
  return sequential(Object.fromEntries(Array.from({ length: cells }, (_, i) => [`cell${i + 1}`, layer])));
}

function cell(genotype: Genotype, channels: number): Layer {
  const edges = EDGES.flatMap(({ source, target }, i) => {
    const layer = edgeLayer(genotype[i], channels);
    return layer === undefined ? [] : [{ source, target, name: `edge${target}${source}`, layer }];
  });
  return (scope, input) => {
    const nodes = [input];
    for (let target = 1; target <= 3; target++) {
      const parts = edges
        .filter((edge) => edge.target === target)
        .map(({ name, layer, source }) => scope.child(name, layer, nodes[source]));
      nodes.push(sumOf(scope, parts, input));
    }
    return nodes[3];
  };
}

/** `undefined`: the edge adds nothing to its node. */
function edgeLayer(operation: Operation, channels: number): Layer | undefined {
  switch (operation) {
    case 'none':
      return undefined;
    case 'skip_connect':
      return skip(channels);
    case 'nor_conv_1x1':
      return reluConvolutionNorm({ out: channels, kernel: 1 });
    case 'nor_conv_3x3':
      return reluConvolutionNorm({ out: channels, kernel: 3, padding: 1 });
    case 'avg_pool_3x3':
      return averagePool({ kernel: 3, stride: 1, padding: 1 });
  }
}

/** The input as it is; where it has other channels than the cell, as in NATS-Bench, projected to them. */
function skip(channels: number): Layer {
  const projection = sequential({ conv: convolution({ out: channels, kernel: 1 }), norm: batchNormalization() });
  return (scope, input) => (scope.builder.shape(input)[1] === channels ? input : projection(scope, input));
}

function reluConvolutionNorm(options: Parameters<typeof convolution>[0]): Layer {
  return sequential({ relu, conv: convolution(options), norm: batchNormalization() });
}

/** Zeros of the cell's shape where nothing comes in, so that convolutions behind it keep their parameters and their ReLU. */
function sumOf({ builder }: Scope, parts: readonly Value[], like: Value): Value {
  if (parts.length === 0) return builder.op('broadcast', [builder.scalar(0)], { shape: builder.shape(like) });
  return parts.reduce((total, part) => builder.op('add', [total, part], {}));
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
