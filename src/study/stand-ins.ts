/**
 * What is evaluated where a proposal is not in the table: the nearest architecture of the table that has not been evaluated, so that
 * strategies which know nothing of the table (evolution, local search) are fair baselines on a part of a space.
 */
import once from 'lodash/once.js';
import type { Random } from '../base/random.js';
import type { SearchSpace } from '../contracts/search-space.js';

/** Distance: features of the encoding of canonical forms that differ. Of equally near rows a random one is taken. */
export class StandIns<A> {
  private readonly width: number;

  constructor(
    private readonly space: SearchSpace<A>,
    private readonly rows: readonly A[],
  ) {
    this.width = space.encodingLength;
  }

  /** Of all rows; made when first needed, which on the table of a whole space is never. */
  private readonly codes = once((): Float32Array => {
    const codes = new Float32Array(this.rows.length * this.width);
    this.rows.forEach((row, i) => {
      codes.set(this.codeOf(row), i * this.width);
    });
    return codes;
  });

  /** @returns undefined where every row is `taken` */
  nearest(architecture: A, taken: (row: number) => boolean, random: Random): number | undefined {
    const code = this.codeOf(architecture);
    const codes = this.codes();
    const nearest: number[] = [];
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.rows.length; row++) {
      if (taken(row)) continue;
      const distance = this.distance(code, codes, row, least);
      if (distance > least) continue;
      if (distance < least) nearest.length = 0;
      least = distance;
      nearest.push(row);
    }
    return nearest.length > 0 ? random.pick(nearest) : undefined;
  }

  /** Gives up where it is above `limit`. */
  private distance(code: Float32Array, codes: Float32Array, row: number, limit: number): number {
    const start = row * this.width;
    let differing = 0;
    for (let i = 0; i < this.width && differing <= limit; i++) if (code[i] !== codes[start + i]) differing++;
    return differing;
  }

  private codeOf(architecture: A): Float32Array {
    return this.space.encode(this.space.canonical(architecture, 'function'));
  }
}
