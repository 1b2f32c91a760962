/** What samplers are told of cells without training, with a record of what they asked. */
import { type Genotype, nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { hash32 } from '../../../src/base/hash.js';
import type { CheapKnowledge } from '../../../src/contracts/sampler.js';

export const space = nasBench201();

/** A made-up score: few are equal, and one in eight cannot be computed. */
export function scoreOf(cell: Genotype): number {
  const hash = hash32(space.format(cell));
  return hash % 8 === 0 ? Number.NaN : hash;
}

export function recordedKnowledge(): { knowledge: CheapKnowledge<Genotype>; asked: Genotype[][] } {
  const asked: Genotype[][] = [];
  return {
    asked,
    knowledge: {
      cost: (cell) => space.cost!(cell),
      metric: 'made-up',
      score: async (cells) => {
        asked.push([...cells]);
        return Float64Array.from(cells, scoreOf);
      },
    },
  };
}

/** Texts from the highest worth to the lowest; NaN last, equals in their order. */
export function ranked(cells: readonly Genotype[], worthOf: (cell: Genotype) => number): string[] {
  const known = cells.filter((cell) => !Number.isNaN(worthOf(cell)));
  const unknown = cells.filter((cell) => Number.isNaN(worthOf(cell)));
  return [...known.toSorted((a, b) => worthOf(b) - worthOf(a)), ...unknown].map(space.format);
}
