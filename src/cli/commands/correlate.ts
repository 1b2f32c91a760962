/** `nascent correlate`: how well training-free scores rank the architectures of a table. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CorrelateProgress, CorrelateResult } from '../../correlate/correlate.js';
import type { CorrelateOptions } from '../../correlate/options.js';
import { givenArchitectures } from '../architectures.js';
import { engineOf, namesIn, numberOf, required } from '../flags.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings, settingsNamed } from '../settings/options.js';
import { openSpace, textSetting } from '../space.js';
import { showSteps } from '../steps.js';
import { untilStopped } from '../stopping.js';
import { requireFolder, writeCorrelation } from '../study-files.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';
import { collect } from './score.js';

const SETTINGS = settingsNamed(
  [
    ...['space', 'space-option', 'data', 'metric', 'score-batch', 'score-channels', 'score-cells'],
    ...['seed', 'engine', 'workers', 'ledger'],
  ],
  {
    metric: {
      summary: 'scores by commas, or all; parameters and multiply-adds always stand beside them',
      fallback: 'all',
    },
    data: { summary: 'images that scores are computed on', fallback: 'none: it must be given' },
    seed: { summary: 'of the draw and of the intervals', fallback: '1' },
    ledger: { summary: 'the SQLite file that keeps the scores' },
  },
);

const EXAMPLES = `
Examples:
  nascent correlate --table nb201.nascent-table --dataset cifar10 --data cifar10:cifar-10-batches-bin --metric all --count 1000
  nascent correlate --table nb201.nascent-table --dataset cifar100 --data cifar10:train.bin.gz --population live --count all --json
  nascent correlate --table nb201.nascent-table --dataset cifar10 --data cifar10:train.bin.gz --metric naswot,synflow --seeds 3 \\
    --batches 3 --fuse 'both=log-rank(naswot,synflow)' --output correlation
`;

interface CorrelateFlags extends Flags {
  readonly table?: string;
  readonly dataset?: string;
  readonly split?: string;
  readonly epochs?: string;
  readonly count?: string;
  readonly population?: string;
  readonly archFile?: string;
  readonly seeds?: string;
  readonly batches?: string;
  readonly scoreSeed?: string;
  readonly top?: string;
  readonly bestOf?: string;
  readonly bootstrap?: string;
  readonly fuse?: readonly string[];
  readonly output?: string;
  readonly json?: boolean;
}

export function addCorrelate(program: Command, terminal: Terminal): void {
  const command = program
    .command('correlate')
    .description(
      'compare the ranking by training-free scores with the accuracies of a table; kept scores are not computed again',
    )
    .option('--table <file>', 'a store made by "nascent table import", or a neutral CSV file')
    .option('--dataset <name>', 'whose accuracy scores are compared with')
    .option('--split <name>', 'test, validation or train accuracy; default test')
    .option('--epochs <number>', 'length of its trainings; default the longest that the table has, which is told')
    .option(
      '--count <number>',
      'architectures to draw, or all; default 1000 or, where there are fewer or a file names them, all',
    )
    .option('--population <name>', 'all, or live: those whose output depends on every operation; default all')
    .option('--arch-file <file>', 'file with an architecture a line to draw from; - for standard input')
    .option('--seeds <number>', 'initialisations that scores are repeated with; default 1')
    .option('--batches <number>', 'scoring batches that each is repeated with; default 1')
    .option('--score-seed <number>', 'of the first initialisation and the first batch; default 1')
    .option('--top <share>', 'also correlate within this share of the best by accuracy; default 0.1')
    .option('--best-of <numbers>', 'best accuracy among so many of the highest scores; default 1,5,10,50,100')
    .option('--bootstrap <number>', 'resamples of the intervals; 0: none; default 1000')
    .option('--fuse <name=rule(metrics)>', 'metrics as one ranking, by log-rank or vote; may be repeated', collect)
    .option('--output <folder>', 'write correlation.json and the pictures (SVG and PNG) there')
    .option('--json', 'one object with `metric`, `kendall`, `spearman` and more a line')
    .addHelpText('after', EXAMPLES);
  addSettings(command, SETTINGS).action(async (flags: CorrelateFlags) => {
    const options = await optionsOf(terminal, flags);
    if (flags.output !== undefined) await requireFolder('--output', resolve(terminal.folder, flags.output));
    const { correlate } = await import('../../correlate/correlate.js');
    const result = await stoppable(terminal, (signal, tell) => correlate({ ...options, signal }, tell));
    if (flags.output !== undefined) await writeCorrelation(resolve(terminal.folder, flags.output), result);
    await write(terminal, result, Boolean(flags.json));
  });
}

async function write(terminal: Terminal, result: CorrelateResult, json: boolean): Promise<void> {
  const { correlationLines, correlationRecords } = await import('../report/correlation.js');
  if (!json) return writeLines(terminal, correlationLines(result));
  for (const record of correlationRecords(result)) writeJson(terminal, record);
}

/** Progress and Ctrl-C around the scoring: the same command goes on where it stopped. */
async function stoppable(
  terminal: Terminal,
  perform: (signal: AbortSignal, tell: (progress: CorrelateProgress) => void) => Promise<CorrelateResult>,
): Promise<CorrelateResult> {
  let steps: ReturnType<typeof showSteps> | undefined;
  const tell = ({ reused, of }: CorrelateProgress) => {
    steps ??= showSteps(terminal, 'scoring', of);
    if (reused) steps.skip();
    else steps.done();
  };
  try {
    return await untilStopped(terminal, (signal) => perform(signal, tell));
  } finally {
    steps?.clear();
  }
}

