/**
 * The published files of NAS-Bench-201 (Dong & Yang, ICLR 2020; `.pth`) and NATS-Bench (Dong et al., TPAMI 2021; topology and size,
 * `.pickle.pbz2` or a folder of them), all of one structure:
 *
 *     meta_archs: [text of architecture i]
 *     arch2infos: {i: {'12' | '200' | '01' | '90' | 'less' | 'full': {arch_str: the text again,
 *                                                                     all_results: {(data set, seed): training}}}}
 *     training:   {epochs, train_acc1es: {epoch: %}, train_losses, train_times: {epoch: s},
 *                  eval_acc1es: {'x-valid@epoch': %}, eval_losses}
 *
 * A training is boiled down to the results after its last epoch as soon as it has been read, because the whole does not fit in memory.
 */
import { show } from '../base/errors.js';
import type { TableColumn } from '../contracts/table.js';
import { TableBuilder } from './builder.js';
import type { Chunks } from './chunks.js';
import { readPickles } from './pickle/read.js';
import { PickleDict } from './pickle/values.js';
import { type ReadOptions, settledSpace, type TableReading } from './reader.js';
import { Malformed } from './refusal.js';
import { spaceOfText } from './spaces.js';

/** Where a set of a data set belongs. Sets that mix validation and test images are left out. */
const SETS: Readonly<Record<string, Readonly<Record<string, Pick<TableColumn, 'dataset' | 'split'>>>>> = {
  'cifar10-valid': {
    train: { dataset: 'cifar10-halftrain', split: 'train' },
    'x-valid': { dataset: 'cifar10', split: 'validation' },
    'ori-test': { dataset: 'cifar10-halftrain', split: 'test' },
  },
  cifar10: { train: { dataset: 'cifar10', split: 'train' }, 'ori-test': { dataset: 'cifar10', split: 'test' } },
  cifar100: splitSets('cifar100'),
  'ImageNet16-120': splitSets('imagenet16-120'),
};

function splitSets(dataset: string) {
  return {
    train: { dataset, split: 'train' },
    'x-valid': { dataset, split: 'validation' },
    'x-test': { dataset, split: 'test' },
  } as const;
}

const LEFT_OUT = ['results before the last epoch', 'validation and test images mixed (ori-test)', 'latency', 'costs'];
const PERCENT = 100;

/** @param count pickles in the file, of which the last holds the table */
export async function readWholeBenchmark(
  chunks: Chunks,
  count: number,
  source: string,
  options: ReadOptions,
): Promise<TableReading> {
  const root = dictionary((await readPickles(chunks, { count, hook: boilDown })).at(-1), 'the file');
  const architectures = metaArchitectures(root);
  const infos = dictionary(root.get('arch2infos'), 'arch2infos');
  const byIndex = new Map(infos.keys().map((index, i) => [index, infos.values()[i]]));
  if (byIndex.size !== infos.size) throw new Malformed('hold every architecture once', 'an index twice in arch2infos');
  const builder = await startTable(architectures, options);
  const indices = [...byIndex.keys()].map((index) => checkedIndex(index, architectures.length));
  // Rows stand in the published order, so that a whole table has the published indices.
  for (const index of indices.sort((a, b) => a - b)) addArchitecture(builder, architectures[index], byIndex.get(index));
  builder.addMeans();
  return { content: builder.finish(source), leftOut: LEFT_OUT };
}

/** @param file the content of an architecture's own file; undefined where there is none */
export async function readUnpackedBenchmark(
  meta: Chunks,
  file: (index: number) => Chunks | undefined,
  source: string,
  options: ReadOptions,
): Promise<TableReading> {
  const [root] = await readPickles(meta);
  const architectures = metaArchitectures(dictionary(root, 'the meta file'));
  const builder = await startTable(architectures, options);
  for (const [index, architecture] of architectures.entries()) {
    const chunks = file(index);
    if (!chunks) continue;
    const [info] = await readPickles(chunks, { hook: boilDown });
    addArchitecture(builder, architecture, info);
    options.onProgress?.((index + 1) / architectures.length);
  }
  builder.addMeans();
  return { content: builder.finish(source), leftOut: LEFT_OUT };
}

function metaArchitectures(root: PickleDict): string[] {
  const architectures = root.get('meta_archs');
  if (!Array.isArray(architectures) || !architectures.every((each) => typeof each === 'string')) {
    throw new Malformed('hold NAS-Bench-201 or NATS-Bench', 'something without a list of texts called meta_archs');
  }
  // Also where one of the two was never evaluated: the other may have its results.
  const known = new Set<string>();
  for (const architecture of architectures) {
    if (known.has(architecture))
      throw new Malformed('hold every architecture once', `${architecture} twice in meta_archs`);
    known.add(architecture);
  }
  return architectures;
}

