/** `nascent table import`: a published table into a local store. */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { unknownName } from '../../base/names.js';
import { counted } from '../../base/numbers.js';
import type { ImportReport } from '../../tables/import.js';
import { statusLine } from '../status-line.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';
import { architectureCount, cataloguedSpace, gapLines } from './table.js';

interface ImportFlags {
  readonly space?: string;
  readonly out?: string;
  readonly partial?: boolean;
  readonly json?: boolean;
}

const EXTENSION = '.nascent-table';

const DETAILS = `
FILE is one of these, told by its content:
  NAS-Bench-101   nasbench_only108.tfrecord, nasbench_full.tfrecord
  NAS-Bench-201   NAS-Bench-201-v1_0-e61699.pth, NAS-Bench-201-v1_1-096897.pth
  NATS-Bench      NATS-tss-….pickle.pbz2, NATS-sss-….pickle.pbz2, or the unpacked folder of either
  CSV, also .gz   architectures in arch, channels, or vertices, adj_bits and ops; values in columns named as c10_val_200,
                  c100_test_200, in16_val_200, c10_halftrain_test_200, c10_train_s_200, val_108
Of pickles (.pth, .pbz2) only plain containers and numbers are read, and nothing in them is run.
Files of gigabytes take minutes.

Examples:
  nascent table import NATS-tss-v1_0-3ffb9.pickle.pbz2
  nascent table import nasbench_only108.tfrecord --out tables/nb101${EXTENSION} --json
`;

export function addTableImport(table: Command, terminal: Terminal): void {
  table
    .command('import')
    .argument('<FILE>', 'published table: a file, or the folder of an unpacked one')
    .description('turn a published table into one checksummed local store')
    .option('--space <name>', 'search space of the table (default: told by its content)')
    .option('--out <file>', `the store to write (default: the name of FILE with ${EXTENSION}, in this folder)`)
    .option('--partial', 'take a table that has most of the published architectures, and lacks some')
    .option('--json', 'one object')
    .addHelpText('after', DETAILS)
    .action(async (file: string, flags: ImportFlags) => {
      await refuseUnknownSpace(flags.space);
      const { importTable } = await import('../../tables/import.js');
      const status = statusLine(terminal);
      const report = await importTable(resolve(terminal.folder, file), outFile(terminal, file, flags), {
        space: flags.space,
        spaceOf: cataloguedSpace,
        partial: flags.partial,
        onProgress: (part) => status.write(`reading ${basename(file)}: ${Math.floor(part * 100)} %`),
      }).finally(() => status.clear());
      if (flags.json) writeJson(terminal, report);
      else writeLines(terminal, await lines(report));
    });
}

async function refuseUnknownSpace(name: string | undefined): Promise<void> {
  const { namesOf } = await import('../../catalog.js');
  const { TABULATED_SPACES } = await import('../../tables/spaces.js');
  const known = [...new Set([...namesOf('spaces'), ...TABULATED_SPACES])];
  if (name !== undefined && !known.includes(name)) throw unknownName('the search space', name, known);
}

function outFile({ folder }: Terminal, file: string, { out }: ImportFlags): string {
  const name = basename(file).replace(/(\.csv)?(\.gz)?$|\.tfrecord$|\.pth$|\.pickle(\.pbz2)?$/, '');
  return resolve(folder, out ?? `${name}${EXTENSION}`);
}

async function lines(report: ImportReport): Promise<string[]> {
  const { space, format, source, count, missing, columns, gaps, leftOut, file, checksum } = report;
  const datasets = [...new Set(columns.map(({ dataset }) => dataset))];
  const rows: [string, string][] = [
    ['read', `${source}, ${format}`],
    ['space', space],
    ['architectures', architectureCount(count, missing)],
    ['columns', `${counted(columns.length, 'column')} of ${datasets.join(', ')}`],
    ...(await gapLines(columns, gaps)).map((line): [string, string] => ['incomplete', line]),
    ['left out', leftOut.length === 0 ? 'nothing' : leftOut.join(', ')],
    ['checksum', checksum],
    ['written', file],
  ];
  return rows.map(([name, text]) => `${name.padEnd(13)}  ${text}`);
}
