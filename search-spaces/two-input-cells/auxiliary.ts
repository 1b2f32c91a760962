/** The auxiliary classifier of DARTS (Liu et al., ICLR 2019, released code), which reads the second reduction cell while training. */
import { expected } from '../../src/base/errors.js';
import type { Layer } from '../../src/contracts/network.js';
import { averagePool, batchNormalization, convolution, linear, relu, sequential } from '../../src/network/layers.js';
import type { Stem } from '../stem.js';

/** Side of the pooling window. */
const WINDOW = 5;
const STRIDE = { cifar: 3, imagenet: 2 } as const;

/**
 * Pooled, 1×1 to 128 channels, 2×2 to 768, linear: [batch, C, H, W] -> logits [batch, classes].
 * @throws NascentError of code 'usage' where the image is too small: it takes sides of 29 pixels for CIFAR, 193 for ImageNet
 */
export function auxiliaryHead(stem: Stem, classes: number): Layer {
  const stride = STRIDE[stem];
  const layers = sequential({
    relu1: relu,
    pool: averagePool({ kernel: WINDOW, stride }),
    conv1: convolution({ out: 128, kernel: 1 }),
    norm1: batchNormalization(),
    relu2: relu,
    conv2: convolution({ out: 768, kernel: 2 }),
    // The authors' network for ImageNet goes without, by an oversight that they kept.
    ...(stem === 'cifar' && { norm2: batchNormalization() }),
    relu3: relu,
  });
  return (scope, input) => {
    const { builder } = scope;
    const sides = builder.shape(input).slice(2);
    // Two windows, for the 2×2 convolution.
    const least = WINDOW + stride;
    if (sides.some((side) => side < least)) {
      throw expected('the image at the auxiliary classifier', `at least ${least}×${least}`, sides.join('×'));
    }
    const features = layers(scope, input);
    const [batch, ...rest] = builder.shape(features);
    const size = rest.reduce((product, length) => product * length, 1);
    const flat = builder.op('reshape', [features], { shape: [batch, size] });
    return scope.child('linear', linear({ out: classes }), flat);
  };
}
