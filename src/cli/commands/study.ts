/** `nascent study`: strategies compared over seeds on a tabular benchmark. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { expected, NascentError } from '../../base/errors.js';
import type { JsonObject } from '../../contracts/json.js';
import type { StrategyReference } from '../../contracts/study.js';
import type { StudyOptions } from '../../study/options.js';
import type { StudyProgress } from '../../study/study.js';
import { endingOf } from '../failures.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings, settingsNamed } from '../settings/options.js';
import { openSpace, textSetting } from '../space.js';
import { showSteps } from '../steps.js';
import { stopping } from '../stopping.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';
import { collect } from './score.js';

const SETTINGS = settingsNamed([
  ...['space', 'space-option', 'data', 'metric', 'score-batch', 'score-channels', 'score-cells'],
  ...['engine', 'workers', 'ledger'],
]);

const EXAMPLES = `
Examples:
  nascent study --space nas-bench-201 --table nas-bench-201.csv.gz --dataset cifar10 --strategy nascent,random --seeds 20
  nascent study --table nb201.nascent-table --dataset cifar100 --strategy weaknas --strategy-option weaknas.predictor=ridge
`;

interface StudyFlags extends Flags {
  readonly table?: string;
  readonly dataset?: string;
  readonly epochs?: string;
  readonly strategy?: readonly string[];
  readonly strategyOption?: readonly string[];
  readonly seeds?: string;
  readonly samples?: string;
  readonly scoreBudget?: string;
  readonly scoreSeed?: string;
  readonly toTheEnd?: boolean;
  readonly json?: boolean;
}

export function addStudy(program: Command, terminal: Terminal): void {
  const command = program
    .command('study')
    .description('compare strategies over seeds on a table of results; runs that are in the ledger are not run again')
    .option('--table <file>', 'a store made by "nascent table import", or a neutral CSV file')
    .option('--dataset <name>', 'whose validation accuracy is searched for')
    .option('--epochs <number>', 'length of its trainings; default the longest that the table has, which is told')
    .option('--strategy <names>', 'samplers, separated by commas; may be repeated', collect)
    .option('--strategy-option <name.key=value>', 'option of a strategy; may be repeated', collect)
    .option('--seeds <number>', 'runs of each strategy; default 100')
    .option('--samples <number>', 'most architectures evaluated in a run; default 500')
    .option('--score-budget <number>', 'most architectures scored in a run; default 500')
    .option('--score-seed <number>', 'of the weights and the batch that all scores share; default 1')
    .option('--to-the-end', 'go on after the optimum has been found')
    .option('--json', 'one object a run, and one of the whole study at the end')
    .addHelpText('after', EXAMPLES);
  addSettings(command, SETTINGS).action(async (flags: StudyFlags) => {
    await compare(terminal, await optionsOf(terminal, flags), Boolean(flags.json));
  });
}

async function compare(terminal: Terminal, options: StudyOptions, json: boolean): Promise<void> {
  const { study } = await import('../../study/study.js');
  const stop = stopping(terminal);
  const total = options.strategies.length * (options.seeds ?? 100);
  const steps = showSteps(terminal, 'runs', total);
  const tell = (progress: StudyProgress) => {
    if (progress.reused) steps.skip();
    else steps.done();
    if (json) writeJson(terminal, { type: 'study-run', ...progress });
  };
  try {
    const result = await study({ ...options, signal: stop.signal }, tell);
    steps.clear();
    if (json) return writeJson(terminal, result);
    const { studyLines } = await import('../report/study.js');
    writeLines(terminal, studyLines(result));
  } catch (thrown) {
    if (stop.signal.aborted) throw endingOf(terminal);
    throw thrown;
  } finally {
    steps.clear();
    stop.done();
  }
}

async function optionsOf(terminal: Terminal, flags: StudyFlags): Promise<StudyOptions> {
  const settings = await gatherSettings(terminal, SETTINGS, flags);
  const { name: space, options: spaceOptions } = await openSpace(settings);
  return {
    space,
    spaceOptions,
    table: resolve(terminal.folder, required(flags.table, '--table', 'a file')),
    dataset: required(flags.dataset, '--dataset', 'a data set of the table'),
    strategies: strategiesOf(flags),
    epochs: numberOf(flags.epochs, '--epochs'),
    seeds: numberOf(flags.seeds, '--seeds'),
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

/** As `search` chooses. */
function engineOf(asked: string | undefined): string | undefined {
  return asked === 'auto' ? undefined : asked;
}

function required(value: string | undefined, flag: string, what: string): string {
  if (value !== undefined && value !== '') return value;
  throw new NascentError('usage', `Expected ${flag} to name ${what}, got nothing.`);
}

/** Which numbers are possible is said where they are checked. */
function numberOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '' || Number.isNaN(Number(text))) throw expected(flag, 'a number', text);
  return Number(text);
}

function strategiesOf({ strategy = ['nascent'], strategyOption = [] }: StudyFlags): StrategyReference[] {
  const names = strategy.flatMap((list) => list.split(',')).map((name) => name.trim());
  const options = new Map<string, Record<string, string | number | boolean>>(names.map((name) => [name, {}]));
  for (const text of strategyOption) {
    const [, name, key, value] = /^([^.=]+)\.([^=]+)=(.*)$/.exec(text) ?? [];
    const own = options.get(name ?? '');
    if (!own) throw expected('--strategy-option', `STRATEGY.KEY=VALUE of one of ${names.join(', ')}`, text);
    own[key] = valueOf(value);
  }
  return names.map((name) => ({ name, sampler: name, options: options.get(name) as JsonObject }));
}

function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
