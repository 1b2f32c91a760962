/**
 * How cells are drawn and changed.
 *
 * A cell is decided by which vertices there are, the operation of each, and which edges there are. One decision is changed where
 * an inner vertex gets another operation; an edge comes or goes, every vertex staying on a path from input to output; or a vertex with
 * one edge in and one edge out comes or goes, nothing else being cut off. Each of these is undone by another one. The first two are
 * those of published local search (White et al., UAI 2021). The third joins cells of different numbers of vertices, which published
 * code does through vertices that lie on no path and are dropped. Edges follow the order in which vertices are numbered, so that
 * isomorphic cells do not have quite the same neighbours.
 */
import type { Random } from '../../src/base/random.js';
import {
  columnsOf,
  countBits,
  edgeBit,
  edgesOf,
  type Genotype,
  isWhole,
  MOST_EDGES,
  MOST_VERTICES,
  OPERATIONS,
  withoutVertex,
} from './genotype.js';
import { genotypeAt, SIZE } from './isomorphism.js';

/**
 * A uniform draw from the 423,624 classes of isomorphic cells, each in its canonical form. (The published code draws
 * 21 edges with probability 1/2 each until a cell is valid, which prefers cells with many equivalent matrices.)
 */
export function sample(random: Random): Genotype {
  return genotypeAt(random.integer(SIZE));
}

/** One of the neighbours, each as likely. */
export function mutate(genotype: Genotype, random: Random): Genotype {
  return random.pick(neighbours(genotype));
}

/** Every cell that differs in one decision: by operations, by edges, by vertices taken away, by vertices added. */
export function neighbours(genotype: Genotype): Genotype[] {
  return [
    ...withOtherOperation(genotype),
    ...withOtherEdge(genotype),
    // Twins are taken away, and put beside each other, to the same effect.
    ...distinct([...withVertexLess(genotype), ...withVertexMore(genotype)]),
  ];
}

/** All cells, one for each class of isomorphic ones: by vertices, then by edges as a number, then by operations. */
export function* enumerate(): Generator<Genotype> {
  for (let index = 0; index < SIZE; index++) yield genotypeAt(index);
}

function withOtherOperation(genotype: Genotype): Genotype[] {
  return genotype.operations.flatMap((current, i) =>
    OPERATIONS.filter((operation) => operation !== current).map((operation) => ({
      ...genotype,
      operations: genotype.operations.with(i, operation),
    })),
  );
}

function withOtherEdge(genotype: Genotype): Genotype[] {
  const { vertices } = genotype;
  return Array.from({ length: edgeBit(0, vertices) }, (_, bit) => genotype.edges ^ (1 << bit))
    .filter((edges) => countBits(edges) <= MOST_EDGES && isWhole(vertices, edges))
    .map((edges) => ({ ...genotype, edges }));
}

function withVertexLess(genotype: Genotype): Genotype[] {
  const columns = columnsOf(genotype);
  const vertices = genotype.vertices - 1;
  return genotype.operations.flatMap((_, i) => {
    const vertex = i + 1;
    const targets = columns.filter((column) => column & (1 << vertex)).length;
    const edges = edgesOf(withoutVertex(columns, vertex));
    if (targets !== 1 || countBits(columns[vertex]) !== 1 || !isWhole(vertices, edges)) return [];
    return [{ vertices, edges, operations: genotype.operations.toSpliced(i, 1) }];
  });
}

function withVertexMore(genotype: Genotype): Genotype[] {
  const { vertices, operations } = genotype;
  if (vertices === MOST_VERTICES || countBits(genotype.edges) + 2 > MOST_EDGES) return [];
  const columns = columnsOf(genotype);
  const grown: Genotype[] = [];
  for (let target = 1; target < vertices; target++) {
    for (let source = 0; source < target; source++) {
      // The new vertex may stand anywhere between the two.
      for (let vertex = source + 1; vertex <= target; vertex++) {
        const wider = withVertexAt(columns, vertex);
        wider[vertex] = 1 << source;
        wider[target + 1] |= 1 << vertex;
        const edges = edgesOf(wider);
        for (const operation of OPERATIONS) {
          grown.push({ vertices: vertices + 1, edges, operations: operations.toSpliced(vertex - 1, 0, operation) });
        }
      }
    }
  }
  return grown;
}

/** The columns of a graph with an unconnected vertex more; those from this number on move up by one. */
function withVertexAt(columns: readonly number[], vertex: number): number[] {
  const below = (1 << vertex) - 1;
  return columns.map((column) => (column & below) | ((column & ~below) << 1)).toSpliced(vertex, 0, 0);
}

function distinct(genotypes: readonly Genotype[]): Genotype[] {
  const byText = new Map(genotypes.map((genotype) => [`${genotype.edges} ${genotype.operations.join()}`, genotype]));
  return [...byText.values()];
}
