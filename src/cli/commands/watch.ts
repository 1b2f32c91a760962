/** `nascent watch`: looks on at a run that another process writes, or at one that has ended. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import type { LedgerReader, RunRow } from '../../contracts/ledger.js';
import { LEDGER_SETTINGS, latestRun, withReader } from '../ledger-option.js';
import { showProgress } from '../progress.js';
import { canDraw } from '../screen/capability.js';
import { loadBrowser } from '../screen/load.js';
import type { Flags } from '../settings/gather.js';
import { addSettings } from '../settings/options.js';
import { type Terminal, writeJson } from '../terminal.js';

/** Milliseconds between looks. */
const INTERVAL = 250;
const AT_ONCE = 1000;

export function addWatch(program: Command, terminal: Terminal): void {
  const command = program
    .command('watch')
    .argument('[RUN]', 'id of the run, or its beginning (default: the latest)')
    .description('look on at a run while another process writes it, or at one that has ended; changes nothing')
    .option('--json', 'its events, an object a line, until it stops')
    .addHelpText('after', '\nExamples:\n  nascent watch\n  nascent watch 4f2a --ledger cifar.sqlite\n');
  addSettings(command, LEDGER_SETTINGS).action(async (named: string | undefined, flags: Flags) => {
    await withReader(terminal, flags, async (ledger) => {
      const run = named === undefined ? latestRun(ledger, 'a run') : ledger.run(named);
      if (flags.json || !canDraw(terminal)) return tell(terminal, ledger, run, Boolean(flags.json));
      const { screen, watchOnScreen } = await loadBrowser(terminal, 'nascent: reading the run');
      return watchOnScreen(terminal, screen, ledger, run);
    });
  });
}

/** Without a terminal: what the run says, until it is over or nobody listens. */
async function tell(terminal: Terminal, ledger: LedgerReader, { id }: RunRow, json: boolean): Promise<void> {
  const progress = showProgress(terminal);
  let last = 0;
  while (!terminal.unread.aborted) {
    const events = ledger.events(id, last, AT_ONCE);
    for (const event of events) {
      if (json) writeJson(terminal, event);
      else progress.see(event);
    }
    last = events.at(-1)?.sequence ?? last;
    if (events.length === AT_ONCE) continue;
    if (ledger.run(id).status !== 'running') break;
    await wait(INTERVAL);
  }
  progress.clear();
}
