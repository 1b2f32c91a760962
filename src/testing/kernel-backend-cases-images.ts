/** Cases of primitives on images: convolution, pooling, channels, and the overlap of rows. */
import type { ConvolutionAttributes, PoolAttributes, Shape } from '../contracts/program.js';
import { windowLength } from '../kernels/shapes.js';
import type { KernelCase, KernelCases } from './kernel-backend-cases.js';
import { apart, type CaseInput, fixed, normal, positive } from './kernel-backend-inputs.js';

type Pair = readonly [number, number];
type Images = readonly [number, number, number, number];

interface Convolution extends Partial<ConvolutionAttributes> {
  readonly name: string;
  readonly image: Images;
  readonly filter: Images;
}

const convolutions: readonly Convolution[] = [
  { name: '3×3, padding 1', image: [2, 3, 5, 6], filter: [4, 3, 3, 3], padding: [1, 1] },
  { name: 'batch 1, no padding', image: [1, 2, 5, 5], filter: [3, 2, 3, 3] },
  { name: 'pointwise', image: [2, 3, 4, 4], filter: [5, 3, 1, 1] },
  { name: 'pointwise, stride 2', image: [2, 3, 5, 5], filter: [4, 3, 1, 1], stride: [2, 2] },
  { name: '1×1 image', image: [2, 3, 1, 1], filter: [2, 3, 1, 1] },
  { name: '1×1 image, 3×3, padding 1', image: [2, 3, 1, 1], filter: [2, 3, 3, 3], padding: [1, 1] },
  // Channels that fill vector blocks: engines have kernels of their own for them.
  { name: 'whole blocks', image: [2, 32, 5, 4], filter: [16, 32, 3, 3], padding: [1, 1] },
  { name: 'into whole blocks', image: [2, 3, 6, 5], filter: [16, 3, 3, 3], stride: [2, 1], padding: [1, 1] },
  { name: 'whole blocks, pointwise', image: [2, 16, 3, 5], filter: [32, 16, 1, 1] },
  {
    name: 'whole blocks, stride 2 with remainder',
    image: [1, 16, 6, 7],
    filter: [16, 16, 3, 3],
    stride: [2, 2],
    padding: [1, 1],
  },
  { name: 'whole blocks, dilation 2', image: [1, 16, 6, 6], filter: [16, 16, 3, 3], padding: [2, 2], dilation: [2, 2] },
  { name: 'whole blocks, 1×5', image: [1, 16, 4, 6], filter: [32, 16, 1, 5], padding: [0, 1] },
  { name: 'one element', image: [1, 1, 1, 1], filter: [1, 1, 1, 1] },
  { name: 'one channel', image: [2, 1, 5, 5], filter: [1, 1, 3, 3], padding: [1, 1] },
  { name: 'stride 2 with remainder', image: [2, 2, 8, 8], filter: [3, 2, 3, 3], stride: [2, 2], padding: [1, 1] },
  { name: 'stride 3 with remainder, no padding', image: [2, 2, 9, 10], filter: [2, 2, 3, 3], stride: [3, 3] },
  { name: 'stride beyond the kernel', image: [1, 2, 9, 9], filter: [2, 2, 2, 2], stride: [3, 4] },
  { name: 'dilation 2', image: [1, 2, 7, 7], filter: [2, 2, 3, 3], padding: [2, 2], dilation: [2, 2] },
  { name: 'dilation 3 of one axis', image: [1, 2, 5, 8], filter: [2, 2, 3, 3], padding: [1, 3], dilation: [1, 3] },
  {
    name: 'dilation 2, stride 2 with remainder',
    image: [1, 2, 8, 8],
    filter: [2, 2, 3, 3],
    stride: [2, 2],
    padding: [2, 2],
    dilation: [2, 2],
  },
  { name: 'two groups', image: [2, 4, 5, 5], filter: [6, 2, 3, 3], padding: [1, 1], groups: 2 },
  { name: 'depthwise', image: [2, 4, 5, 5], filter: [4, 1, 3, 3], padding: [1, 1], groups: 4 },
  { name: 'depthwise, two filters a channel', image: [1, 3, 5, 5], filter: [6, 1, 3, 3], padding: [1, 1], groups: 3 },
  {
    name: 'depthwise 5×5, dilation 2, stride 2',
    image: [1, 3, 8, 8],
    filter: [3, 1, 5, 5],
    stride: [2, 2],
    padding: [4, 4],
    dilation: [2, 2],
    groups: 3,
  },
  {
    name: 'groups, stride, dilation, all asymmetrical',
    image: [2, 4, 9, 7],
    filter: [2, 2, 3, 2],
    stride: [2, 3],
    padding: [2, 1],
    dilation: [1, 2],
    groups: 2,
  },
  {
    name: 'depthwise, stride, dilation, all asymmetrical',
    image: [3, 3, 9, 7],
    filter: [3, 1, 3, 2],
    stride: [2, 3],
    padding: [2, 1],
    dilation: [1, 2],
    groups: 3,
  },
  { name: '5×5, padding 2', image: [1, 2, 6, 6], filter: [2, 2, 5, 5], padding: [2, 2] },
  { name: '7×7, padding 3, stride 2', image: [1, 2, 9, 9], filter: [2, 2, 7, 7], stride: [2, 2], padding: [3, 3] },
  { name: 'kernel larger than image', image: [2, 2, 3, 3], filter: [2, 2, 5, 5], padding: [2, 2] },
  { name: '7×7 on 2×2', image: [1, 2, 2, 2], filter: [2, 2, 7, 7], padding: [3, 3] },
  { name: '1×3', image: [2, 2, 4, 5], filter: [3, 2, 1, 3], padding: [0, 1] },
  { name: '7×1, padding 3', image: [1, 2, 5, 4], filter: [2, 2, 7, 1], padding: [3, 0] },
  { name: '3×3, stride 1×2', image: [1, 2, 5, 6], filter: [2, 2, 3, 3], stride: [1, 2], padding: [1, 1] },
  { name: '2×2, stride 2', image: [2, 2, 4, 4], filter: [2, 2, 2, 2], stride: [2, 2] },
  { name: '4×4, padding 1', image: [1, 2, 5, 5], filter: [2, 2, 4, 4], padding: [1, 1] },
  { name: 'padding beyond the kernel', image: [1, 2, 3, 3], filter: [2, 2, 1, 1], stride: [2, 2], padding: [1, 1] },
  { name: 'window of the whole image', image: [2, 2, 4, 4], filter: [3, 2, 4, 4] },
];

