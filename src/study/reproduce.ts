/** Runs a preset on one table: every data set that the table has, published and measured side by side. */
import { expected } from '../base/errors.js';
import { resolve } from '../catalog.js';
import type { StudyTrial } from '../contracts/study.js';
import { openTable } from '../tables/open.js';
import { labelsOf } from './labels.js';
import type { StudyOptions } from './options.js';
import { type Preset, presetNamed } from './presets.js';
import type { StrategySummary } from './statistics.js';
import { type StudyProgress, type StudyResult, study } from './study.js';

export interface PresetRow {
  readonly space: string;
  readonly dataset: string;
  /** Which trainings were the labels; absent where nothing could be measured. */
  readonly trial?: StudyTrial;
  readonly strategy: string;
  readonly published?: number;
  /** Absent where it could not be measured; `missing` then says what it would take. */
  readonly measured?: number;
  readonly missing?: string;
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

/** @throws NascentError `usage` for an unknown preset, a space that it is not about, or scores without data */
export async function reproduce(
  { preset: name, dataset: only, strategies, ...options }: PresetOptions,
  onRun: (progress: StudyProgress) => void = () => {},
): Promise<PresetResult> {
  const preset = presetNamed(name);
  const known = preset.spaces[options.space];
  if (!known) throw expected('`space`', `one of ${Object.keys(preset.spaces).join(', ')} for ${name}`, options.space);
  if (preset.scores && options.data === undefined)
    throw expected('`data`', `given for ${name}, which needs scores`, undefined);
  const space = (await resolve('spaces', options.space))(options.spaceOptions);
  const table = await openTable(options.table, space);
  const present = table.columns.filter((column) => column.split === 'validation').map((column) => column.dataset);
  const datasets = only === undefined ? known : [only];
  // All before the first study: what one of the data sets lacks is said before hours have gone into another.
  const sizes = new Map(
    datasets
      .filter((dataset) => present.includes(dataset))
      .map((dataset) => [dataset, labelsOf(table, { ...options, dataset }).rows.length]),
  );
  const rows: PresetRow[] = [];
  const studies: StudyResult[] = [];
  for (const dataset of datasets) {
    const whole = sizes.get(dataset);
    if (whole === undefined) {
      rows.push(...missingRows(preset, options.space, dataset));
      continue;
    }
    for (const part of preset.parts(options.space)) {
      const wanted = part.strategies.filter((one) => !strategies || strategies.includes(one.name));
      if (wanted.length === 0) continue;
      const { seeds = preset.seeds, scoreBudget = preset.scoreBudget } = options;
      const samples = Math.min(whole, options.samples ?? part.samples ?? whole);
      const result = await study({ ...options, dataset, strategies: wanted, seeds, scoreBudget, samples }, onRun);
      studies.push(result);
      rows.push(...result.strategies.map((summary) => measuredRow(preset, result, summary)));
    }
  }
  const { title, source, measure } = preset;
  return { preset: name, title, source, measure: measure.name, rows, studies };
}

function measuredRow(preset: Preset, { space, dataset, trial }: StudyResult, summary: StrategySummary): PresetRow {
  const published = preset.published[space]?.[dataset]?.[summary.name];
  const measured = preset.measure.of(summary);
  return {
    ...{ space, dataset, trial, strategy: summary.name, summary },
    ...(published !== undefined && { published }),
    ...(measured === undefined ? { missing: `the table has no test accuracy of ${dataset}` } : { measured }),
  };
}

function missingRows(preset: Preset, space: string, dataset: string): PresetRow[] {
  const missing = `the table has no ${dataset}: "nascent table import" makes one of the official file`;
  return Object.entries(preset.published[space]?.[dataset] ?? {}).map(([strategy, published]) => ({
    ...{ space, dataset, strategy, published, missing },
  }));
}
