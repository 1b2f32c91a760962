/** A study as text: one strategy a line. */

import { percent, whole } from '../../base/numbers.js';
import { studyTrialTitle } from '../../study/labels.js';
import type { PresetResult, PresetRow } from '../../study/reproduce.js';
import type { StrategySummary } from '../../study/statistics.js';
import type { StudyResult } from '../../study/study.js';
import { table } from './table.js';

const COLUMNS = [
  { title: 'strategy', text: ({ name }: StrategySummary) => name },
  { title: 'seeds', text: ({ seeds }: StrategySummary) => whole(seeds), align: 'right' },
  { title: 'success', text: ({ successRate }: StrategySummary) => percent(successRate), align: 'right' },
  { title: 'samples to the optimum', text: samplesOf, align: 'right' },
  { title: 'median', text: ({ medianSamples }: StrategySummary) => short(medianSamples), align: 'right' },
  { title: 'to a top 10', text: topTenOf, align: 'right' },
  { title: 'test of the best', text: testOf, align: 'right' },
  { title: 'scored', text: ({ scored }: StrategySummary) => short(scored), align: 'right' },
  { title: 'scoring', text: ({ scoringSeconds }: StrategySummary) => `${short(scoringSeconds)} s`, align: 'right' },
  { title: 'a run', text: ({ seconds }: StrategySummary) => `${short(seconds)} s`, align: 'right' },
] as const;

export function studyLines(result: StudyResult): string[] {
  const { strategies } = result;
  return [
    headingOf(result),
    '',
    ...table(COLUMNS, strategies),
    '',
    `Samples: mean with its 95 % interval; a run without success counts as ${whole(strategies[0].samples)}. Scoring seconds are those of one core.`,
  ];
}

function headingOf({ space, dataset, epochs, trial, architectures, optimum }: StudyResult): string {
  const labels = `validation after ${epochs} epochs (${studyTrialTitle(trial)})`;
  const best = `${space}, ${dataset}: the best of ${whole(architectures)} architectures by ${labels}`;
  return optimum ? `${best} has ${percent(optimum.validation)} (row ${optimum.rows.join(', ')})` : best;
}

function samplesOf({ meanSamples, meanSamplesInterval: [low, high] }: StrategySummary): string {
  return `${short(meanSamples)} [${short(low)}, ${short(high)}]`;
}

function topTenOf({ top }: StrategySummary): string {
  const ten = top.find(({ k }) => k === 10);
  return ten ? short(ten.meanSamples) : '';
}

function testOf({ test }: StrategySummary): string {
  return test ? percent(test.mean) : '-';
}

function short(value: number): string {
  return value < 100 ? value.toFixed(1) : whole(Math.round(value));
}

const PRESET_COLUMNS = [
  { title: 'data set', text: ({ dataset }: PresetRow) => dataset },
  { title: 'trial', text: ({ trial }: PresetRow) => String(trial ?? '') },
  { title: 'strategy', text: ({ strategy }: PresetRow) => strategy },
  { title: 'published', text: ({ published }: PresetRow) => maybe(published), align: 'right' },
  { title: 'measured', text: ({ measured }: PresetRow) => maybe(measured), align: 'right' },
  { title: 'success', text: ({ summary }: PresetRow) => (summary ? percent(summary.successRate) : ''), align: 'right' },
  { title: 'seeds', text: ({ summary }: PresetRow) => (summary ? whole(summary.seeds) : ''), align: 'right' },
  { title: 'within', text: ({ summary }: PresetRow) => (summary ? whole(summary.samples) : ''), align: 'right' },
  { title: '', text: ({ missing }: PresetRow) => missing ?? '' },
] as const;

/** Published and measured side by side. */
export function presetLines({ title, source, measure, rows }: PresetResult): string[] {
  return [`${title} (${measure})`, `Published: ${source}`, '', ...table(PRESET_COLUMNS, rows)];
}

function maybe(value: number | undefined): string {
  if (value === undefined) return '-';
  return value < 100 ? value.toFixed(2) : whole(Math.round(value));
}
