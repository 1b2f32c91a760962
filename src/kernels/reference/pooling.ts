/** Pooling and its gradients. A window is cut to the cells inside the image; output cells with their windows are visited in order. */
import type { PoolAttributes, Shape } from '../../contracts/program.js';
import type { Kernels } from './operand.js';

type PoolingName = 'averagePool2d' | 'averagePool2dGradient' | 'maxPool2d' | 'maxPool2dGradient' | 'maxPool2dGather';

export const poolingKernels: Kernels<PoolingName> = {
  averagePool2d([x], attributes, output) {
    forEachWindow(x.shape, output.shape, attributes, (window) => {
      let total = 0;
      for (let y = window.top; y < window.bottom; y++) {
        for (let i = window.left; i < window.right; i++) total += x.data[window.plane + y * window.width + i];
      }
      output.data[window.cell] = total / cellCount(window);
    });
  },

  averagePool2dGradient([outputGradient], attributes, output) {
    forEachWindow(attributes.inputShape, outputGradient.shape, attributes, (window) => {
      const share = outputGradient.data[window.cell] / cellCount(window);
      for (let y = window.top; y < window.bottom; y++) {
        for (let i = window.left; i < window.right; i++) output.data[window.plane + y * window.width + i] += share;
      }
    });
  },

  maxPool2d([x], attributes, output) {
    forEachWindow(x.shape, output.shape, attributes, (window) => {
      output.data[window.cell] = x.data[firstMaximum(x.data, window)];
    });
  },

  maxPool2dGradient([x, outputGradient], attributes, output) {
    forEachWindow(x.shape, outputGradient.shape, attributes, (window) => {
      output.data[firstMaximum(x.data, window)] += outputGradient.data[window.cell];
    });
  },

  maxPool2dGather([x, values], attributes, output) {
    forEachWindow(x.shape, output.shape, attributes, (window) => {
      output.data[window.cell] = values.data[firstMaximum(x.data, window)];
    });
  },
};

/** One output cell and the part of its window that lies inside the image: rows [top, bottom), columns [left, right). */
interface Window {
  /** Offset of the output cell. */
  cell: number;
  /** Offset of the image's plane in the input. */
  plane: number;
  /** Width of the image. */
  readonly width: number;
  top: number;
  bottom: number;
  left: number;
  right: number;
}

function cellCount(window: Window): number {
  return (window.bottom - window.top) * (window.right - window.left);
}

/** Offset of the window's first greatest cell, in row-major order. */
function firstMaximum(data: Float64Array, window: Window): number {
  let best = window.plane + window.top * window.width + window.left;
  for (let y = window.top; y < window.bottom; y++) {
    for (let x = window.left; x < window.right; x++) {
      const offset = window.plane + y * window.width + x;
      if (data[offset] > data[best]) best = offset;
    }
  }
  return best;
}

/** Visits every output cell. One object is reused for all visits. */
function forEachWindow(
  inputShape: Shape,
  outputShape: Shape,
  { kernel, stride, padding }: PoolAttributes,
  visit: (window: Window) => void,
): void {
  const [batch, channels, height, width] = inputShape;
  const [, , outputHeight, outputWidth] = outputShape;
  const window: Window = { cell: 0, plane: 0, width, top: 0, bottom: 0, left: 0, right: 0 };
  for (let plane = 0; plane < batch * channels; plane++) {
    window.plane = plane * height * width;
    for (let i = 0; i < outputHeight * outputWidth; i++) {
      const top = Math.floor(i / outputWidth) * stride[0] - padding[0];
      const left = (i % outputWidth) * stride[1] - padding[1];
      window.cell = plane * outputHeight * outputWidth + i;
      window.top = Math.max(0, top);
      window.bottom = Math.min(height, top + kernel[0]);
      window.left = Math.max(0, left);
      window.right = Math.min(width, left + kernel[1]);
      visit(window);
    }
  }
}
