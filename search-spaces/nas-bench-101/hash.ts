/**
 * The hash by which NAS-Bench-101 names its cells (Ying et al., ICML 2019, section 2.2): equal for isomorphic cells, and only for
 * them within this space.
 *
 * Each vertex starts with the MD5 of its out-degree, in-degree and operation (−1 input, −2 output). As often as there are vertices, it
 * is replaced by the MD5 of the sorted hashes of those that feed it, of those that it feeds, and its own. The hash is the MD5 of the
 * sorted list of all. What is hashed is written as Python writes tuples and lists of strings.
 */
import { hash } from 'node:crypto';
import { type Genotype, hasEdge, OPERATIONS, sourcesOf } from './genotype.js';

/** 32 hexadecimal digits. */
export function graphHash(genotype: Genotype): string {
  const numbers = Array.from({ length: genotype.vertices }, (_, vertex) => vertex);
  const targets = numbers.map((source) =>
    numbers.filter((target) => source < target && hasEdge(genotype, source, target)),
  );
  const sources = numbers.map((target) => sourcesOf(genotype, target));
  const labels = [-1, ...genotype.operations.map((operation) => OPERATIONS.indexOf(operation)), -2];
  let hashes = numbers.map((vertex) =>
    md5(`(${targets[vertex].length}, ${sources[vertex].length}, ${labels[vertex]})`),
  );
  for (const _ of numbers) {
    const sorted = (vertices: readonly number[]) =>
      vertices
        .map((vertex) => hashes[vertex])
        .sort()
        .join('');
    hashes = numbers.map((vertex) => md5(`${sorted(sources[vertex])}|${sorted(targets[vertex])}|${hashes[vertex]}`));
  }
  return md5(
    `[${hashes
      .sort()
      .map((each) => `'${each}'`)
      .join(', ')}]`,
  );
}

function md5(text: string): string {
  return hash('md5', text, 'hex');
}
