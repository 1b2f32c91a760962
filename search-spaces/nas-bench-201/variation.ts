/** How cells are drawn, changed, listed and turned into features. */
import type { Random } from '../../src/base/random.js';
import { EDGES, type Genotype, genotypeAt, OPERATIONS, SIZE } from './genotype.js';

/** A uniform draw: each edge's operation on its own. */
export function sample(random: Random): Genotype {
  return EDGES.map(() => random.pick(OPERATIONS));
}

/** One edge, drawn uniformly, gets one of its four other operations, drawn uniformly. */
export function mutate(genotype: Genotype, random: Random): Genotype {
  const edge = random.integer(EDGES.length);
  // A step of 1 … 4 along the circle of operations never comes back to where it was.
  const step = 1 + random.integer(OPERATIONS.length - 1);
  const digit = (OPERATIONS.indexOf(genotype[edge]) + step) % OPERATIONS.length;
  return genotype.with(edge, OPERATIONS[digit]);
}

/** The 24 cells that differ in one edge: by edge, then by operation. */
export function neighbours(genotype: Genotype): Genotype[] {
  return genotype.flatMap((current, edge) =>
    OPERATIONS.filter((operation) => operation !== current).map((operation) => genotype.with(edge, operation)),
  );
}

/** All 15,625 cells, in lexicographic order of their operation digits. */
export function* enumerate(): Generator<Genotype> {
  for (let index = 0; index < SIZE; index++) yield genotypeAt(index);
}

/** Length of an encoding: 6 edges × 5 operations. */
export const ENCODING_LENGTH = EDGES.length * OPERATIONS.length;

/** One-hot operations, edge by edge: float32 [30] (the encoding of WeakNAS, Wu et al., NeurIPS 2021). */
export function encode(genotype: Genotype): Float32Array {
  const features = new Float32Array(ENCODING_LENGTH);
  genotype.forEach((operation, edge) => {
    features[edge * OPERATIONS.length + OPERATIONS.indexOf(operation)] = 1;
  });
  return features;
}
