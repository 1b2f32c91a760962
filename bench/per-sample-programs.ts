/** The networks and programs of `per-sample-gradients.ts` and `per-sample-floor.ts`. */
import { nasBench201 } from '../search-spaces/nas-bench-201/index.js';
import { cellLayer } from '../search-spaces/nas-bench-201/network.js';
import type { Network, TracedNetwork } from '../src/contracts/network.js';
import type { Program } from '../src/contracts/program.js';
import { differentiate } from '../src/kernels/gradients.js';
import { perSampleGradients } from '../src/kernels/samples/gradients.js';
import { sampleMean } from '../src/kernels/samples/moments.js';
import { globalAveragePool, linear, sequential } from '../src/network/layers.js';
import { crossEntropies } from '../src/network/loss.js';
import { traceNetwork } from '../src/network/trace.js';

export const CELLS = [
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|',
  '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|',
];

/** The network of three stages with one cell each or, with a side, one cell on images of so many places and a classifier behind it. */
export function networkOf(arch: string, channels: number, side?: number): Network {
  const space = nasBench201();
  if (side === undefined) return space.network(space.parse(arch), { channels, cells: 1 });
  const layer = sequential({
    cell: cellLayer(space.parse(arch), channels),
    pool: globalAveragePool,
    head: linear({ out: 10 }),
  });
  return { inputShape: [channels, side, side], classes: 10, layer };
}

/** The gradients of all parameters with frozen statistics: of each sample's loss, or of their mean. */
export function gradientsOf(
  network: Network,
  batch: number,
  each: boolean,
): TracedNetwork & { readonly program: Program } {
  const trace = traceNetwork(network, { batch, mode: 'evaluate' });
  const { builder: b, images, logits, parameters } = trace;
  const labels = b.input('labels', [batch], 'int32');
  const losses = crossEntropies(b, logits, labels);
  const wrt = parameters.map(({ value }) => value);
  const gradients = each
    ? perSampleGradients(b, losses, wrt, { samples: [images, labels] })
    : differentiate(b, sampleMean(b, losses), wrt);
  return { ...trace, program: b.finish(Object.fromEntries(gradients.map((value, i) => [`g${i}`, value]))) };
}
