/** `nascent score`: scores given architectures untrained. */
import type { Command } from 'commander';
import { wholeNumber } from '../../base/errors.js';
import { decimal, duration } from '../../base/numbers.js';
import { type ArchitectureFlags, givenArchitectures } from '../architectures.js';
import type { ArchitectureScore } from '../scoring.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings, settingsNamed } from '../settings/options.js';
import type { Given } from '../settings/setting.js';
import { openSpace } from '../space.js';
import { showSteps } from '../steps.js';
import { untilStopped } from '../stopping.js';
import { remark, type Terminal, writeJson, writeLines } from '../terminal.js';

const SETTINGS = settingsNamed(
  [
    'space',
    'space-option',
    'metric',
    'score-batch',
    'channels',
    'cells',
    'score-channels',
    'score-cells',
    'data',
    'test-data',
    'seed',
    'engine',
    'workers',
  ],
  { metric: { summary: 'training-free scores by commas, or all: those that share a pass pay for it once' } },
);

const EXAMPLES = `
Examples:
  nascent score --arch '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|'
  nascent score --space nas-bench-201 --arch-file cells.txt --data cifar10:train.bin.gz --metric naswot --json
  nascent score --arch-file cells.txt --metric naswot,synflow,snip --json
  nascent sample --count 100 | nascent score --arch-file - --json
`;

type ScoreFlags = Flags & ArchitectureFlags & { readonly json?: boolean };

export function addScore(program: Command, terminal: Terminal): void {
  const command = program
    .command('score')
    .description('score given architectures untrained; one that cannot be scored is reported with its reason')
    .option('--arch <string>', 'architecture in its official text; may be repeated', collect)
    .option('--arch-file <file>', 'file with an architecture a line; - for standard input')
    .option(
      '--json',
      'one object with `arch`, `metric`, `value` (or `failure`) and `seconds` a line, for each of several metrics one',
    )
    .addHelpText('after', EXAMPLES);
  addSettings(command, SETTINGS).action(async (flags: ScoreFlags) => {
    const settings = await gatherSettings(terminal, SETTINGS, flags);
    const opened = await openSpace(settings);
    const architectures = await givenArchitectures(opened.space, flags, terminal.folder);
    const { scores, scoringTask } = await import('../scoring.js');
    const task = await scoringTask(opened, settings);
    if (task.engineChoice !== undefined) remark(terminal, task.engineChoice);
    const { localPool } = await import('../../workers/local-pool.js');
    const pool = localPool({ size: workersOf(settings) });
    const steps = showSteps(terminal, 'scoring', architectures.length * task.metrics.length);
    try {
      await untilStopped(terminal, async (signal) => {
        for await (const score of scores(task, architectures, pool, signal)) {
          steps.clear();
          write(terminal, score, task.metrics.length > 1, Boolean(flags.json));
          steps.done();
        }
      });
    } finally {
      steps.clear();
      await pool.close();
    }
  });
}

function workersOf({ workers }: Given): number | undefined {
  return workers === undefined ? undefined : wholeNumber('`workers`', workers, 1, 1024);
}

export function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

/** @param named says the metric: there are several */
function write(terminal: Terminal, score: ArchitectureScore, named: boolean, json: boolean): void {
  if (json) {
    writeJson(terminal, score);
    return;
  }
  const result = score.value === undefined ? `no score: ${score.failure}` : decimal(score.value);
  const metric = named ? `${score.metric}  ` : '';
  writeLines(terminal, [`${score.arch}  ${metric}${result}  ${duration(score.seconds)}`]);
}
