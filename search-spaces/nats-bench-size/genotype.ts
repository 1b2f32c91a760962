/**
 * Genotypes of NATS-Bench's size space (Dong et al., TPAMI 2021) and their official text.
 *
 * Five layers, each of 8, 16, …, 64 channels: 8⁵ = 32,768 architectures. The layers are the first stage (and its stem), the residual
 * block that halves the image, the second stage, the second block and the third stage.
 */
import { expected } from '../../src/base/errors.js';
import type { Widths } from '../nas-bench-201/network.js';

/** The widths, in order. */
export const WIDTHS: readonly number[] = [8, 16, 24, 32, 40, 48, 56, 64];

export const LAYERS = 5;

export type Genotype = Widths;

/** The official text, e.g. `16:32:64:8:8`. */
export function format(genotype: Genotype): string {
  return genotype.join(':');
}

/**
 * Reads the official text; space around it is ignored.
 * @throws NascentError of code 'usage' that names the first width that is wrong.
 */
export function parse(text: string): Genotype {
  const parts = text.trim().split(':');
  if (parts.length !== LAYERS)
    throw expected('the architecture', 'five widths joined by ":", as in "16:32:64:8:8"', text);
  return genotypeOf(
    parts.map((part, i) => {
      const width = WIDTHS.find((known) => String(known) === part);
      if (width === undefined) throw expected(`the width of layer ${i + 1}`, `one of ${WIDTHS.join(', ')}`, part);
      return width;
    }),
  );
}

export function genotypeOf([first, halved, second, quartered, third]: readonly number[]): Genotype {
  return [first, halved, second, quartered, third];
}
