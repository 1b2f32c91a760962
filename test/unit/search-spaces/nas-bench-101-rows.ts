/** The 20,001 published cells of NAS-Bench-101 in shared/data, where they are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Genotype, OPERATIONS } from '../../../search-spaces/nas-bench-101/genotype.js';

const table = new URL('../../../../shared/data/nas-bench-101-20k.csv.gz', import.meta.url);

export const rowsMissing = !existsSync(table);

export interface Row {
  readonly hash: string;
  readonly genotype: Genotype;
  readonly parameters: number;
}

export function publishedRows(): Row[] {
  const [header, ...lines] = gunzipSync(readFileSync(table)).toString().trim().split('\n');
  const place = (name: string) => header.split(',').indexOf(name);
  const [hash, vertices, edges, operations, parameters] = ['hash', 'vertices', 'adj_bits', 'ops', 'params'].map(place);
  return lines.map((line) => {
    const fields = line.split(',');
    const genotype = {
      vertices: Number(fields[vertices]),
      edges: Number(fields[edges]),
      operations: [...fields[operations]].map((digit) => OPERATIONS[Number(digit)]),
    };
    return { hash: fields[hash], genotype, parameters: Number(fields[parameters]) };
  });
}
