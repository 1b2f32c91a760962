/** `nascent train`: trains given architectures, as a run in the ledger. */
import type { Command } from 'commander';
import { DEFAULT_LEDGER } from '../../search/options.js';
import { type ArchitectureFlags, givenArchitectures } from '../architectures.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings } from '../settings/options.js';
import { SETTINGS as ALL } from '../settings/table.js';
import { openSpace } from '../space.js';
import type { Terminal } from '../terminal.js';
import { collect } from './score.js';

/** What is trained is given, so there is nothing to propose or to choose. */
const PROPOSING = [
  ...['at-most', 'at-least', 'measures'],
  ...['sampler', 'sampler-option', 'strategy', 'learns-from', 'count', 'train'],
];
const SETTINGS = ALL.filter(({ flag }) => !PROPOSING.includes(flag));

const EXAMPLES = `
Every architecture is scored too, so that the ledger shows score and accuracy side by side. The best by validation is exported.

Examples:
  nascent train --arch '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|' --epochs 12
  nascent train --arch-file cells.txt --data cifar10:train.bin.gz --recipe nas-bench-201 --format none
`;

export function addTrain(program: Command, terminal: Terminal): void {
  const command = program
    .command('train')
    .description('train given architectures as a run in the ledger, saved after every epoch')
    .option('--arch <string>', 'architecture in its official text; may be repeated', collect)
    .option('--arch-file <file>', 'file with an architecture a line; - for standard input')
    .option('--json', 'every event of the run as an object a line')
    .addHelpText('after', EXAMPLES);
  addSettings(command, SETTINGS).action(async (flags: Flags & ArchitectureFlags) => {
    const given = await gatherSettings(terminal, SETTINGS, flags);
    const { space } = await openSpace(given);
    // One that is given twice would be trained twice.
    const architectures = [...new Set(await givenArchitectures(space, flags, terminal.folder))];
    const { ledger = DEFAULT_LEDGER, workers } = given as { ledger?: string; workers?: number };
    const { asSearchSettings } = await import('../settings/search-settings.js');
    const settings = {
      ...(await asSearchSettings(given)),
      sampler: 'given',
      samplerOptions: { architectures },
      count: architectures.length,
      train: architectures.length,
    };
    const { followRun } = await import('../follow-run.js');
    const { search } = await import('../../search/search.js');
    await followRun(terminal, { ledger, json: Boolean(flags.json) }, (signal) =>
      search({ ...settings, ledger, workers, signal }),
    );
  });
}
