/** `nascent show arch`: the cell, its cost, its canonical form. */
import type { Command } from 'commander';
import { millions, whole } from '../../base/numbers.js';
import type { SearchSpace, SkeletonOptions } from '../../contracts/search-space.js';
import { drawingOf } from '../drawing.js';
import { isAsciiOnly } from '../screen/capability.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings, settingsNamed } from '../settings/options.js';
import { openSpace } from '../space.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';

const SETTINGS = settingsNamed(['space', 'space-option', 'score-channels', 'score-cells'], {
  'score-channels': { summary: 'channels of the first stage' },
  'score-cells': { summary: 'cells a stage' },
});

const EXAMPLE = `
Example:
  nascent show arch '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|'
`;

export function addShowArchitecture(show: Command, terminal: Terminal): void {
  const command = show
    .command('arch')
    .argument('<STRING>', 'architecture in its official text')
    .description('draw a cell; count its parameters and multiply-adds; give its canonical form')
    .option('--json', 'one object')
    .addHelpText('after', EXAMPLE);
  addSettings(command, SETTINGS).action(async (text: string, flags: Flags) => {
    const settings = await gatherSettings(terminal, SETTINGS, flags);
    const { space } = await openSpace(settings);
    const shown = await describe(space, text, settings.scoreSkeleton as SkeletonOptions | undefined);
    if (flags.json) writeJson(terminal, shown);
    else writeLines(terminal, [...(await drawing(space, text, terminal)), ...lines(shown)]);
  });
}

async function describe(space: SearchSpace, text: string, options: SkeletonOptions | undefined) {
  const { networkCost } = await import('../../network/trace.js');
  const architecture = space.parse(text);
  const skeleton = space.skeleton(options);
  return {
    arch: space.format(architecture),
    space: space.name,
    skeleton,
    ...networkCost(space.network(architecture, skeleton)),
    canonical: {
      function: space.format(space.canonical(architecture, 'function')),
      activations: space.format(space.canonical(architecture, 'activations')),
    },
    encodingLength: space.encodingLength,
  };
}

type Shown = Awaited<ReturnType<typeof describe>>;

async function drawing(space: SearchSpace, text: string, terminal: Terminal): Promise<string[]> {
  const picture = (await drawingOf(space, isAsciiOnly(terminal)))(text, terminal.stdout.columns ?? 80);
  return picture.length === 0 ? [] : [...picture, ''];
}

function lines({ arch, space, skeleton, parameters, multiplyAdds, canonical, encodingLength }: Shown): string[] {
  const { channels, cells, inputShape, classes } = skeleton;
  const rows: [string, string][] = [
    ['architecture', arch],
    ['space', `${space}, ${channels} channels, ${cells} cells a stage, ${inputShape.join('×')} to ${classes} classes`],
    ['parameters', `${whole(parameters)} (${millions(parameters)})`],
    ['multiply-adds', `${whole(multiplyAdds)} (${millions(multiplyAdds)}) for one image`],
    ['same function', canonical.function],
    ['same activations', canonical.activations],
    ['encoding', `${encodingLength} features`],
  ];
  return rows.map(([name, text]) => `${name.padEnd(16)}  ${text}`);
}
