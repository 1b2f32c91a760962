/**
 * Convolution (cross-correlation, as in PyTorch) and its two gradients. All three visit the same triples: an output cell,
 * a weight, and the input cell that this weight meets there; they differ in which of the three is summed into.
 */
import type { ConvolutionAttributes, Shape } from '../../contracts/program.js';
import type { Kernels } from './operand.js';

type ConvolutionName = 'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient';

export const convolutionKernels: Kernels<ConvolutionName> = {
  conv2d([x, filter], attributes, output) {
    forEachRowOfTaps(x.shape, filter.shape, output.shape, attributes, (row) => {
      for (let tap = row.firstTap; tap < row.endTap; tap++) {
        output.data[row.cell] += x.data[row.inputStart + tap * row.tapStep] * filter.data[row.filterStart + tap];
      }
    });
  },

  conv2dInputGradient([filter, outputGradient], attributes, output) {
    forEachRowOfTaps(attributes.inputShape, filter.shape, outputGradient.shape, attributes, (row) => {
      const gradient = outputGradient.data[row.cell];
      for (let tap = row.firstTap; tap < row.endTap; tap++) {
        output.data[row.inputStart + tap * row.tapStep] += gradient * filter.data[row.filterStart + tap];
      }
    });
  },

  conv2dFilterGradient([x, outputGradient], attributes, output) {
    forEachRowOfTaps(x.shape, attributes.filterShape, outputGradient.shape, attributes, (row) => {
      const gradient = outputGradient.data[row.cell];
      for (let tap = row.firstTap; tap < row.endTap; tap++) {
        output.data[row.filterStart + tap] += gradient * x.data[row.inputStart + tap * row.tapStep];
      }
    });
  },
};

/** One output cell and one row of its window: weight `filterStart + tap` meets input `inputStart + tap · tapStep`. */
interface RowOfTaps {
  /** Offset of the output cell. */
  cell: number;
  /** Offset in the filter of the row's first weight. */
  filterStart: number;
  /** Offset in the input of the cell that weight 0 meets; it may lie in the padding, where no tap reads. */
  inputStart: number;
  /** Distance between the input cells of neighbouring weights: the horizontal dilation. */
  tapStep: number;
  /** Weights [firstTap, endTap) meet cells inside the image. */
  firstTap: number;
  endTap: number;
}

/** Visits every row of taps inside the image. One object is reused for all visits. */
function forEachRowOfTaps(
  inputShape: Shape,
  filterShape: Shape,
  outputShape: Shape,
  attributes: ConvolutionAttributes,
  visit: (row: RowOfTaps) => void,
): void {
  const [, channels, height, width] = inputShape;
  const [filters, groupChannels, kernelHeight, kernelWidth] = filterShape;
  const [batch, , outputHeight, outputWidth] = outputShape;
  const { stride, padding, dilation, groups } = attributes;
  const groupFilters = filters / groups;
  const row: RowOfTaps = { cell: 0, filterStart: 0, inputStart: 0, tapStep: dilation[1], firstTap: 0, endTap: 0 };
  for (let image = 0; image < batch; image++) {
    for (let filter = 0; filter < filters; filter++) {
      const firstChannel = Math.floor(filter / groupFilters) * groupChannels;
      for (let i = 0; i < outputHeight * outputWidth; i++) {
        const top = Math.floor(i / outputWidth) * stride[0] - padding[0];
        const left = (i % outputWidth) * stride[1] - padding[1];
        row.cell = (image * filters + filter) * outputHeight * outputWidth + i;
        row.firstTap = Math.max(0, Math.ceil(-left / dilation[1]));
        row.endTap = Math.min(kernelWidth, Math.ceil((width - left) / dilation[1]));
        for (let channel = 0; channel < groupChannels; channel++) {
          for (let j = 0; j < kernelHeight; j++) {
            const y = top + j * dilation[0];
            if (y < 0 || y >= height) continue;
            row.filterStart = ((filter * groupChannels + channel) * kernelHeight + j) * kernelWidth;
            row.inputStart = ((image * channels + firstChannel + channel) * height + y) * width + left;
            visit(row);
          }
        }
      }
    }
  }
}
