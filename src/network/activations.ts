/** Activation functions that mobile networks use, and the layers built on them. */
import type { Layer } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { convolution, relu } from './layers.js';

/** min(max(x + 3, 0), 6) / 6 (Howard et al., ICCV 2019, section 5.2). */
export const hardSigmoid: Layer = ({ builder: b }, x) => b.op('multiply', [sixGate(b, x), b.scalar(1 / 6)], {});

/** x · min(max(x + 3, 0), 6) / 6, called h-swish (Howard et al., ICCV 2019, equation 2). Metrics are told of its input. */
export const hardSwish: Layer = (scope, x) => {
  const b = scope.builder;
  const y = b.op('multiply', [b.op('multiply', [x, sixGate(b, x)], {}), b.scalar(1 / 6)], {});
  scope.noteActivation(x, y);
  return y;
};

/** x · sigmoid(x) (Ramachandran et al., 2017; also SiLU). Metrics are told of its input. */
export const swish: Layer = (scope, x) => {
  const y = scope.builder.op('multiply', [x, scope.builder.op('sigmoid', [x], {})], {});
  scope.noteActivation(x, y);
  return y;
};

/** min(max(x + 3, 0), 6) = 6 − max(6 − max(x + 3, 0), 0) */
function sixGate(b: ProgramBuilder, x: Value): Value {
  const raised = b.op('relu', [b.op('add', [x, b.scalar(3)], {})], {});
  return b.op('subtract', [b.scalar(6), b.op('relu', [b.op('subtract', [b.scalar(6), raised], {})], {})], {});
}

/**
 * Squeeze and excitation (Hu et al., CVPR 2018) as MobileNetV3 has it: [N, C, H, W] times a weight for each image and channel, which two
 * 1×1 convolutions with offsets, ReLU and the hard sigmoid make of the mean over the image.
 * @param squeezed channels between the two
 */
export function squeezeExcitation(squeezed: number): Layer {
  return (scope, x) => {
    const b = scope.builder;
    const [, channels, height, width] = b.shape(x);
    const total = b.op('sum', [x], { axes: [2, 3], keepAxes: true });
    const mean = b.op('multiply', [total, b.scalar(1 / (height * width))], {});
    const reduced = scope.child('reduce', convolution({ out: squeezed, kernel: 1, bias: true }), mean);
    const expanded = scope.child(
      'expand',
      convolution({ out: channels, kernel: 1, bias: true }),
      scope.child('relu', relu, reduced),
    );
    return b.op('multiply', [x, scope.child('gate', hardSigmoid, expanded)], {});
  };
}
