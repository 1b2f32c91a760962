/** `nascent sample`: draws architectures. */
import type { Command } from 'commander';
import { wholeNumber } from '../../base/errors.js';
import { random } from '../../base/random.js';
import type { SkeletonOptions } from '../../contracts/search-space.js';
import { DEFAULTS } from '../../search/configuration.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings, settingsNamed } from '../settings/options.js';
import { openSpace } from '../space.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';

const DEFAULT_COUNT = 10;
const MOST = 1_000_000;

const SKELETON = { fallback: "the space's own" };
const SETTINGS = settingsNamed(
  ['space', 'space-option', 'at-most', 'at-least', 'measures', 'train-channels', 'train-cells', 'count', 'seed'],
  {
    count: { summary: 'architectures to draw', fallback: String(DEFAULT_COUNT) },
    'at-most': { summary: 'bound, as parameters=1e6, multiplyAdds=50e6 or a column of --measures; may be repeated' },
    'train-channels': { summary: 'channels of the first stage, where bounds are measured', ...SKELETON },
    'train-cells': { summary: 'cells a stage, where bounds are measured', ...SKELETON },
  },
);

const EXAMPLES = `
Examples:
  nascent sample --space nas-bench-201 --count 5 --seed 1 --json
  nascent sample --space mobilenet-v3 --at-least multiplyAdds=550e6 --at-most multiplyAdds=600e6
  nascent sample --space ./my-space.ts
`;

export function addSample(program: Command, terminal: Terminal): void {
  const command = program
    .command('sample')
    .description('draw architectures from a search space, each independent of the others')
    .option('--json', 'one object with `arch` a line')
    .addHelpText('after', EXAMPLES);
  addSettings(command, SETTINGS).action(async (flags: Flags) => {
    const settings = await gatherSettings(terminal, SETTINGS, flags);
    const count = wholeNumber('`count`', settings.count ?? DEFAULT_COUNT, 1, MOST);
    const seed = wholeNumber('`seed`', settings.seed ?? DEFAULTS.seed, 0);
    const { space: whole } = await openSpace(settings);
    const { completeConstraints, constrainedSpace } = await import('../../search/constraints.js');
    const constraints = settings.constraints === undefined ? undefined : completeConstraints(settings.constraints);
    const { space } = await constrainedSpace(whole, constraints, (settings.trainSkeleton ?? {}) as SkeletonOptions);
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
