/** `nascent search`: the whole way from proposals to an exported winner. */
import type { Command } from 'commander';
import { DEFAULT_LEDGER } from '../../search/options.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings } from '../settings/options.js';
import { SETTINGS } from '../settings/table.js';
import type { Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  nascent search
  nascent search --data cifar10:cifar-10-batches-bin --count 500 --train 5 --epochs 30
  nascent search --sampler evolution --sampler-option population=20 --count 200 --seed 7
  nascent search --strategy weaknas --train 40 --sampler-option predictor=gradient-boosting,initial=10,batch=10
  nascent search --space ./my-space.ts --at-most parameters=200e3
  nascent search --data cifar10:train.bin.gz --test-data cifar10:test.bin.gz --ledger cifar.sqlite --json
`;

export function addSearch(program: Command, terminal: Terminal): void {
  const command = program
    .command('search')
    .description(
      'propose and score candidates, train the best of them or, with a strategy, all; export and check the winner',
    )
    .option('--json', 'every event of the run as an object a line')
    .addHelpText('after', EXAMPLES);
  addSettings(command, SETTINGS).action(async (flags: Flags) => {
    const given = await gatherSettings(terminal, SETTINGS, flags);
    const { asSearchSettings } = await import('../settings/search-settings.js');
    const { ledger = DEFAULT_LEDGER, workers } = given as { ledger?: string; workers?: number };
    const settings = await asSearchSettings(given);
    const { followRun } = await import('../follow-run.js');
    const { search } = await import('../../search/search.js');
    await followRun(terminal, { ledger, json: Boolean(flags.json) }, (signal) =>
      search({ ...settings, ledger, workers, signal }),
    );
  });
}
