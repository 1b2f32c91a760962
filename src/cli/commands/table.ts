/** `nascent table`: tabular benchmarks, looked up instead of trained. */
import type { Command } from 'commander';
import { whole } from '../../base/numbers.js';
import type { SearchSpace } from '../../contracts/search-space.js';
import type { Terminal } from '../terminal.js';
import { addTableImport } from './table-import.js';
import { addTableShow } from './table-show.js';

export function addTable(program: Command, terminal: Terminal): void {
  const table = program.command('table').description('import published benchmark tables; show what one holds');
  addTableImport(table, terminal);
  addTableShow(table, terminal);
}

/** The space of a table, where the catalogue has it. */
export async function cataloguedSpace(name: string): Promise<SearchSpace | undefined> {
  const { namesOf, resolve } = await import('../../catalog.js');
  return namesOf('spaces').includes(name) ? (await resolve('spaces', name))() : undefined;
}

/** `15,625, all there are`; `missing` is undefined where nobody said how many there are. */
export function architectureCount(count: number, missing: number | undefined): string {
  if (missing === undefined) return whole(count);
  return `${whole(count)}, ${missing === 0 ? 'all there are' : `${whole(missing)} of the published whole missing`}`;
}