interface Pool extends Partial<PoolAttributes> {
  readonly name: string;
  readonly image: Images;
  readonly kernel: Pair;
}

const pools: readonly Pool[] = [
  { name: '3×3, padding 1', image: [2, 3, 5, 5], kernel: [3, 3], padding: [1, 1] },
  { name: '3×3, stride 2, padding 1, remainder', image: [2, 2, 8, 8], kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
  { name: '2×2, stride 2', image: [1, 2, 6, 6], kernel: [2, 2], stride: [2, 2] },
  { name: '2×2, stride 2, remainder', image: [1, 2, 5, 7], kernel: [2, 2], stride: [2, 2] },
  { name: '1×1, stride 2', image: [2, 2, 5, 5], kernel: [1, 1], stride: [2, 2] },
  { name: 'stride beyond the kernel', image: [1, 2, 8, 8], kernel: [2, 2], stride: [3, 3] },
  { name: '1×1 image', image: [2, 3, 1, 1], kernel: [3, 3], padding: [1, 1] },
  { name: 'one element', image: [1, 1, 1, 1], kernel: [1, 1] },
  { name: 'kernel larger than image', image: [1, 2, 3, 3], kernel: [5, 5], padding: [2, 2] },
  { name: '7×7 on 2×2', image: [1, 2, 2, 2], kernel: [7, 7], padding: [3, 3] },
  { name: 'window of the whole image', image: [2, 3, 4, 5], kernel: [4, 5] },
  { name: '1×3', image: [2, 2, 4, 5], kernel: [1, 3], padding: [0, 1] },
  { name: '3×2, stride 2×1, padding 1×0', image: [1, 2, 6, 5], kernel: [3, 2], stride: [2, 1], padding: [1, 0] },
  { name: '5×5, padding 2', image: [1, 2, 6, 6], kernel: [5, 5], padding: [2, 2] },
  { name: 'padding 2 of kernel 3', image: [1, 2, 4, 4], kernel: [3, 3], stride: [2, 2], padding: [2, 2] },
];

const equalCells: KernelCase<PoolAttributes> = {
  name: 'equal cells',
  inputs: [fixed([1, 1, 3, 3], [2, 2, 1, 2, 2, 1, 0, 1, 1])],
  attributes: { kernel: [2, 2], stride: [1, 1], padding: [0, 0] },
  onKink: true,
};

/** Images of four axes, two and three, down to one element. */
const channelShapes: readonly (readonly [string, readonly number[]])[] = [
  ['images', [2, 3, 4, 5]],
  ['batch 1', [1, 3, 4, 4]],
  ['1×1 image', [4, 3, 1, 1]],
  ['one channel', [2, 1, 3, 3]],
  ['matrix', [4, 3]],
  ['rank 3', [2, 3, 4]],
  ['one element', [1, 1, 1, 1]],
];

export const imageCases = {
  conv2d: every(convolutions, (c) => ({
    name: c.name,
    inputs: [normal(...c.image), normal(...c.filter)],
    attributes: convolutionAttributes(c),
  })),
  conv2dInputGradient: every(convolutions, (c) => ({
    name: c.name,
    inputs: [normal(...c.filter), normal(...convolved(c))],
    attributes: { ...convolutionAttributes(c), inputShape: c.image },
  })),
  conv2dFilterGradient: every(convolutions, (c) => ({
    name: c.name,
    inputs: [normal(...c.image), normal(...convolved(c))],
    attributes: { ...convolutionAttributes(c), filterShape: c.filter },
  })),
  averagePool2d: every(pools, (p) => ({
    name: p.name,
    inputs: [normal(...p.image)],
    attributes: poolAttributes(p),
  })),
  averagePool2dGradient: every(pools, (p) => ({
    name: p.name,
    inputs: [normal(...pooled(p))],
    attributes: { ...poolAttributes(p), inputShape: p.image },
  })),
  maxPool2d: [
    equalCells,
    { ...equalCells, name: 'negative image: padding is not zero', inputs: [negative(1, 2, 3, 3)], onKink: false },
    ...every(pools, (p) => ({ name: p.name, inputs: [apart(...p.image)], attributes: poolAttributes(p) })),
  ],
  maxPool2dGradient: [
    { ...equalCells, inputs: [...equalCells.inputs, normal(1, 1, 2, 2)] },
    ...every(pools, (p) => ({
      name: p.name,
      inputs: [apart(...p.image), normal(...pooled(p))],
      attributes: poolAttributes(p),
    })),
  ],
  maxPool2dGather: [
    { ...equalCells, inputs: [...equalCells.inputs, normal(...equalCells.inputs[0].shape)] },
    ...every(pools, (p) => ({
      name: p.name,
      inputs: [apart(...p.image), normal(...p.image)],
      attributes: poolAttributes(p),
    })),
  ],
  channelSum: every(channelShapes, ([name, shape]) => ({ name, inputs: [normal(...shape)], attributes: {} })),
  channelDot: every(channelShapes, ([name, shape]) => ({
    name,
    inputs: [normal(...shape), normal(...shape)],
    attributes: {},
  })),
  channelMean: every(channelShapes, ([name, shape]) => ({ name, inputs: [normal(...shape)], attributes: {} })),
  channelVariance: every(channelShapes, ([name, shape]) => ({ name, inputs: [normal(...shape)], attributes: {} })),
  channelAffine: every(channelShapes, ([name, shape]) => ({
    name,
    inputs: [normal(...shape), normal(shape[1]), normal(shape[1])],
    attributes: {},
  })),
  batchNorm: every(channelShapes, ([name, shape]) => ({
    name,
    inputs: [normal(...shape), normal(shape[1]), positive(shape[1]), normal(shape[1]), normal(shape[1])],
    attributes: { epsilon: 1e-3 },
  })),
  positiveOverlap: [
    { name: 'matrix', inputs: [normal(6, 20)], attributes: {} },
    { name: 'images', inputs: [normal(4, 3, 5, 5)], attributes: {} },
    { name: 'batch 1', inputs: [normal(1, 7)], attributes: {} },
    { name: 'one column', inputs: [normal(5, 1)], attributes: {} },
    { name: 'zeros are not positive', inputs: [fixed([2, 3], [0, 1, 2, 3, 0, -0])], attributes: {}, onKink: true },
    { name: 'counts beyond a byte', inputs: [positive(3, 700)], attributes: {} },
  ],
} satisfies Partial<KernelCases>;

function every<T, Case>(items: readonly T[], toCase: (item: T) => Case): [Case, ...Case[]] {
  return items.map(toCase) as [Case, ...Case[]];
}

function negative(...shape: number[]): CaseInput {
  const below = apart(...shape);
  return { ...below, draw: (stream) => below.draw(stream).map((x) => x - 2) };
}

function convolutionAttributes(c: Convolution): ConvolutionAttributes {
  const { stride = [1, 1], padding = [0, 0], dilation = [1, 1], groups = 1 } = c;
  return { stride, padding, dilation, groups };
}

function poolAttributes({ kernel, stride = [1, 1], padding = [0, 0] }: Pool): PoolAttributes {
  return { kernel, stride, padding };
}

function convolved(c: Convolution): Shape {
  const { stride, padding, dilation } = convolutionAttributes(c);
  const length = (i: 0 | 1) => windowLength(c.image[2 + i], c.filter[2 + i], stride[i], padding[i], dilation[i]);
  return [c.image[0], c.filter[0], length(0), length(1)];
}

function pooled(p: Pool): Shape {
  const { kernel, stride, padding } = poolAttributes(p);
  const length = (i: 0 | 1) => windowLength(p.image[2 + i], kernel[i], stride[i], padding[i], 1);
  return [p.image[0], p.image[1], length(0), length(1)];
}
