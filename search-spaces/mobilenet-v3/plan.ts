/**
 * What a genotype's network is made of, with every number: what is built from it, counted from it and drawn from it agrees.
 *
 * Widths, strides, activations and squeeze-and-excitation by stage are those of MobileNetV3-Large (Howard et al., ICCV 2019, table 1) as
 * the published supernet has them (mit-han-lab/once-for-all).
 */
import type { Skeleton } from '../skeleton.js';
import type { Genotype } from './genotype.js';

export interface BlockPlan {
  /** E.g. `stage2.block1`; a layer's name. */
  readonly name: string;
  readonly kernel: number;
  readonly inputs: number;
  /** Channels of the depthwise convolution; where they equal `inputs`, nothing expands them. */
  readonly expanded: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  /** Channels between the two convolutions of squeeze-and-excitation; undefined where a block has none. */
  readonly squeezed?: number;
  readonly activation: 'relu' | 'hard-swish';
}

export interface Plan {
  /** [height, width] of the images after resizing. */
  readonly sides: readonly [number, number];
  readonly stem: number;
  readonly blocks: readonly BlockPlan[];
  /** Channels of the last convolution, and of the layer between it and the classes. */
  readonly last: number;
  readonly mixed: number;
}

/** Channels of the stem in the supernet of width 1; those of all layers scale with it. */
export const PUBLISHED_CHANNELS = 16;
/** The side of ImageNet images that resolutions refer to. */
const NOMINAL_SIDE = 224;

const STEM = 16;
const STAGES = [
  { width: 24, stride: 2, squeeze: false, activation: 'relu' },
  { width: 40, stride: 2, squeeze: true, activation: 'relu' },
  { width: 80, stride: 2, squeeze: false, activation: 'hard-swish' },
  { width: 112, stride: 1, squeeze: true, activation: 'hard-swish' },
  { width: 160, stride: 2, squeeze: true, activation: 'hard-swish' },
] as const;
const LAST = 960;
const MIXED = 1280;

/** @param width of the supernet, 1 or 1.2 as published */
export function planOf(genotype: Genotype, { channels, cells, inputShape }: Skeleton, width: number): Plan {
  const scaled = (base: number) => divisible((base * width * channels) / PUBLISHED_CHANNELS);
  const side = (pixels: number) => Math.max(1, Math.round((pixels * genotype.resolution) / NOMINAL_SIDE));
  const stem = scaled(STEM);
  const blocks: BlockPlan[] = [
    { name: 'first', kernel: 3, inputs: stem, expanded: stem, outputs: stem, stride: 1, activation: 'relu' },
  ];
  STAGES.forEach(({ width: base, stride, squeeze, activation }, stage) => {
    const chosen = Array.from({ length: cells }, () => genotype.stages[stage]).flat();
    chosen.forEach(({ kernel, expansion }, i) => {
      const inputs = blocks[blocks.length - 1].outputs;
      const expanded = inputs * expansion;
      blocks.push({
        name: `stage${stage + 1}.block${i + 1}`,
        kernel,
        inputs,
        expanded,
        outputs: scaled(base),
        stride: i === 0 ? stride : 1,
        ...(squeeze && { squeezed: divisible(expanded / 4) }),
        activation,
      });
    });
  });
  return { sides: [side(inputShape[1]), side(inputShape[2])], stem, blocks, last: scaled(LAST), mixed: scaled(MIXED) };
}

/** The nearest multiple of eight that is at least eight and not more than a tenth below. */
export function divisible(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}
