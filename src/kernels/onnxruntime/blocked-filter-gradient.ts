/**
 * The filter gradient as a convolution: the images of the batch are its channels, the output gradient is its filter, and the places of the
 * window are its results. Channels lie last in its rows, so that a row of results is [places, channels]. onnxruntime makes it one matrix product,
 * whose shifted images exist only piece by piece in the cache; nine products of nine copies, as `convolution.ts` writes for other
 * providers, take half as long again.
 */
import type { ConvolutionAttributes, Shape } from '../../contracts/program.js';
import { around } from './convolution.js';
import type { GraphWriter, Name } from './graph.js';

export interface FilterGradientInputs {
  /** Channels last: N·H·W·C numbers in any shape. */
  readonly image: Name;
  readonly imageShape: Shape;
  /** Plain [N, O, H', W']. */
  readonly outputGradient: Name;
  readonly outputShape: Shape;
}

/** dw[o, c, ky, kx] = Σ x[n, c, s·h + d·ky − p, s·w + d·kx − p] · dy[n, o, h, w] over n, h and w, with stride s, dilation d and padding p. */
export function blockedFilterGradient(
  graph: GraphWriter,
  { image, imageShape, outputGradient, outputShape }: FilterGradientInputs,
  { stride, padding, dilation, filterShape }: ConvolutionAttributes & { readonly filterShape: Shape },
  output: Name,
): void {
  const [batch, channels, height, width] = imageShape;
  const [out, , down, across] = filterShape;
  const placesMet = (axis: 0 | 1, side: number) =>
    side + 2 * padding[axis] - stride[axis] * (outputShape[2 + axis] - 1);
  const rows = graph.node('Reshape', [image, graph.integers([1, batch, height, width * channels])]);
  const filter = graph.once(`channel-first:${outputGradient}`, () =>
    graph.node('Transpose', [outputGradient], { perm: [1, 0, 2, 3] }),
  );
  const met = graph.node('Conv', [rows, filter], {
    kernel_shape: outputShape.slice(2),
    strides: [dilation[0], 1],
    dilations: [stride[0], stride[1] * channels],
    pads: around([padding[0], padding[1] * channels]),
    group: 1,
  });
  const columns = placesMet(1, width);
  const places = graph.node('Reshape', [met, graph.integers([out, -1, columns, channels])]);
  // Where a stride leaves a rest there are more places than the filter has; to the side each is met, and each d-th is wanted.
  const end = [down, (across - 1) * dilation[1] + 1];
  const exact = columns === across && Math.ceil(placesMet(0, height) / dilation[0]) === down;
  const wanted = exact
    ? places
    : graph.node('Slice', [places, ...[[0, 0], end, [1, 2], [1, dilation[1]]].map((list) => graph.integers(list))]);
  graph.node('Transpose', [wanted], { perm: [0, 3, 1, 2] }, output);
}
