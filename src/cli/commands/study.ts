/** `nascent study`: strategies compared over seeds on a tabular benchmark. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { expected } from '../../base/errors.js';
import type { Json } from '../../contracts/json.js';
import type { StrategyReference } from '../../contracts/study.js';
import { type StudyOptions, seedsOf } from '../../study/options.js';
import type { StudyProgress, StudyResult } from '../../study/study.js';
import { engineOf, namesIn, numberOf, required } from '../flags.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings, settingsNamed } from '../settings/options.js';
import { optionsOf as objectOf, readPlain } from '../settings/read.js';
import { openSpace, textSetting } from '../space.js';
import { showSteps } from '../steps.js';
import { untilStopped } from '../stopping.js';
import { requireFolder, writePreset, writeStudy } from '../study-files.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';
import { collect } from './score.js';

const SETTINGS = settingsNamed(
  [
    ...['space', 'space-option', 'data', 'metric', 'score-batch', 'score-channels', 'score-cells'],
    ...['engine', 'workers', 'ledger'],
  ],
  { data: { summary: 'images that scores are computed on', fallback: 'none: strategies know costs only' } },
);

const EXAMPLES = `
Examples:
  nascent study --space nas-bench-201 --table nas-bench-201.csv.gz --dataset cifar10 --strategy nascent,random --seeds 20
  nascent study --preset weaknas-table --space nas-bench-201 --table nas-bench-201.csv.gz --output weaknas-table
  nascent study --table nb201.nascent-table --dataset cifar100 --strategy weaknas --strategy-option weaknas.predictor=ridge
`;

/** What a study and a preset have in common. */
type CommonOptions = Omit<StudyOptions, 'dataset' | 'strategies'>;

interface StudyFlags extends Flags {
  readonly table?: string;
  readonly dataset?: string;
  readonly epochs?: string;
  readonly trial?: string;
  readonly strategy?: readonly string[];
  readonly strategyOption?: readonly string[];
  readonly seeds?: string;
  readonly samples?: string;
  readonly scoreBudget?: string;
  readonly scoreSeed?: string;
  readonly toTheEnd?: boolean;
  readonly preset?: string;
  readonly output?: string;
  readonly json?: boolean;
}

export function addStudy(program: Command, terminal: Terminal): void {
  const command = program
    .command('study')
    .description('compare strategies over seeds on a table of results; runs that are in the ledger are not run again')
    .option('--table <file>', 'a store made by "nascent table import", or a neutral CSV file')
    .option('--dataset <name>', 'whose validation accuracy is searched for')
    .option('--epochs <number>', 'length of its trainings; default the longest that the table has, which is told')
    .option(
      '--trial <name>',
      "which training is the label: mean (default), random (each run draws) or a trial's number",
    )
    .option('--strategy <names>', 'samplers, separated by commas; may be repeated; default nascent', collect)
    .option('--strategy-option <name.key=value>', 'option of a strategy; may be repeated', collect)
    .option('--seeds <number>', 'runs of each strategy, or the first and the last as 51-100; default 100')
    .option('--samples <number>', 'most architectures evaluated in a run; default 500')
    .option('--score-budget <number>', 'most architectures scored in a run; default 500')
    .option('--score-seed <number>', 'of the weights and the batch that all scores share; default 1')
    .option('--to-the-end', 'go on after the optimum has been found')
    .option(
      '--preset <name>',
      'reproduce a published table: weaknas-table or naswot-table2; the other options narrow it',
    )
    .option('--output <folder>', 'write study.json and the pictures (SVG and PNG) there')
    .option('--json', 'one object a run, and one of the whole study at the end')
    .addHelpText('after', EXAMPLES);
  addSettings(command, SETTINGS).action(async (flags: StudyFlags) => {
    const perform = flags.preset === undefined ? compare : reproducePreset;
    const options = await optionsOf(terminal, flags);
    if (flags.output !== undefined) await requireFolder('--output', resolve(terminal.folder, flags.output));
    await perform(terminal, options, flags);
  });
}

async function compare(terminal: Terminal, options: CommonOptions, flags: StudyFlags): Promise<void> {
  const { study } = await import('../../study/study.js');
  const dataset = required(flags.dataset, '--dataset', 'a data set of the table');
  const strategies = strategiesOf(flags);
  const result = await stoppable(terminal, flags, strategies.length * seedsOf(options.seeds).length, (signal, tell) =>
    study({ ...options, dataset, strategies, signal }, tell),
  );
  if (flags.output !== undefined) await writeStudy(resolve(terminal.folder, flags.output), result);
  if (flags.json) return writeJson(terminal, withoutRuns(result));
  const { studyLines } = await import('../report/study.js');
  writeLines(terminal, studyLines(result));
}

