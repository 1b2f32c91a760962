/**
 * Neutral CSV files. Architectures stand in `arch` (official text), in `channels` (the size space of NATS-Bench), or in `hash`,
 * `vertices`, `adj_bits` and `ops` (NAS-Bench-101). Values stand in columns whose names say what they are:
 *
 *     [c10_|c100_|in16_][halftrain_](train|val|test|train_s)_EPOCHS[_sSEED]
 *
 * such as `c10_val_200`, `c100_test_200`, `c10_halftrain_test_200`, `c10_train_s_200` (seconds), `val_108` (NAS-Bench-101 only, whose
 * data set is CIFAR-10 and whose values are of one training: trial 0). A `hash` must be that of its module. Without a seed a value is a mean, elsewhere. Accuracies are
 * fractions, or percent where the largest of a column is above 1; a column that is mostly below is refused then. An empty field is a value that there is not.
 */
import groupBy from 'lodash/groupBy.js';
import { show } from '../base/errors.js';
import type { TableColumn } from '../contracts/table.js';
import { TableBuilder } from './builder.js';
import { columnTitle } from './columns.js';
import { numberIn, parseCsv } from './csv.js';
import { moduleOfBits } from './nas-bench-101-text.js';
import { type ReadOptions, settledSpace, type TableReading } from './reader.js';
import { Malformed } from './refusal.js';
import { NAS_BENCH_101, NATS_BENCH_SIZE, spaceOfText } from './spaces.js';

const DATASETS: Readonly<Record<string, string>> = { c10: 'cifar10', c100: 'cifar100', in16: 'imagenet16-120' };
const SPLITS: Readonly<Record<string, TableColumn['split']>> = { train: 'train', val: 'validation', test: 'test' };
const NAME = /^(?:(c10|c100|in16)_)?(halftrain_)?(train|val|test|train_s)_(\d+)(?:_s(\d+))?$/;
const MODULE = ['hash', 'vertices', 'adj_bits', 'ops'];
/** The most that a percentage can be. */
const HUNDRED = 100;

interface ValueColumn {
  readonly name: string;
  readonly place: number;
  readonly description: TableColumn;
}

/** How a file writes its architectures. */
interface ArchitectureColumns {
  readonly names: readonly string[];
  /** The space, where the columns' names tell it. */
  readonly space?: string;
  readonly text: (fields: readonly string[], place: string) => string;
  /** Where the published hash of an architecture stands; −1 where it is not given. */
  readonly hashPlace: number;
}

/** @param source what to call the file */
export async function readNeutralCsv(text: string, source: string, options: ReadOptions): Promise<TableReading> {
  const csv = parseCsv(text);
  const architectures = architectureColumns(csv.heading);
  const [first] = csv.rows();
  if (!first) throw new Malformed('hold rows of architectures', 'a heading only');
  const told = architectures.space ?? spaceOfText(architectures.text(first.fields, `line ${first.line}`));
  const { space, rule, hashOf } = await settledSpace(told, options);
  const columns = valueColumns(csv.heading, space);
  const builder = new TableBuilder(space, rule);
  const values = columns.map((): (number | undefined)[] => []);
  const lines: number[] = [];
  for (const { fields, line } of csv.rows()) {
    const place = `line ${line}`;
    const architecture = architectures.text(fields, place);
    builder.row(architecture, place);
    const hash = fields[architectures.hashPlace];
    if (hash && hashOf) checkHash(hash, hashOf(architecture), place);
    lines.push(line);
    columns.forEach(({ name, place }, i) => {
      values[i].push(numberIn(fields[place], name, line));
    });
  }
  columns.forEach((column, i) => {
    fill(builder, column, values[i], lines);
  });
  const used = [...architectures.names, ...columns.map(({ name }) => name)];
  return { content: builder.finish(source), leftOut: csv.heading.filter((name) => !used.includes(name)) };
}

