/** One search on a table: proposals are looked up instead of trained. */
import type { Random } from '../base/random.js';
import type { Observation, Sampler } from '../contracts/sampler.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { Table } from '../contracts/table.js';
import type { Labels } from './labels.js';
import { StandIns } from './stand-ins.js';

/** Proposals in a row that may be known already: a strategy that only repeats itself is at its end. */
const MOST_REPEATS = 1000;

/** A table with its rows as architectures of the space: made once for many searches. */
export interface SearchedTable<A> {
  readonly space: SearchSpace<A>;
  readonly table: Table;
  readonly labels: Labels;
  /** The architectures of `labels.rows`. */
  readonly pool: readonly A[];
  readonly standIns: StandIns<A>;
}

export function searchedTable<A>(space: SearchSpace<A>, table: Table, labels: Labels): SearchedTable<A> {
  const pool = labels.rows.map((row) => space.parse(table.architecture(row)));
  return { space, table, labels, pool, standIns: new StandIns(space, pool) };
}

/**
 * Asks for proposals until the best architecture or `samples` different ones are evaluated. A proposal that is known already costs no
 * sample: it is answered from memory.
 * @param goOn is asked before each proposal; may throw
 * @returns rows of the table in the order of their evaluation
 */
export async function searchTable<A>(
  { space, table, labels, pool, standIns }: SearchedTable<A>,
  sampler: Sampler<A>,
  random: Random,
  { samples, toTheEnd }: { readonly samples: number; readonly toTheEnd: boolean },
  goOn: () => void = () => {},
): Promise<number[]> {
  const place = new Map(labels.rows.map((row, i) => [row, i]));
  const order: number[] = [];
  const evaluated = new Set<number>();
  const seen: Observation<A>[] = [];
  const most = Math.min(samples, labels.rows.length);
  const rowOf = (architecture: A, proposal: number): number | undefined => {
    const row = table.indexOf(space.format(architecture));
    if (row !== undefined && place.has(row)) return row;
    const taken = (i: number) => evaluated.has(labels.rows[i]);
    const stand = standIns.nearest(architecture, taken, random.child('stand-in', proposal));
    return stand === undefined ? undefined : labels.rows[stand];
  };

  for (let repeats = 0; order.length < most && repeats < MOST_REPEATS; ) {
    goOn();
    const proposal = seen.length;
    const needed = sampler.needs(proposal);
    const proposed = await sampler.propose(proposal, needed === proposal ? seen : seen.slice(0, needed));
    const row = rowOf(proposed, proposal);
    if (row === undefined) break;
    seen.push({ proposal, architecture: pool[place.get(row)!], value: labels.validation[row] });
    repeats = evaluated.has(row) ? repeats + 1 : 0;
    if (repeats > 0) continue;
    evaluated.add(row);
    order.push(row);
    if (labels.validation[row] === labels.optimum && !toTheEnd) break;
  }
  return order;
}
