/** `nascent runs`: the runs of a ledger, oldest first. */
import type { Command } from 'commander';
import { counted, moment, percent } from '../../base/numbers.js';
import type { LedgerReader, RunRow } from '../../contracts/ledger.js';
import type { RunSummary } from '../../ui/runs-screen.js';
import { LEDGER_SETTINGS, withReader } from '../ledger-option.js';
import { table } from '../report/table.js';
import { canDraw } from '../screen/capability.js';
import { loadBrowser } from '../screen/load.js';
import type { Flags } from '../settings/gather.js';
import { addSettings } from '../settings/options.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';

type ListedRun = RunRow & Pick<RunSummary, 'scored' | 'trained' | 'validation'>;

export function addRuns(program: Command, terminal: Terminal): void {
  const command = program
    .command('runs')
    .description('list the runs of a ledger; in a terminal, go through them and open one')
    .option('--json', 'one object a line')
    .option('--plain', 'the table also in a terminal')
    .addHelpText('after', '\nExample:\n  nascent runs --ledger nascent.sqlite --json\n');
  addSettings(command, LEDGER_SETTINGS).action(async (flags: Flags) => {
    await withReader(terminal, flags, async (ledger) => {
      const runs = ledger.runs().map((run) => summaryOf(ledger, run));
      if (flags.json) for (const run of runs) writeJson(terminal, run);
      else if (runs.length === 0) writeLines(terminal, ['No runs yet. "nascent search" makes one.']);
      else if (canDraw(terminal) && !flags.plain) {
        const { screen, browseRuns } = await loadBrowser(terminal, `nascent: ${counted(runs.length, 'run')}`);
        await browseRuns(terminal, screen, ledger, runs.toReversed().map(listed));
      } else writeLines(terminal, table(COLUMNS, runs));
    });
  });
}

function listed({ configuration: { space, data }, ...run }: ListedRun): RunSummary {
  return { ...run, space, data };
}

const COLUMNS = [
  { title: 'run', text: (run: ListedRun) => run.id },
  { title: 'status', text: (run: ListedRun) => run.status },
  { title: 'began', text: (run: ListedRun) => moment(run.created) },
  { title: 'space', text: (run: ListedRun) => run.configuration.space },
  { title: 'data', text: (run: ListedRun) => run.configuration.data },
  { title: 'scored', text: (run: ListedRun) => String(run.scored), align: 'right' },
  { title: 'trained', text: (run: ListedRun) => String(run.trained), align: 'right' },
  {
    title: 'validation',
    text: (run: ListedRun) => (run.validation === undefined ? '-' : percent(run.validation)),
    align: 'right',
  },
] as const;

function summaryOf(ledger: LedgerReader, run: RunRow): ListedRun {
  const finished = ledger.evaluations(run.id).filter(({ status }) => status === 'finished');
  const accuracies = finished.flatMap(({ measures }) => measures?.validationAccuracy?.value ?? []);
  return {
    ...run,
    scored: ledger.candidates(run.id).length,
    trained: finished.length,
    validation: accuracies.length === 0 ? undefined : Math.max(...accuracies),
  };
}
