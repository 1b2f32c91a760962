/** The stages of a network as numbers, from which it is built and its cost counted. */
import type { Skeleton } from '../skeleton.js';
import { type Genotype, STAGES } from './genotype.js';

export interface Stage {
  readonly blocks: number;
  readonly channels: number;
  /** Of the first block. */
  readonly stride: 1 | 2;
  /** Absent where blocks are two 3×3 convolutions. */
  readonly bottleneck?: { readonly channels: number; readonly groups: number };
}

/** Channels of the stem in the published networks, at which widths are as written. */
export const STEM_CHANNELS = 16;

/**
 * The stages in a skeleton: widths are scaled as the stem's channels are, and depths multiplied by the skeleton's `cells`. A scaled bottleneck is
 * rounded up to a multiple of its groups; the published ones are.
 */
export function stagesOf({ d, w, r, g }: Genotype, { channels, cells }: Pick<Skeleton, 'channels' | 'cells'>): Stage[] {
  return Array.from({ length: STAGES }, (_, i) => {
    const width = Math.ceil((w[i] * channels) / STEM_CHANNELS);
    const stage = { blocks: d[i] * cells, channels: width, stride: i === 0 ? 1 : 2 } as const;
    if (r === undefined || g === undefined) return stage;
    return { ...stage, bottleneck: { channels: g[i] * Math.ceil(width / r[i] / g[i]), groups: g[i] } };
  });
}
