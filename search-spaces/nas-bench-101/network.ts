/**
 * From cell to network: the macro skeleton of NAS-Bench-101 (Ying et al., ICML 2019, fig. 1; details as in the released code).
 *
 * A 3×3 convolution as stem; three stages of equal cells, each stage with twice the channels of the one before; 2×2 maximum pooling
 * between stages; at the end the mean over the image and a linear layer. Images of odd sides are halved upwards (7 → 4).
 *
 * Within a cell what feeds a vertex is added, but what feeds the output is concatenated. An edge from the cell's input carries a
 * 1×1 convolution to the channels of its target, also where it leads to the output, to which it is added. Every convolution is
 * followed by normalisation and ReLU. A vertex that is one channel wider than one that it feeds hands on all but its last.
 *
 * Convolutions start as NASWOT's code draws them, N(0, √(2 / (k² C_out))). Normalisation keeps this library's momentum of .1 instead of
 * the benchmark's .003, with which running statistics need thousands of steps.
 */
import type { Layer, Network, Scope } from '../../src/contracts/network.js';
import type { Value } from '../../src/contracts/program.js';
import { kaimingNormal } from '../../src/network/initialize.js';
import {
  batchNormalization,
  block,
  convolution,
  globalAveragePool,
  linear,
  maxPool,
  relu,
  sequential,
} from '../../src/network/layers.js';
import type { Skeleton } from '../skeleton.js';
import { concatenatedVertices, vertexChannels } from './channels.js';
import { type Genotype, hasEdge, type Operation, sourcesOf } from './genotype.js';

/** The network of a cell: [batch, ...inputShape] -> logits [batch, classes]. */
export function cellNetwork(genotype: Genotype, { channels, cells, classes, inputShape }: Skeleton): Network {
  const layer = sequential({
    stem: block(convolutionNormRelu(channels, 3)),
    stage1: stage(genotype, channels, cells),
    pool1: halvingPool,
    stage2: stage(genotype, 2 * channels, cells),
    pool2: halvingPool,
    stage3: stage(genotype, 4 * channels, cells),
    head: sequential({ pool: globalAveragePool, linear: linear({ out: classes }) }),
  });
  return { inputShape, classes, layer };
}

function stage(genotype: Genotype, channels: number, cells: number): Layer {
  const layer = block(cell(genotype, channels));
  return sequential(Object.fromEntries(Array.from({ length: cells }, (_, i) => [`cell${i + 1}`, layer])));
}

/** [batch, any, H, W] -> [batch, out, H, W] */
function cell(genotype: Genotype, out: number): Layer {
  const channels = vertexChannels(genotype, out);
  const output = genotype.vertices - 1;
  const layers = genotype.operations.map((operation, i) => vertexLayer(operation, channels[i + 1]));
  const concatenated = concatenatedVertices(genotype);
  return (scope, input) => {
    const values = [input];
    const projected = (vertex: number): Value[] => {
      if (!hasEdge(genotype, 0, vertex)) return [];
      return [scope.child(`projection${vertex}`, convolutionNormRelu(channels[vertex], 1), input)];
    };
    for (let vertex = 1; vertex < output; vertex++) {
      const inner = sourcesOf(genotype, vertex).filter((source) => source > 0);
      const parts = inner.map((source) => firstChannels(scope, values[source], channels[vertex]));
      const total = sumOf(scope, [...parts, ...projected(vertex)]);
      values.push(scope.child(`vertex${vertex}`, layers[vertex - 1], total));
    }
    const parts = concatenated.map((vertex) => values[vertex]);
    return sumOf(scope, [...joined(scope, parts), ...projected(output)]);
  };
}

function vertexLayer(operation: Operation, channels: number): Layer {
  switch (operation) {
    case 'conv3x3-bn-relu':
      return convolutionNormRelu(channels, 3);
    case 'conv1x1-bn-relu':
      return convolutionNormRelu(channels, 1);
    case 'maxpool3x3':
      return maxPool({ kernel: 3, stride: 1, padding: 1 });
  }
}

function convolutionNormRelu(out: number, kernel: 1 | 3): Layer {
  const conv = convolution({ out, kernel, padding: (kernel - 1) / 2, initialize: kaimingNormal });
  return sequential({ conv, norm: batchNormalization(), relu });
}

function firstChannels({ builder }: Scope, value: Value, channels: number): Value {
  const [batch, width, ...sides] = builder.shape(value);
  if (width === channels) return value;
  return builder.op('slice', [value], { start: [0, 0, 0, 0], size: [batch, channels, ...sides] });
}

function sumOf({ builder }: Scope, parts: readonly Value[]): Value {
  return parts.reduce((total, part) => builder.op('add', [total, part], {}));
}

/** None, or one: all parts along the channels. */
function joined({ builder }: Scope, parts: readonly Value[]): readonly Value[] {
  return parts.length < 2 ? parts : [builder.op('concatenate', parts, { axis: 1 })];
}

/** Maximum of 2×2 windows. An odd side gets a row that counts for nothing, so that it halves upwards. */
const halvingPool: Layer = (scope, input) => {
  const [, , height, width] = scope.builder.shape(input);
  return maxPool({ kernel: 2, stride: 2, padding: [height % 2, width % 2] })(scope, input);
};