async function reproducePreset(terminal: Terminal, options: CommonOptions, flags: StudyFlags): Promise<void> {
  const { reproduce } = await import('../../study/reproduce.js');
  if (flags.strategyOption) throw expected('--preset', 'given without --strategy-option', flags.strategyOption);
  const result = await stoppable(terminal, flags, undefined, (signal, tell) =>
    reproduce(
      {
        ...options,
        preset: required(flags.preset, '--preset', 'a published table'),
        dataset: flags.dataset,
        strategies: flags.strategy?.flatMap(namesIn),
        signal,
      },
      tell,
    ),
  );
  if (flags.output !== undefined) await writePreset(resolve(terminal.folder, flags.output), result);
  if (flags.json) return writeJson(terminal, { ...result, studies: result.studies.map(withoutRuns) });
  const { presetLines } = await import('../report/study.js');
  writeLines(terminal, presetLines(result));
}

/** The runs have had lines of their own. */
function withoutRuns({ runs: _, ...lean }: StudyResult): Omit<StudyResult, 'runs'> {
  return lean;
}

/** Progress and Ctrl-C around a study: the same command goes on where it stopped. */
async function stoppable<Result>(
  terminal: Terminal,
  { json }: StudyFlags,
  total: number | undefined,
  perform: (signal: AbortSignal, tell: (progress: StudyProgress) => void) => Promise<Result>,
): Promise<Result> {
  const steps = showSteps(terminal, 'runs', total);
  const tell = (progress: StudyProgress) => {
    if (progress.reused) steps.skip();
    else steps.done();
    if (json) writeJson(terminal, { type: 'study-run', ...progress });
  };
  try {
    return await untilStopped(terminal, (signal) => perform(signal, tell));
  } finally {
    steps.clear();
  }
}

async function optionsOf(terminal: Terminal, flags: StudyFlags): Promise<CommonOptions> {
  const settings = await gatherSettings(terminal, SETTINGS, flags);
  const { name: space, options: spaceOptions } = await openSpace(settings);
  return {
    space,
    spaceOptions,
    table: resolve(terminal.folder, required(flags.table, '--table', 'a file')),
    epochs: numberOf(flags.epochs, '--epochs'),
    trial: trialOf(flags.trial),
    seeds: seedsNamed(flags.seeds),
    samples: numberOf(flags.samples, '--samples'),
    scoreBudget: numberOf(flags.scoreBudget, '--score-budget'),
    scoreSeed: numberOf(flags.scoreSeed, '--score-seed'),
    toTheEnd: flags.toTheEnd,
    data: textSetting(settings, 'data'),
    metric: textSetting(settings, 'metric'),
    engine: engineOf(textSetting(settings, 'engine')),
    ledger: textSetting(settings, 'ledger') && resolve(terminal.folder, textSetting(settings, 'ledger')!),
    scoreSkeleton: settings.scoreSkeleton as StudyOptions['scoreSkeleton'],
    scoreBatch: settings.scoreBatch as number | undefined,
    workers: settings.workers as number | undefined,
  };
}

/** `100`, or `51-100`. */
function seedsNamed(text: string | undefined): StudyOptions['seeds'] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text ?? '') ?? [];
  return first === undefined ? numberOf(text, '--seeds') : { first: Number(first), last: Number(last) };
}

/** What is no number is checked by its name with the other options. */
function trialOf(text: string | undefined): StudyOptions['trial'] {
  const isNumber = text !== undefined && /^\d+$/.test(text);
  return isNumber ? Number(text) : (text as StudyOptions['trial']);
}

function strategiesOf({ strategy = ['nascent'], strategyOption = [] }: StudyFlags): StrategyReference[] {
  const names = strategy.flatMap(namesIn);
  const options = new Map<string, (readonly [string, Json])[]>(names.map((name) => [name, []]));
  for (const text of strategyOption) {
    const [, name, key, value] = /^([^.=]+)\.([^=]+)=(.*)$/.exec(text) ?? [];
    const own = options.get(name ?? '');
    if (!own) throw expected('--strategy-option', `STRATEGY.KEY=VALUE of one of ${names.join(', ')}`, text);
    own.push([key, readPlain(value)]);
  }
  return names.map((name) => ({ name, sampler: name, options: objectOf(options.get(name)!) }));
}
