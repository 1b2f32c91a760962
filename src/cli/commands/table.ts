/** `nascent table`: tabular benchmarks, looked up instead of trained. */
import type { Command } from 'commander';
import { counted, whole } from '../../base/numbers.js';
import type { SearchSpace } from '../../contracts/search-space.js';
import type { TableColumn } from '../../contracts/table.js';
import type { ColumnGap } from '../../tables/columns.js';
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

/** Those that text shows: single trainings are left to --json where there is their mean. */
export function shownColumns<C extends TableColumn>(columns: readonly C[]): readonly C[] {
  const means = columns.filter(({ trial }) => trial === 'mean');
  return means.length > 0 ? means : columns;
}

const MOST_GAPS = 5;

/** One line for each column that not all architectures have: a search on that column knows fewer of them than the table has. */
export async function gapLines(columns: readonly TableColumn[], gaps: readonly ColumnGap[]): Promise<string[]> {
  const { columnTitle } = await import('../../tables/columns.js');
  const titles = new Set(shownColumns(columns).map(columnTitle));
  const shown = gaps.filter((gap) => titles.has(columnTitle(gap)));
  const lines = shown
    .slice(0, MOST_GAPS)
    .map((gap) => `${counted(gap.architectures, 'architecture')} without ${columnTitle(gap)}`);
  const rest = shown.length - lines.length;
  if (rest > 0) lines.push(`${counted(rest, 'more column')} that not all architectures have: --json shows them`);
  return lines;
}

/** `15,625, all there are`; `missing` is undefined where nobody said how many there are. */
export function architectureCount(count: number, missing: number | undefined): string {
  if (missing === undefined) return whole(count);
  return `${whole(count)}, ${missing === 0 ? 'all there are' : `${whole(missing)} of the published whole missing`}`;
}
