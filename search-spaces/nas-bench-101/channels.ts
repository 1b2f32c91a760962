/** How a cell's vertices share its channels. */
import { type Genotype, hasEdge, sourcesOf } from './genotype.js';

/**
 * Channels of each vertex's output (Ying et al., ICML 2019, section 2.3, and the released code). The vertices that feed the output, the
 * input aside, are concatenated and share its channels evenly; where that leaves a rest, the first of them have one more. Every other
 * vertex has as many as the widest of those that it feeds. The input's entry is not used and is 0.
 */
export function vertexChannels(genotype: Genotype, out: number): number[] {
  const output = genotype.vertices - 1;
  const channels = new Array<number>(genotype.vertices).fill(0);
  channels[output] = out;
  const concatenated = concatenatedVertices(genotype);
  concatenated.forEach((vertex, i) => {
    channels[vertex] = Math.floor(out / concatenated.length) + Number(i < out % concatenated.length);
  });
  for (let vertex = output - 1; vertex > 0; vertex--) {
    if (hasEdge(genotype, vertex, output)) continue;
    for (let target = vertex + 1; target < output; target++) {
      if (hasEdge(genotype, vertex, target)) channels[vertex] = Math.max(channels[vertex], channels[target]);
    }
  }
  return channels;
}

/** The inner vertices whose outputs the cell's output holds, ascending. */
export function concatenatedVertices(genotype: Genotype): number[] {
  return sourcesOf(genotype, genotype.vertices - 1).filter((source) => source > 0);
}
