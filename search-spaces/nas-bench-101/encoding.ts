/** The two published ways to turn a cell into features. */
import { unknownName } from '../../src/base/names.js';
import { type Genotype, hasEdge, MOST_VERTICES, OPERATIONS } from './genotype.js';

export interface Encoding {
  readonly length: number;
  /** float32 [length] */
  encode(genotype: Genotype): Float32Array;
}

/** What a vertex after the input may be, in the order of the published code. */
const KINDS = ['conv1x1-bn-relu', 'conv3x3-bn-relu', 'maxpool3x3', 'output'] as const;

/**
 * That of WeakNAS (Wu et al., NeurIPS 2021): for each vertex 1 … 6, whether each earlier vertex feeds it, then what it is as one-hot
 * of four; zeros for vertices that the cell does not have. 21 + 6 × 4 = 45 features. Vertices count in the order in which the
 * cell is given, so that isomorphic cells differ.
 */
const adjacency: Encoding = {
  length: (MOST_VERTICES * (MOST_VERTICES - 1)) / 2 + (MOST_VERTICES - 1) * KINDS.length,
  encode(genotype) {
    const features = new Float32Array(adjacency.length);
    let place = 0;
    for (let vertex = 1; vertex < genotype.vertices; vertex++) {
      for (let source = 0; source < vertex; source++) features[place++] = Number(hasEdge(genotype, source, vertex));
      features[place + KINDS.indexOf(genotype.operations[vertex - 1] ?? 'output')] = 1;
      place += KINDS.length;
    }
    return features;
  },
};

/**
 * The path encoding (White et al., "BANANAS", AAAI 2021): one feature for each sequence of at most five operations, 1 where a path
 * from input to output has it. The sequence of digits d₀ … d₍ₖ₋₁₎ has the place Σ 3ⁱ (dᵢ + 1), so there are 1 + 3 + … + 3⁵ = 364.
 * Isomorphic cells are encoded alike, and some that differ are as well.
 */
const path: Encoding = {
  length: (3 ** (MOST_VERTICES - 1) - 1) / 2,
  encode(genotype) {
    const features = new Float32Array(path.length);
    const output = genotype.vertices - 1;
    const follow = (vertex: number, place: number, weight: number): void => {
      if (hasEdge(genotype, vertex, output)) features[place] = 1;
      for (let target = vertex + 1; target < output; target++) {
        if (!hasEdge(genotype, vertex, target)) continue;
        const digit = OPERATIONS.indexOf(genotype.operations[target - 1]);
        follow(target, place + weight * (digit + 1), 3 * weight);
      }
    };
    follow(0, 0, 1);
    return features;
  },
};

const ENCODINGS: Readonly<Record<string, Encoding>> = { adjacency, path };

/**
 * The encoding of this name.
 * @throws NascentError of code 'usage' where there is none.
 */
export function encodingNamed(name: unknown): Encoding {
  if (typeof name === 'string' && Object.hasOwn(ENCODINGS, name)) return ENCODINGS[name];
  throw unknownName('`encoding`', String(name), Object.keys(ENCODINGS));
}
