/** `nascent runs`: the runs of a ledger, oldest first. */
import type { Command } from 'commander';
import type { LedgerReader, RunRow } from '../../contracts/ledger.js';
import { LEDGER_SETTINGS, withReader } from '../ledger-option.js';
import { moment, percent } from '../report/numbers.js';
import { table } from '../report/table.js';
import type { Flags } from '../settings/gather.js';
import { addSettings } from '../settings/options.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';

interface RunSummary extends RunRow {
  readonly scored: number;
  readonly trained: number;
  /** Best validation accuracy among the trained. */
  readonly validation: number | undefined;
}

export function addRuns(program: Command, terminal: Terminal): void {
  const command = program
    .command('runs')
    .description('list the runs of a ledger')
    .option('--json', 'one object a line')
    .addHelpText('after', '\nExample:\n  nascent runs --ledger nascent.sqlite --json\n');
  addSettings(command, LEDGER_SETTINGS).action(async (flags: Flags) => {
    const runs = await withReader(terminal, flags, (ledger) => ledger.runs().map((run) => summaryOf(ledger, run)));
    if (flags.json) {
      for (const run of runs) writeJson(terminal, run);
    } else if (runs.length === 0) {
      writeLines(terminal, ['No runs yet. "nascent search" makes one.']);
    } else {
      writeLines(terminal, table(COLUMNS, runs));
    }
  });
}

const COLUMNS = [
  { title: 'run', text: (run: RunSummary) => run.id },
  { title: 'status', text: (run: RunSummary) => run.status },
  { title: 'began', text: (run: RunSummary) => moment(run.created) },
  { title: 'space', text: (run: RunSummary) => run.configuration.space },
  { title: 'data', text: (run: RunSummary) => run.configuration.data },
  { title: 'scored', text: (run: RunSummary) => String(run.scored), align: 'right' },
  { title: 'trained', text: (run: RunSummary) => String(run.trained), align: 'right' },
  {
    title: 'validation',
    text: (run: RunSummary) => (run.validation === undefined ? '-' : percent(run.validation)),
    align: 'right',
  },
] as const;

function summaryOf(ledger: LedgerReader, run: RunRow): RunSummary {
  const finished = ledger.evaluations(run.id).filter(({ status }) => status === 'finished');
  const accuracies = finished.flatMap(({ measures }) => measures?.validationAccuracy?.value ?? []);
  return {
    ...run,
    scored: ledger.candidates(run.id).length,
    trained: finished.length,
    validation: accuracies.length === 0 ? undefined : Math.max(...accuracies),
  };
}
