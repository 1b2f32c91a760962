/** `nascent show arch`: an architecture's drawing, its cost, its canonical form. */
import type { Command } from 'commander';
import { expected } from '../../base/errors.js';
import { millions, whole } from '../../base/numbers.js';
import type { SearchSpace, SkeletonOptions } from '../../contracts/search-space.js';
import { drawingIn, drawingOf } from '../drawing.js';
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
Examples:
  nascent show arch --svg '64-41414-1_02_333' --space transnas-bench-101-micro > cell.svg
  nascent show arch '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|'
`;

export function addShowArchitecture(show: Command, terminal: Terminal): void {
  const command = show
    .command('arch')
    .argument('<STRING>', 'architecture in its official text')
    .description('draw an architecture; count its parameters and multiply-adds; give its canonical form')
    .option('--json', 'one object')
    .option('--svg', 'the picture alone, as SVG')
    .addHelpText('after', EXAMPLE);
  addSettings(command, SETTINGS).action(async (text: string, flags: Flags) => {
    const settings = await gatherSettings(terminal, SETTINGS, flags);
    const { space } = await openSpace(settings);
    const shown = await describe(space, text, settings.scoreSkeleton as SkeletonOptions | undefined);
    if (flags.svg) terminal.stdout.write(await picture(space, text));
    else if (flags.json) writeJson(terminal, shown);
    else writeLines(terminal, [...(await drawn(space, text, terminal)), ...lines(shown)]);
  });
}

async function describe(space: SearchSpace, text: string, options: SkeletonOptions | undefined) {
  const { architectureCost } = await import('../../network/trace.js');
  const architecture = space.parse(text);
  const skeleton = space.skeleton(options);
  return {
    arch: space.format(architecture),
    space: space.name,
    skeleton,
    ...architectureCost(space, architecture, skeleton),
    canonical: {
      function: space.format(space.canonical(architecture, 'function')),
      activations: space.format(space.canonical(architecture, 'activations')),
    },
    encodingLength: space.encodingLength,
  };
}

type Shown = Awaited<ReturnType<typeof describe>>;

async function drawn(space: SearchSpace, text: string, terminal: Terminal): Promise<string[]> {
  const lines = (await drawingOf(space, isAsciiOnly(terminal)))(text, terminal.stdout.columns ?? 80);
  return lines.length === 0 ? [] : [...lines, ''];
}

async function picture(space: SearchSpace, text: string): Promise<string> {
  const drawing = drawingIn(space, text);
  if (drawing === undefined) throw expected(`the space ${space.name}`, 'one that can be drawn', 'no drawing');
  const { architectureSvg } = await import('../../draw/architecture.js');
  return architectureSvg(drawing);
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
