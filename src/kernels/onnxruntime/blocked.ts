/**
 * onnxruntime's blocked layout: images as [N, C / block, H, W, block], a block of channels the width of the processor's vectors.
 * Its convolutions are about twice as fast as those on plain NCHW. onnxruntime itself uses it only where weights are constants;
 * its ops can be named directly, and then serve training too. They live in a domain of their own, for this machine only: exported
 * files never hold them.
 */
import type { ConvolutionAttributes, Shape } from '../../contracts/program.js';
import type { GraphWriter, Name } from './graph.js';

/** The domain of onnxruntime's blocked ops. */
export const BLOCKED_DOMAIN = 'com.microsoft.nchwc';

/** Whether a convolution can run blocked: no groups, and channels that fill whole blocks. */
export function fitsBlocks(
  graph: GraphWriter,
  { groups }: ConvolutionAttributes,
  channels: number,
  out: number,
): boolean {
  return graph.blockSize > 1 && groups === 1 && channels % graph.blockSize === 0 && out % graph.blockSize === 0;
}

/** Adds a convolution of a plain image with a filter given in blocks; the result is plain again. */
export function blockedConvolution(
  graph: GraphWriter,
  x: Name,
  filterInBlocks: Name,
  out: number,
  attributes: Readonly<Record<string, number | readonly number[]>>,
  output: Name,
): void {
  const image = graph.once(`blocked:${x}`, () =>
    graph.node('ReorderInput', [x], { channels_last: 0 }, undefined, BLOCKED_DOMAIN),
  );
  const y = graph.node('Conv', [image, filterInBlocks], attributes, undefined, BLOCKED_DOMAIN);
  graph.node('ReorderOutput', [y], { channels: out, channels_last: 0 }, output, BLOCKED_DOMAIN);
}

/** [O, I, kh, kw] -> [O / block, I / block, kh, kw, block of I, block of O] */
export function filterInBlocks(graph: GraphWriter, w: Name, [out, inputs, height, width]: Shape): Name {
  const block = graph.blockSize;
  return graph.once(`filter:${w}`, () => {
    const split = graph.node('Reshape', [
      w,
      graph.integers([out / block, block, inputs / block, block, height, width]),
    ]);
    const turned = graph.node('Transpose', [split], { perm: [0, 2, 4, 5, 3, 1] });
    return graph.node('Reshape', [turned, graph.integers([out, inputs, height, width])]);
  });
}

/** The filter of the input gradient, in blocks: channels swapped and each window turned by 180°. */
export function mirroredFilterInBlocks(graph: GraphWriter, w: Name, [out, inputs, height, width]: Shape): Name {
  const block = graph.blockSize;
  return graph.once(`mirrored-filter:${w}`, () => {
    const split = graph.node('Reshape', [
      w,
      graph.integers([out / block, block, inputs / block, block, height, width]),
    ]);
    const swapped = graph.node('Transpose', [split], { perm: [2, 0, 4, 5, 1, 3] });
    const back = [graph.integers([-1, -1]), graph.integers([-height - 1, -width - 1]), graph.integers([2, 3])];
    const turned = height * width === 1 ? swapped : graph.node('Slice', [swapped, ...back, graph.integers([-1, -1])]);
    return graph.node('Reshape', [turned, graph.integers([inputs, out, height, width])]);
  });
}
