/** The filter gradient where the output gradient is at hand with its channels last, as blocked values are. */
import type { ConvolutionAttributes, Shape } from '../../contracts/program.js';
import { sizeOf } from '../shapes.js';
import { padImage, places, shift } from './convolution.js';
import type { GraphWriter, Name } from './graph.js';

export interface FilterGradientInputs {
  /** Plain [N, C, H, W]. */
  readonly image: Name;
  readonly imageShape: Shape;
  /** [N·H'·W', O] */
  readonly outputGradient: Name;
  readonly outputShape: Shape;
}

/**
 * dw[o, c, ky, kx] = Σ x[c] shifted by (ky, kx) · dy[o]: for each place of the window one product of [C, N·H'·W'] with
 * [N·H'·W', O]. The shifted images are shared by all convolutions that read the same image.
 */
export function blockedFilterGradient(
  graph: GraphWriter,
  { image, imageShape, outputGradient, outputShape }: FilterGradientInputs,
  attributes: ConvolutionAttributes & { readonly filterShape: Shape },
  output: Name,
): void {
  const [out, channels, height, width] = attributes.filterShape;
  const positions = sizeOf([outputShape[0], outputShape[2], outputShape[3]]);
  const channelFirst = graph.once(`channel-first:${image}`, () =>
    graph.node('Transpose', [image], { perm: [1, 0, 2, 3] }),
  );
  const padded = padImage(graph, channelFirst, attributes.padding, 2);
  const products = places(height, width).map((place) => {
    const shifted = shift(graph, padded, imageShape, outputShape, attributes, place, 2);
    const rows = graph.node('Reshape', [shifted, graph.integers([channels, positions])]);
    return graph.node('MatMul', [rows, outputGradient]);
  });
  // [places · C, O] -> [O, C, places]
  const stacked = products.length === 1 ? products[0] : graph.node('Concat', products, { axis: 0 });
  const split = graph.node('Reshape', [stacked, graph.integers([height * width, channels, out])]);
  const turned = graph.node('Transpose', [split], { perm: [2, 1, 0] });
  graph.node('Reshape', [turned, graph.integers(attributes.filterShape)], {}, output);
}