async function startTable(architectures: readonly string[], options: ReadOptions): Promise<TableBuilder> {
  const { space, rule } = await settledSpace(spaceOfText(architectures[0] ?? ''), options);
  return new TableBuilder(space, rule);
}

function checkedIndex(index: unknown, count: number): number {
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < count) return index;
  throw new Malformed(`number architectures from 0 to ${count - 1}`, String(index));
}

/** @param info {hyper-parameters: {arch_str, all_results: {(data set, seed): Training}}} */
function addArchitecture(builder: TableBuilder, architecture: string, info: unknown): void {
  const row = builder.row(architecture, 'meta_archs');
  for (const each of dictionary(info, `the results of ${architecture}`).values()) {
    const results = dictionary(each, `results of ${architecture}`);
    const named = results.get('arch_str') ?? architecture;
    if (named !== architecture) {
      throw new Malformed(`hold results of ${architecture} where meta_archs has it`, `those of ${shown(named)}`);
    }
    for (const training of dictionary(results.get('all_results'), 'all_results').values()) {
      if (!(training instanceof Training)) throw new Malformed('hold trainings in all_results', 'something else');
      training.addTo(builder, row, architecture);
    }
  }
}

/** Replaces a training, which alone stands under a pair of data set and seed, by what is kept of it. */
function boilDown(key: unknown, value: unknown): unknown {
  if (!Array.isArray(key) || !(value instanceof PickleDict) || value.get('eval_acc1es') === undefined) return value;
  const [dataset, seed] = key;
  if (key.length !== 2 || typeof dataset !== 'string' || typeof seed !== 'number') return value;
  const training = new Training(dataset, seed, value);
  value.drop();
  return training;
}

/** What is kept of one training: its results after the last epoch. */
class Training {
  readonly #epochs: number;
  readonly #seconds: number | undefined;
  /** What the file has for each set: an accuracy in percent, unless it is damaged, and a loss. */
  readonly #results: readonly (readonly [set: string, accuracy: unknown, loss: unknown])[];

  constructor(
    readonly dataset: string,
    readonly seed: number,
    state: PickleDict,
  ) {
    const epochs = state.get('epochs');
    if (typeof epochs !== 'number' || !Number.isInteger(epochs) || epochs < 1) {
      throw new Malformed('say the epochs of each training', String(epochs));
    }
    this.#epochs = epochs;
    this.#seconds = total(state.get('train_times'), epochs);
    this.#results = Object.keys(SETS[dataset] ?? {}).flatMap((set) => {
      const [prefix, key] = set === 'train' ? ['train', epochs - 1] : ['eval', `${set}@${epochs - 1}`];
      const accuracy = valueAt(state.get(`${prefix}_acc1es`), key);
      return accuracy === undefined ? [] : [[set, accuracy, valueAt(state.get(`${prefix}_losses`), key)] as const];
    });
  }

  /** @throws Malformed where an accuracy is there and is no number: it would be missing without a word */
  addTo(builder: TableBuilder, row: number, architecture: string): void {
    const sets = SETS[this.dataset] ?? {};
    const training = { epochs: this.#epochs, trial: this.seed };
    for (const [set, accuracy, loss] of this.#results) {
      if (typeof accuracy !== 'number') {
        const place = `accuracy of ${this.dataset} ${set}, seed ${this.seed}, after ${this.#epochs} epochs of ${architecture}`;
        throw new Malformed('hold numbers as accuracies', `${shown(accuracy)} as ${place}`);
      }
      builder.set(row, { ...sets[set], measure: 'accuracy', ...training }, accuracy / PERCENT);
      if (typeof loss === 'number') builder.set(row, { ...sets[set], measure: 'loss', ...training }, loss);
    }
    if (this.#seconds === undefined || !sets.train) return;
    builder.set(row, { ...sets.train, measure: 'seconds', ...training }, this.#seconds);
  }
}

/** Undefined where nothing is there, something that is no number where there is no dictionary. */
function valueAt(dict: unknown, key: string | number): unknown {
  if (dict === undefined) return undefined;
  return dict instanceof PickleDict ? dict.get(key) : [dict];
}

/** A value as Python has it; what a damaged file has in its place may be of any size. */
function shown(value: unknown): string {
  if (typeof value === 'string') return show(value.slice(0, 120));
  if (value === null) return 'None';
  return typeof value === 'object' ? 'a container' : String(value);
}

/** Seconds of all epochs; undefined where they were not taken of each. */
function total(times: unknown, epochs: number): number | undefined {
  const seconds = times instanceof PickleDict ? times.values().filter((time) => typeof time === 'number') : [];
  return seconds.length === epochs ? seconds.reduce((sum, time) => sum + time, 0) : undefined;
}

function dictionary(value: unknown, what: string): PickleDict {
  if (value instanceof PickleDict) return value;
  throw new Malformed('hold NAS-Bench-201 or NATS-Bench', `something that is no dictionary as ${what}`);
}
