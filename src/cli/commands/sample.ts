/** `nascent sample`: draws architectures. */
import type { Command } from 'commander';
import { wholeNumber } from '../../base/errors.js';
import { random } from '../../base/random.js';
import { DEFAULTS } from '../../search/configuration.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings, settingsNamed } from '../settings/options.js';
import { openSpace } from '../space.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';

const DEFAULT_COUNT = 10;
const MOST = 1_000_000;

const SETTINGS = settingsNamed(['space', 'space-option', 'count', 'seed'], {
  count: { summary: 'architectures to draw', fallback: String(DEFAULT_COUNT) },
});

export function addSample(program: Command, terminal: Terminal): void {
  const command = program
    .command('sample')
    .description('draw architectures from a search space, each independent of the others')
    .option('--json', 'one object with `arch` a line')
    .addHelpText('after', '\nExample:\n  nascent sample --space nas-bench-201 --count 5 --seed 1 --json\n');
  addSettings(command, SETTINGS).action(async (flags: Flags) => {
    const settings = await gatherSettings(terminal, SETTINGS, flags);
    const count = wholeNumber('`count`', settings.count ?? DEFAULT_COUNT, 1, MOST);
    const seed = wholeNumber('`seed`', settings.seed ?? DEFAULTS.seed, 0);
    const { space } = await openSpace(settings);
    const { randomSampler } = await import('../../sample/random.js');
    // The stream of `search`: the same seed gives the candidates of a random search.
    const sampler = randomSampler({ space, random: random(seed).child('sampling') });
    for (let i = 0; i < count; i++) {
      const arch = space.format(await sampler.propose(i, []));
      if (flags.json) writeJson(terminal, { arch });
      else writeLines(terminal, [arch]);
    }
  });
}
