/** Ops per channel, the second axis of [N, C, ...]: element i belongs to channel floor(i / cells of one channel) mod C. */
import type { Kernels, Operand } from './operand.js';

type ChannelName = 'channelSum' | 'channelDot' | 'channelMean' | 'channelVariance' | 'channelAffine' | 'batchNorm';

export const channelKernels: Kernels<ChannelName> = {
  channelSum([x], _attributes, output) {
    forEachElement(x, (i, channel) => {
      output.data[channel] += x.data[i];
    });
  },

  channelDot([a, b], _attributes, output) {
    forEachElement(a, (i, channel) => {
      output.data[channel] += a.data[i] * b.data[i];
    });
  },

  channelMean([x], _attributes, output) {
    output.data.set(meansOf(x));
  },

  channelVariance([x], _attributes, output) {
    const means = meansOf(x);
    const count = cellsOf(x);
    forEachElement(x, (i, channel) => {
      output.data[channel] += (x.data[i] - means[channel]) ** 2 / count;
    });
  },

  channelAffine([x, scale, offset], _attributes, output) {
    forEachElement(x, (i, channel) => {
      output.data[i] = x.data[i] * scale.data[channel] + offset.data[channel];
    });
  },

  batchNorm([x, mean, variance, scale, offset], { epsilon }, output) {
    forEachElement(x, (i, channel) => {
      const normalised = (x.data[i] - mean.data[channel]) / Math.sqrt(variance.data[channel] + epsilon);
      output.data[i] = normalised * scale.data[channel] + offset.data[channel];
    });
  },
};

function meansOf(x: Operand): Float64Array {
  const means = new Float64Array(x.shape[1]);
  const count = cellsOf(x);
  forEachElement(x, (i, channel) => {
    means[channel] += x.data[i] / count;
  });
  return means;
}

/** Cells of one channel in all images. */
function cellsOf(x: Operand): number {
  return x.data.length / x.shape[1];
}

function forEachElement(x: Operand, visit: (i: number, channel: number) => void): void {
  const [batch, channels] = x.shape;
  const cells = x.data.length / (batch * channels);
  for (let i = 0; i < x.data.length; i++) visit(i, Math.floor(i / cells) % channels);
}
