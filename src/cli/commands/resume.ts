/** `nascent resume`: goes on with a run that was interrupted or killed. */
import type { Command } from 'commander';
import type { RunRow } from '../../contracts/ledger.js';
import { DEFAULT_LEDGER } from '../../search/options.js';
import { latestRun, withReader } from '../ledger-option.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings, settingsNamed } from '../settings/options.js';
import type { Terminal } from '../terminal.js';

const SETTINGS = settingsNamed(['ledger', 'workers']);

export function addResume(program: Command, terminal: Terminal): void {
  const command = program
    .command('resume')
    .argument('[RUN]', 'id of the run, or its beginning (default: the latest unfinished one)')
    .description('go on with a run that was interrupted or killed, to the result it would have had')
    .option('--json', 'every event from here on as an object a line')
    .addHelpText('after', '\nExamples:\n  nascent resume\n  nascent resume 4f2a --ledger cifar.sqlite\n');
  addSettings(command, SETTINGS).action(async (named: string | undefined, flags: Flags) => {
    const given = await gatherSettings(terminal, SETTINGS, flags);
    const { ledger = DEFAULT_LEDGER, workers } = given as { ledger?: string; workers?: number };
    const resume =
      named ?? (await withReader(terminal, flags, (reader) => latestRun(reader, 'an unfinished run', isUnfinished).id));
    const { followRun } = await import('../follow-run.js');
    const { search } = await import('../../search/search.js');
    await followRun(terminal, { ledger, json: Boolean(flags.json) }, (signal) =>
      search({ ledger, workers, signal, resume }),
    );
  });
}

function isUnfinished({ status }: RunRow): boolean {
  return status !== 'finished';
}
