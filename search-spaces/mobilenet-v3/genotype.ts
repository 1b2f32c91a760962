/**
 * Genotypes of the MobileNetV3 space of once-for-all (Cai et al., ICLR 2020, section 4.1) and their text.
 *
 * Five stages of two to four blocks; each block chooses the side of its kernel and how far it expands its channels. The resolution counts
 * pixels of ImageNet images, whose side is 224 as a rule; images of other data are scaled alike.
 *
 * The published code writes lists of numbers, in which blocks that are left out have values too. The text here names what there is:
 * `r236|k3e3-k5e4-k3e3|k5e4-…|…`, the resolution, then for each stage its blocks.
 */
import { expected } from '../../src/base/errors.js';
import { allOf } from '../../src/spaces/all-of.js';
import type { Decision } from '../../src/spaces/decision.js';
import { oneOf } from '../../src/spaces/one-of.js';
import { repeated } from '../../src/spaces/repeated.js';

export const KERNELS = [3, 5, 7] as const;
export const EXPANSIONS = [3, 4, 6] as const;
export const STAGES = 5;
export const FEWEST_BLOCKS = 2;
export const MOST_BLOCKS = 4;
/** The supernet was trained at 128 … 224; its published subnets are run at up to 236. */
export const RESOLUTIONS: readonly number[] = Array.from({ length: 33 }, (_, i) => 128 + 4 * i);

export interface Block {
  readonly kernel: (typeof KERNELS)[number];
  /** Channels inside the block for each that comes in. */
  readonly expansion: (typeof EXPANSIONS)[number];
}

export interface Genotype {
  readonly resolution: number;
  readonly stages: readonly (readonly Block[])[];
}

/** @param resolutions those to choose from */
export function decisionOf(resolutions: readonly number[]): Decision<Genotype> {
  const block = allOf<Block>('a block', {
    kernel: oneOf('a kernel', KERNELS),
    expansion: oneOf('an expansion', EXPANSIONS),
  });
  const stage = repeated('a block', FEWEST_BLOCKS, MOST_BLOCKS, block);
  return allOf<Genotype>('the architecture', {
    resolution: oneOf('the resolution', resolutions),
    stages: repeated('a stage', STAGES, STAGES, stage),
  });
}

export function format({ resolution, stages }: Genotype): string {
  const blocks = (stage: readonly Block[]) => stage.map(({ kernel, expansion }) => `k${kernel}e${expansion}`).join('-');
  return [`r${resolution}`, ...stages.map(blocks)].join('|');
}

/**
 * Reads the text; space around it is ignored.
 * @throws NascentError of code 'usage' that names the first stage or block that is wrong
 */
export function parse(text: string, resolutions: readonly number[] = RESOLUTIONS): Genotype {
  const [first, ...stages] = text.trim().split('|');
  if (stages.length !== STAGES) {
    const form = `a resolution and ${STAGES} stages between bars, as in "r224|k3e4-k5e6|…"`;
    throw expected('the architecture', form, text);
  }
  const resolution = resolutions.find((side) => `r${side}` === first);
  if (resolution === undefined) {
    const [low, high] = [resolutions[0], resolutions[resolutions.length - 1]];
    throw expected('the resolution', low === high ? `"r${low}"` : `"r${low}" to "r${high}" in steps of 4`, first);
  }
  return { resolution, stages: stages.map(parseStage) };
}

function parseStage(text: string, stage: number): Block[] {
  const blocks = text.split('-');
  if (blocks.length < FEWEST_BLOCKS || blocks.length > MOST_BLOCKS) {
    throw expected(`stage ${stage + 1}`, `${FEWEST_BLOCKS} to ${MOST_BLOCKS} blocks joined by "-"`, text);
  }
  return blocks.map((block, i) => {
    const [, kernel, expansion] = /^k(\d)e(\d)$/.exec(block)?.map(Number) ?? [];
    const known = { kernel: KERNELS.find((k) => k === kernel), expansion: EXPANSIONS.find((e) => e === expansion) };
    if (known.kernel === undefined || known.expansion === undefined) {
      const form = `"k3", "k5" or "k7" and then "e3", "e4" or "e6", as in "k3e4"`;
      throw expected(`block ${i + 1} of stage ${stage + 1}`, form, block);
    }
    return known as Block;
  });
}
