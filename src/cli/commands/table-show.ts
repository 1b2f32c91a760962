/** `nascent table show`: what a table holds, and what it says of one architecture. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { NascentError, show, wholeNumber } from '../../base/errors.js';
import { decimal, percent, whole } from '../../base/numbers.js';
import type { Table, TableColumn } from '../../contracts/table.js';
import { numberOf } from '../flags.js';
import { table as textTable } from '../report/table.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';
import { architectureCount, cataloguedSpace, gapLines, shownColumns } from './table.js';

interface ShowFlags {
  readonly dataset?: string;
  readonly split?: string;
  readonly epochs?: string;
  readonly arch?: string;
  readonly json?: boolean;
}

interface Row {
  readonly index: number;
  readonly arch: string;
}

interface ColumnSummary extends TableColumn {
  /** Architectures that have a value. */
  readonly values: number;
  readonly lowest: number;
  readonly mean: number;
  readonly highest: number;
  /** The first row of the highest accuracy. */
  readonly best?: Row;
}

interface ColumnValue extends TableColumn {
  /** Null where the table has none. */
  readonly value: number | null;
}

const EXAMPLES = `
Examples:
  nascent table show nas-bench-201.nascent-table
  nascent table show nas-bench-201.csv.gz --dataset cifar10 --split validation --epochs 200 --json
  nascent table show nas-bench-201.nascent-table --arch '|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|'
`;

export function addTableShow(parent: Command, terminal: Terminal): void {
  parent
    .command('show')
    .argument('<FILE>', 'a store made by "nascent table import", or a neutral CSV file')
    .description('show what a table holds: columns, their range and best rows, or one architecture')
    .option('--dataset <name>', 'columns of this data set only')
    .option('--split <name>', 'columns of this split only: train, validation or test')
    .option('--epochs <number>', 'columns of trainings of this length only')
    .option('--arch <text>', 'what the table says of this architecture')
    .option('--json', 'one object')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: ShowFlags) => {
      const { openAnyTable } = await import('../../tables/open.js');
      const opened = await openAnyTable(resolve(terminal.folder, file), cataloguedSpace);
      // All of it, though little is shown: what is wrong with a file is said when one looks at it, not in the study that needs it.
      opened.verify?.();
      const columns = await wantedColumns(opened, flags);
      const about = await aboutTable(opened);
      if (flags.arch !== undefined) {
        const architecture = await look(opened, columns, flags.arch);
        if (flags.json) writeJson(terminal, { ...about, architecture });
        else writeLines(terminal, architectureLines(about, architecture));
      } else if (flags.json) {
        writeJson(terminal, { ...about, columns: columns.map((column) => summarise(opened, column)) });
      } else {
        writeLines(terminal, await tableLines(about, opened, columns));
      }
    });
}

async function wantedColumns({ columns }: Table, { dataset, split, epochs }: ShowFlags): Promise<TableColumn[]> {
  const { narrowed } = await import('../../tables/columns.js');
  const asked = numberOf(epochs, '--epochs');
  const length = asked === undefined ? undefined : wholeNumber('--epochs', asked, 1);
  let wanted = [...columns];
  if (dataset !== undefined) wanted = narrowed(wanted, 'dataset', dataset, 'the data set of the table');
  if (split !== undefined) wanted = narrowed(wanted, 'split', split, 'the split in the table');
  if (length !== undefined) wanted = narrowed(wanted, 'epochs', length, 'the epochs in the table');
  return wanted;
}

async function aboutTable({ space, source, checksum, count }: Table) {
  const { wholeSize } = await import('../../tables/spaces.js');
  const size = wholeSize(space);
  return { space, source, checksum, count, missing: size === undefined ? undefined : size - count };
}

type About = Awaited<ReturnType<typeof aboutTable>>;

function summarise(table: Table, column: TableColumn): ColumnSummary {
  const all = table.values(column);
  let [values, sum, lowest, highest, best] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  all.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    values++;
    sum += value;
    lowest = Math.min(lowest, value);
    if (value > highest) [highest, best] = [value, index];
  });
  const summary = { ...column, values, lowest, mean: sum / values, highest };
  if (column.measure !== 'accuracy') return summary;
  return { ...summary, best: { index: best, arch: table.architecture(best) } };
}

/** @throws NascentError `usage` where the table has no row of it */
async function look(table: Table, columns: readonly TableColumn[], text: string) {
  const space = await cataloguedSpace(table.space);
  const arch = space ? space.format(space.parse(text)) : text;
  const index = table.indexOf(arch);
  if (index === undefined) {
    throw new NascentError('usage', `Expected the architecture to be one of the table's, got ${show(arch)}.`);
  }
  const values = columns.map((column): ColumnValue => {
    const value = table.values(column)[index];
    return { ...column, value: Number.isNaN(value) ? null : value };
  });
  return { index, arch: table.architecture(index), values };
}

function aboutLines({ space, source, checksum, count, missing }: About): string[] {
  const rows: [string, string][] = [
    ['space', space],
    ['source', source],
    ['architectures', architectureCount(count, missing)],
    ['checksum', checksum],
  ];
  return rows.map(([name, text]) => `${name.padEnd(13)}  ${text}`);
}

const NAMES = [
  { title: 'data set', text: ({ dataset }: TableColumn) => dataset },
  { title: 'split', text: ({ split }: TableColumn) => split },
  { title: 'epochs', text: ({ epochs }: TableColumn) => String(epochs), align: 'right' },
  { title: 'measure', text: ({ measure }: TableColumn) => measure },
  { title: 'trial', text: ({ trial }: TableColumn) => String(trial) },
] as const;

const SUMMARY = [
  ...NAMES,
  { title: 'values', text: (column: ColumnSummary) => whole(column.values), align: 'right' },
  { title: 'lowest', text: (column: ColumnSummary) => number(column, column.lowest), align: 'right' },
  { title: 'mean', text: (column: ColumnSummary) => number(column, column.mean), align: 'right' },
  { title: 'highest', text: (column: ColumnSummary) => number(column, column.highest), align: 'right' },
  { title: 'best row', text: ({ best }: ColumnSummary) => (best ? `${best.index}  ${best.arch}` : '') },
] as const;

const VALUE = [
  ...NAMES,
  { title: 'value', text: (column: ColumnValue) => number(column, column.value ?? Number.NaN), align: 'right' },
] as const;

async function tableLines(about: About, table: Table, columns: readonly TableColumn[]): Promise<string[]> {
  const shown = shownColumns(columns);
  const rest = columns.length - shown.length;
  const summaries = shown.map((column) => summarise(table, column));
  const gaps = summaries.map((column) => ({ ...column, architectures: table.count - column.values }));
  const lines = await gapLines(
    shown,
    gaps.filter(({ architectures }) => architectures > 0),
  );
  return [
    ...aboutLines(about),
    '',
    ...textTable(SUMMARY, summaries),
    ...(lines.length > 0 ? ['', ...lines] : []),
    ...(rest > 0 ? ['', `${whole(rest)} more columns of single trainings: --json shows them.`] : []),
  ];
}

function architectureLines(about: About, { index, arch, values }: Awaited<ReturnType<typeof look>>): string[] {
  return [...aboutLines(about), `architecture   ${arch}`, `row            ${index}`, '', ...textTable(VALUE, values)];
}

function number({ measure }: TableColumn, value: number): string {
  if (Number.isNaN(value)) return '-';
  return measure === 'accuracy' ? percent(value) : decimal(value);
}
