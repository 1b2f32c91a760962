/**
 * From a genotype to a network (Radosavovic et al., ICCV 2019; blocks of He et al., CVPR 2016, and Xie et al., CVPR 2017).
 *
 * The stem; three stages of residual blocks, of which the second and the third begin by halving the image; the mean over the image and
 * a linear layer. For CIFAR the stem is a 3×3 convolution, for ImageNet a 7×7 one of stride 2 with a 3×3 max pool of stride 2.
 */
import type { Layer, Network } from '../../src/contracts/network.js';
import {
  batchNormalization,
  block,
  type ConvolutionOptions,
  convolution,
  globalAveragePool,
  linear,
  maxPool,
  relu,
  sequential,
} from '../../src/network/layers.js';
import type { Skeleton } from '../skeleton.js';
import type { Stem } from '../stem.js';
import { type Stage, stagesOf } from './blocks.js';
import type { Genotype } from './genotype.js';

/** [batch, ...inputShape] -> logits [batch, classes] */
export function stagesNetwork(genotype: Genotype, stem: Stem, skeleton: Skeleton): Network {
  const { channels, classes, inputShape } = skeleton;
  const [stage1, stage2, stage3] = stagesOf(genotype, skeleton).map(stageLayer);
  const layer = sequential({
    stem: block(stem === 'cifar' ? cifarStem(channels) : imagenetStem(channels)),
    stage1,
    stage2,
    stage3,
    head: sequential({ pool: globalAveragePool, linear: linear({ out: classes }) }),
  });
  return { inputShape, classes, layer };
}

function cifarStem(out: number): Layer {
  return sequential({ ...convolutionNorm({ out, kernel: 3, padding: 1 }), relu });
}

function imagenetStem(out: number): Layer {
  const pool = maxPool({ kernel: 3, stride: 2, padding: 1 });
  return sequential({ ...convolutionNorm({ out, kernel: 7, stride: 2, padding: 3 }), relu, pool });
}

function stageLayer({ stride, blocks, ...stage }: Stage): Layer {
  const layers = Array.from({ length: blocks }, (_, i) => [
    `block${i + 1}`,
    block(residual(stage, i === 0 ? stride : 1)),
  ]);
  return sequential(Object.fromEntries(layers));
}

/** ReLU of the shortcut plus the branch; the shortcut is projected where the image or its channels change. */
function residual({ channels, bottleneck }: Pick<Stage, 'channels' | 'bottleneck'>, stride: 1 | 2): Layer {
  const branch = bottleneck ? bottleneckBranch(channels, bottleneck, stride) : basicBranch(channels, stride);
  const projection = sequential(convolutionNorm({ out: channels, kernel: 1, stride }));
  return (scope, input) => {
    const same = stride === 1 && scope.builder.shape(input)[1] === channels;
    const shortcut = same ? input : scope.child('shortcut', projection, input);
    const total = scope.builder.op('add', [shortcut, scope.child('branch', branch, input)], {});
    return scope.child('relu', relu, total);
  };
}

/** 3×3, 3×3 */
function basicBranch(out: number, stride: 1 | 2): Layer {
  return sequential({
    first: sequential({ ...convolutionNorm({ out, kernel: 3, stride, padding: 1 }), relu }),
    second: sequential(convolutionNorm({ out, kernel: 3, padding: 1 })),
  });
}

/** 1×1, 3×3 in groups, 1×1 */
function bottleneckBranch(out: number, { channels, groups }: NonNullable<Stage['bottleneck']>, stride: 1 | 2): Layer {
  return sequential({
    first: sequential({ ...convolutionNorm({ out: channels, kernel: 1 }), relu }),
    second: sequential({ ...convolutionNorm({ out: channels, kernel: 3, stride, padding: 1, groups }), relu }),
    third: sequential(convolutionNorm({ out, kernel: 1 })),
  });
}

function convolutionNorm(options: ConvolutionOptions) {
  return { conv: convolution(options), norm: batchNormalization() };
}
