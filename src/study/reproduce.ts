/** Runs a preset on one table: every data set that the table has, published and measured side by side. */
import { expected } from '../base/errors.js';
import { unknownName } from '../base/names.js';
import { resolve } from '../catalog.js';
import type { StrategyReference, StudyTrial } from '../contracts/study.js';
import type { Table } from '../contracts/table.js';
import { openTable } from '../tables/open.js';
import { labelsOf } from './labels.js';
import { lackOf } from './lacks.js';
import { notesOf } from './notes.js';
import type { StudyOptions } from './options.js';
import { type Preset, type PresetPart, presetNamed } from './presets.js';
import type { StrategySummary } from './statistics.js';
import { type StudyProgress, type StudyResult, study } from './study.js';

export interface PresetRow {
  readonly space: string;
  readonly dataset: string;
  /** Which trainings were the labels; absent where nothing could be measured. */
  readonly trial?: StudyTrial;
  readonly strategy: string;
  readonly published?: number;
  /** Absent where it could not be measured; `missing` then says what to import for it. */
  readonly measured?: number;
  readonly missing?: string;
  /** In what measured was come by otherwise than published; absent where in nothing. */
  readonly notes?: readonly string[];
  readonly summary?: StrategySummary;
}

export interface PresetResult {
  readonly preset: string;
  readonly title: string;
  readonly source: string;
  readonly measure: string;
  readonly rows: readonly PresetRow[];
  /** One a data set and limit. */
  readonly studies: readonly StudyResult[];
}

export type PresetOptions = Omit<StudyOptions, 'strategies' | 'dataset'> & {
  readonly preset: string;
  /** Only this data set. */
  readonly dataset?: string;
  /** Only these of the preset's strategies. */
  readonly strategies?: readonly string[];
};

/** A published column: a data set of a space. */
interface PublishedColumn {
  readonly space: string;
  readonly dataset: string;
  /** What the table does not have for it. */
  readonly lack?: string;
}

/**
 * @throws NascentError `usage` for an unknown preset, a space, data set or strategy that it is not about, or scores without data
 */
export async function reproduce(
  { preset: name, dataset: only, strategies: wanted, ...options }: PresetOptions,
  onRun: (progress: StudyProgress) => void = () => {},
): Promise<PresetResult> {
  const preset = presetNamed(name);
  requireKnown(preset, name, options.space, only, wanted);
  if (preset.scores && options.data === undefined)
    throw expected('`data`', `given for ${name}, which needs scores`, undefined);
  const table = await openTable(options.table, (await resolve('spaces', options.space))(options.spaceOptions));
  const isWanted = ({ name }: StrategyReference) => !wanted || wanted.includes(name);
  const rows: PresetRow[] = [];
  const studies: StudyResult[] = [];
  // All before the first study: what one of the data sets lacks is said before hours have gone into another.
  for (const { space, dataset, lack } of columnsOf(preset, table, only, options)) {
    if (lack !== undefined) {
      rows.push(...missingRows(preset, space, dataset, lack, wanted));
      continue;
    }
    const { length: whole } = labelsOf(table, { ...options, dataset }).rows;
    for (const part of preset.parts(space)) {
      const strategies = part.strategies.filter(isWanted);
      if (strategies.length === 0) continue;
      const { seeds = preset.seeds, scoreBudget = preset.scoreBudget } = options;
      const samples = Math.min(whole, options.samples ?? part.samples ?? whole);
      const result = await study({ ...options, dataset, strategies, seeds, scoreBudget, samples }, onRun);
      studies.push(result);
      rows.push(...result.strategies.map((summary) => measuredRow(preset, part, options, result, summary)));
    }
  }
  const { title, source, measure } = preset;
  return { preset: name, title, source, measure: measure.name, rows, studies };
}

function requireKnown(
  preset: Preset,
  name: string,
  space: string,
  dataset: string | undefined,
  strategies: readonly string[] | undefined,
): void {
  if (!Object.hasOwn(preset.spaces, space)) {
    throw expected('`space`', `one of ${Object.keys(preset.spaces).join(', ')} for ${name}`, space);
  }
  const datasets = preset.spaces[space];
  if (dataset !== undefined && !datasets.includes(dataset)) {
    throw unknownName(`\`dataset\` for ${name} on ${space}`, String(dataset), datasets);
  }
  const known = namesIn(preset.parts(space));
  if (strategies?.length === 0) throw expected('`strategies`', `one or more of ${known.join(', ')}`, strategies);
  const unknown = strategies?.find((strategy) => !known.includes(strategy));
  if (unknown !== undefined) throw unknownName(`the strategy of ${name}`, String(unknown), known);
}

function namesIn(parts: readonly PresetPart[]): string[] {
  return parts.flatMap(({ strategies }) => strategies.map(({ name }) => name));
}

/** Those of the table's own space first. */
function columnsOf(
  preset: Preset,
  table: Table,
  only: string | undefined,
  options: Pick<StudyOptions, 'epochs' | 'trial'>,
): PublishedColumn[] {
  const others = Object.keys(preset.spaces).filter((space) => space !== table.space);
  return [table.space, ...others].flatMap((space) =>
    preset.spaces[space]
      .filter((dataset) => only === undefined || dataset === only)
      .map((dataset) => {
        const lack = lackOf(table, preset, space, { ...options, dataset });
        return { space, dataset, ...(lack !== undefined && { lack }) };
      }),
  );
}

function measuredRow(
  preset: Preset,
  part: PresetPart,
  options: Parameters<typeof notesOf>[2],
  result: StudyResult,
  summary: StrategySummary,
): PresetRow {
  const { space, dataset, trial } = result;
  const published = preset.published[space][dataset][summary.name];
  const measured = preset.measure.of(summary);
  const notes = notesOf(preset, part, options, result, summary);
  return {
    ...{ space, dataset, trial, strategy: summary.name, summary },
    ...(published !== undefined && { published }),
    ...(measured === undefined ? { missing: 'none of the rows that were found has a test accuracy' } : { measured }),
    ...(notes.length > 0 && { notes }),
  };
}

/** Of what was published, or of what is asked for by name. */
function missingRows(
  preset: Preset,
  space: string,
  dataset: string,
  missing: string,
  wanted: readonly string[] | undefined,
): PresetRow[] {
  const published: Readonly<Record<string, number | undefined>> = preset.published[space][dataset];
  return namesIn(preset.parts(space))
    .filter((strategy) => (wanted ? wanted.includes(strategy) : published[strategy] !== undefined))
    .map((strategy) => ({
      ...{ space, dataset, strategy, missing },
      ...(published[strategy] !== undefined && { published: published[strategy] }),
    }));
}