function architectureColumns(heading: readonly string[]): ArchitectureColumns {
  const twice = heading.find((name, i) => heading.indexOf(name) !== i);
  if (twice !== undefined) throw new Malformed('name every column once', `${show(twice)} twice`);
  const [hashPlace, vertices, bits, operations] = MODULE.map((name) => heading.indexOf(name));
  if (vertices >= 0 && bits >= 0 && operations >= 0) {
    return {
      names: MODULE,
      space: NAS_BENCH_101,
      text: (fields, place) => moduleOfBits(fields[vertices], fields[bits], fields[operations], place),
      hashPlace,
    };
  }
  for (const [name, space] of [['arch'], ['channels', NATS_BENCH_SIZE]]) {
    const place = heading.indexOf(name);
    if (place >= 0) return { names: [name], space, text: (fields) => fields[place], hashPlace: -1 };
  }
  throw new Malformed(
    `have a column arch or channels, or ${MODULE.slice(1).join(', ')}`,
    `${show(heading.join().slice(0, 80))}`,
  );
}

/** Where the hash is another module's, nobody knows which of the two the values are of. */
function checkHash(given: string, own: string, place: string): void {
  if (given === own) return;
  throw new Malformed('hold with each module its own hash', `${show(given)} in ${place}, whose module has ${own}`);
}

function valueColumns(heading: readonly string[], space: string): ValueColumn[] {
  const columns = heading.flatMap((name, place) => {
    const description = describe(name, space);
    return description ? [{ name, place, description }] : [];
  });
  requireDifferent(columns);
  if (columns.length > 0) return columns;
  throw new Malformed('have a column of values, named as c10_val_200 is', `only ${heading.join(', ').slice(0, 200)}`);
}

/** `c10_val_200` and `c10_val_0200` are one column, as are `val_108` and `c10_val_108_s0` of NAS-Bench-101. */
function requireDifferent(columns: readonly ValueColumn[]): void {
  for (const same of Object.values(groupBy(columns, ({ description }) => columnTitle(description)))) {
    if (same.length < 2) continue;
    const names = same.map(({ name }) => name).join(' and ');
    throw new Malformed('hold every column once', `${names}, which are both ${columnTitle(same[0].description)}`);
  }
}

/** Whether a file's first line, without any comma, is the heading of a single column. */
export function isColumnName(name: string): boolean {
  return ['arch', 'channels', ...MODULE].includes(name) || NAME.test(name);
}

function describe(name: string, space: string): TableColumn | undefined {
  const [matched, short, half, kind, epochs, seed] = NAME.exec(name) ?? [];
  const ofModules = space === NAS_BENCH_101;
  const dataset = short === undefined && ofModules ? DATASETS.c10 : DATASETS[short];
  if (matched === undefined || dataset === undefined) return undefined;
  const mean = ofModules && short === undefined ? 0 : 'mean';
  return {
    dataset: half ? `${dataset}-halftrain` : dataset,
    split: SPLITS[kind] ?? 'train',
    epochs: Number(epochs),
    measure: kind === 'train_s' ? 'seconds' : 'accuracy',
    trial: seed === undefined ? mean : Number(seed),
  };
}

function fill(
  builder: TableBuilder,
  { name, description }: ValueColumn,
  values: readonly (number | undefined)[],
  lines: readonly number[],
): void {
  const accuracy = description.measure === 'accuracy';
  const unit = accuracy ? unitOf(name, values) : 1;
  values.forEach((value, row) => {
    if (value === undefined) return;
    if (value < 0 || (accuracy && value > HUNDRED)) {
      const range = accuracy ? `accuracies from 0 to ${unit}` : 'seconds of at least 0';
      throw new Malformed(`hold ${range} in column ${name}`, `${value} in line ${lines[row]}`);
    }
    builder.set(row, description, value / unit);
  });
}

/** What stands for certainty in a column: 1, or 100 where the largest is above 1. */
function unitOf(name: string, values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  const largest = known.reduce((most, value) => Math.max(most, value), 0);
  if (largest <= 1) return 1;
  // A fraction that is out of range, or fractions and percent mixed: nothing is trained to 1 % on the whole.
  const fractions = known.filter((value) => value <= 1).length;
  if (fractions <= known.length / 2) return HUNDRED;
  const expectation = `hold accuracies from 0 to 1, or percent, in column ${name}`;
  throw new Malformed(expectation, `${largest} among ${fractions} values of at most 1`);
}
