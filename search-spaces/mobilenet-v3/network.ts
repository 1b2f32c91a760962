/**
 * From plan to network. A block expands the channels by a 1×1 convolution, filters each by a depthwise one, weighs them by squeeze-and-excitation where the
 * stage has it, and projects them to its width; its input is added where shapes allow (Sandler et al., CVPR 2018; Howard et al., ICCV
 * 2019, figure 4). Convolutions start from N(0, √(2 / (k² C_out))), as the supernet's do.
 */
import type { Layer, Network } from '../../src/contracts/network.js';
import { hardSwish, squeezeExcitation } from '../../src/network/activations.js';
import { kaimingNormal } from '../../src/network/initialize.js';
import {
  batchNormalization,
  block,
  type ConvolutionOptions,
  convolution,
  globalAveragePool,
  linear,
  relu,
  sequential,
} from '../../src/network/layers.js';
import { resize } from '../../src/network/resize.js';
import type { Skeleton } from '../skeleton.js';
import type { BlockPlan, Plan } from './plan.js';

/** [batch, ...inputShape] -> logits [batch, classes] */
export function mobileNetwork({ sides, stem, blocks, last, mixed }: Plan, { classes, inputShape }: Skeleton): Network {
  const layer = sequential({
    resize: resize(...sides),
    stem: block(normalized({ out: stem, kernel: 3, stride: 2 }, hardSwish)),
    ...Object.fromEntries(blocks.map((plan) => [plan.name, block(mobileBlock(plan))])),
    last: normalized({ out: last, kernel: 1 }, hardSwish),
    pool: globalAveragePool,
    mix: sequential({ linear: linear({ out: mixed, bias: false, initialize: kaimingNormal }), activation: hardSwish }),
    classifier: linear({ out: classes }),
  });
  return { inputShape, classes, layer };
}

/** [N, inputs, H, W] -> [N, outputs, ⌈H / stride⌉, ⌈W / stride⌉] */
export function mobileBlock(plan: BlockPlan): Layer {
  const { kernel, inputs, expanded, outputs, stride, squeezed } = plan;
  const activation = plan.activation === 'relu' ? relu : hardSwish;
  const branch = sequential({
    ...(expanded !== inputs && { expand: normalized({ out: expanded, kernel: 1 }, activation) }),
    depthwise: normalized({ out: expanded, kernel, stride, groups: expanded }, activation),
    ...(squeezed !== undefined && { squeeze: squeezeExcitation(squeezed) }),
    project: normalized({ out: outputs, kernel: 1 }),
  });
  if (stride > 1 || inputs !== outputs) return branch;
  return (scope, x) => scope.builder.op('add', [x, branch(scope, x)], {});
}

/** A convolution that keeps sides up to its stride, normalised, and activated where it has an activation. */
export function normalized(options: ConvolutionOptions & { readonly kernel: number }, activation?: Layer): Layer {
  const conv = convolution({ ...options, padding: (options.kernel - 1) / 2, initialize: kaimingNormal });
  return sequential({ conv, norm: batchNormalization(), ...(activation && { activation }) });
}
