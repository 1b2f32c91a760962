/** Sums up what convolutions and normalisations cost, without building them. */
import type { Cost } from '../src/contracts/network.js';

/** [height, width] */
export type Size = readonly [number, number];

/** A convolution of stride 2, padded to keep the image's size otherwise, halves upwards. */
export function halved([height, width]: Size): Size {
  return [Math.ceil(height / 2), Math.ceil(width / 2)];
}

export class ConvolutionCounter {
  parameters = 0;
  multiplyAdds = 0;

  /** @param size of the output, whose every pixel meets each weight once */
  convolution(weights: number, [height, width]: Size): void {
    this.parameters += weights;
    this.multiplyAdds += weights * height * width;
  }

  /** Scale and offset of each channel. */
  normalization(channels: number): void {
    this.parameters += 2 * channels;
  }

  /** With the linear layer that ends a network. */
  withLinear(inputs: number, classes: number): Cost {
    return {
      parameters: this.parameters + (inputs + 1) * classes,
      multiplyAdds: this.multiplyAdds + inputs * classes,
    };
  }
}
