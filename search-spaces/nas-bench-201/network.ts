/**
 * From cell to network, in the macro skeleton of NAS-Bench-201 (Dong & Yang, ICLR 2020, fig. 1), and of NATS-Bench's size space.
 *
 * Every convolution edge is traced, also where the output does not need it: its parameters and multiply-adds count, as
 * in the benchmark's tables, and its ReLU is seen. Programs drop what no output needs.
 */
import type { Layer, Network } from '../../src/contracts/network.js';
import { averagePool, batchNormalization, convolution, sequential } from '../../src/network/layers.js';
import { edgeCell, reluConvolutionNorm, threeStages, type Widths } from '../../src/spaces/edge-cell.js';
import type { Skeleton } from '../skeleton.js';
import { EDGES, type Genotype, type Operation } from './genotype.js';

export { doublingWidths, type Widths } from '../../src/spaces/edge-cell.js';

const NODES = 4;

/** The network of a cell: [batch, ...inputShape] -> logits [batch, classes]. */
export function cellNetwork(genotype: Genotype, widths: Widths, skeleton: Omit<Skeleton, 'channels'>): Network {
  return threeStages(skeleton, widths, (channels) => cellLayer(genotype, channels));
}

/** A cell alone: [batch, any, ...] -> [batch, channels, ...]. */
export function cellLayer(genotype: Genotype, channels: number): Layer {
  const edges = EDGES.map((edge, i) => ({ ...edge, layer: edgeLayer(genotype[i], channels) }));
  return edgeCell(NODES, edges, ([batch, , ...sides]) => [batch, channels, ...sides]);
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
