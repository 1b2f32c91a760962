/** How widths are drawn, changed, listed and turned into features. */
import type { Random } from '../../src/base/random.js';
import { type Genotype, genotypeAt, genotypeOf, LAYERS, SIZE, WIDTHS } from './genotype.js';

/** A uniform draw: each layer's width on its own. */
export function sample(random: Random): Genotype {
  return genotypeOf(Array.from({ length: LAYERS }, () => random.pick(WIDTHS)));
}

/** One layer, drawn uniformly, gets one of its seven other widths, drawn uniformly. */
export function mutate(genotype: Genotype, random: Random): Genotype {
  const layer = random.integer(LAYERS);
  // A step of 1 … 7 along the circle of widths never comes back to where it was.
  const step = 1 + random.integer(WIDTHS.length - 1);
  const place = (WIDTHS.indexOf(genotype[layer]) + step) % WIDTHS.length;
  return genotypeOf(genotype.with(layer, WIDTHS[place]));
}

/** The 35 architectures that differ in one layer: by layer, then by width. */
export function neighbours(genotype: Genotype): Genotype[] {
  return genotype.flatMap((current, layer) =>
    WIDTHS.filter((width) => width !== current).map((width) => genotypeOf(genotype.with(layer, width))),
  );
}

/** All 32,768, in the order of the published table. */
export function* enumerate(): Generator<Genotype> {
  for (let index = 0; index < SIZE; index++) yield genotypeAt(index);
}

/** Length of an encoding: 5 layers × 8 widths. */
export const ENCODING_LENGTH = LAYERS * WIDTHS.length;

/** One-hot widths, layer by layer: float32 [40]. */
export function encode(genotype: Genotype): Float32Array {
  const features = new Float32Array(ENCODING_LENGTH);
  genotype.forEach((width, layer) => {
    features[layer * WIDTHS.length + WIDTHS.indexOf(width)] = 1;
  });
  return features;
}