async function optionsOf(terminal: Terminal, flags: CorrelateFlags): Promise<CorrelateOptions> {
  const settings = await gatherSettings(terminal, SETTINGS, flags);
  const { space, name, options: spaceOptions } = await openSpace(settings);
  const { archFile, fuse = [] } = flags;
  const { parseFusion } = await import('../../correlate/fusions.js');
  const ledger = textSetting(settings, 'ledger');
  return {
    ...{ space: name, spaceOptions },
    table: resolve(terminal.folder, required(flags.table, '--table', 'a file')),
    dataset: required(flags.dataset, '--dataset', 'a data set of the table'),
    split: flags.split as CorrelateOptions['split'],
    epochs: numberOf(flags.epochs, '--epochs'),
    data: required(textSetting(settings, 'data'), '--data', 'the images that scores are computed on'),
    metrics: metricsOf(textSetting(settings, 'metric')),
    fusions: fuse.map(parseFusion),
    population: flags.population as CorrelateOptions['population'],
    architectures: archFile === undefined ? undefined : await givenArchitectures(space, { archFile }, terminal.folder),
    count: flags.count === 'all' ? 'all' : numberOf(flags.count, '--count'),
    seed: settings.seed as number | undefined,
    scoreSeed: numberOf(flags.scoreSeed, '--score-seed'),
    seeds: numberOf(flags.seeds, '--seeds'),
    batches: numberOf(flags.batches, '--batches'),
    scoreBatch: settings.scoreBatch as number | undefined,
    scoreSkeleton: settings.scoreSkeleton as CorrelateOptions['scoreSkeleton'],
    top: numberOf(flags.top, '--top'),
    bestOf: flags.bestOf === undefined ? undefined : namesIn(flags.bestOf).map((part) => numberOf(part, '--best-of')!),
    bootstrap: numberOf(flags.bootstrap, '--bootstrap'),
    engine: engineOf(textSetting(settings, 'engine')),
    ledger: ledger && resolve(terminal.folder, ledger),
    workers: settings.workers as number | undefined,
  };
}

/** `all`, or names by commas. */
function metricsOf(text = 'all'): CorrelateOptions['metrics'] {
  return text === 'all' ? text : namesIn(text);
}
