/** A study as pictures: regret over samples, and samples to the optimum. */
import groupBy from 'lodash/groupBy.js';
import uniq from 'lodash/uniq.js';
import { whole } from '../base/numbers.js';
import { type LineChart, type LineSeries, lineChart } from '../draw/chart-line.js';
import { intervalChart } from '../draw/chart-rows.js';
import { studyTrialTitle } from './labels.js';
import { architecturesTitle } from './notes.js';
import type { PresetResult, PresetRow } from './reproduce.js';
import type { StrategySummary } from './statistics.js';
import type { StudyResult } from './study.js';

/** By file name, without its ending, the SVG. */
export function studyPictures(result: StudyResult): Readonly<Record<string, string>> {
  return { regret: regretPicture(result), samples: samplesPicture(result) };
}

/** For each data set one picture of its rows, and one of the regret of its strategies if they went beyond one sample. */
export function presetPictures({ title, measure, rows, studies }: PresetResult): Readonly<Record<string, string>> {
  const pictures: Record<string, string> = {};
  // A preset measures on the table of one space.
  const measured = rows.filter((row) => row.measured !== undefined);
  for (const [dataset, own] of Object.entries(groupBy(measured, 'dataset'))) {
    pictures[dataset] = presetPicture(title, measure, own);
  }
  for (const [dataset, own] of Object.entries(groupBy(studies, 'dataset'))) {
    const strategies = own.flatMap((study) => study.strategies).filter(({ samples }) => samples > 1);
    if (strategies.length > 0) pictures[`regret-${dataset}`] = regretPicture({ ...own[0], strategies });
  }
  return pictures;
}

function presetPicture(title: string, measure: string, rows: readonly PresetRow[]): string {
  const bySamples = measure.includes('samples');
  const notes = uniq(rows.flatMap((row) => row.notes ?? []));
  return intervalChart({
    title,
    subtitle: [`${rows[0].space}, ${rows[0].dataset}${trialsOf(rows)}`, ...notes].join('; '),
    axis: { label: measure, ...(bySamples && { scale: 'log' as const }) },
    rows: rows.map(({ strategy, measured = Number.NaN, published, summary }) => ({
      name: bySamples && summary ? withSuccess(summary) : strategy,
      value: measured,
      ...(bySamples && summary && { interval: summary.meanSamplesInterval }),
      ...(published !== undefined && { published }),
    })),
  });
}

/** A logarithmic axis has no zero: lines end where no regret is left, and their names say from where on there is none. */
function regretPicture(result: StudyResult): string {
  const regrets = result.strategies.flatMap(({ regret }) => regret.map(({ mean }) => mean));
  const anyLeft = regrets.some((mean) => mean > 0);
  const lines = anyLeft && regrets.includes(0) ? '; lines end where all runs have found the best' : '';
  const chart: LineChart = {
    title: 'Regret over evaluated architectures',
    subtitle: `${subtitleOf(result)}; means with 95 % intervals${lines}`,
    x: { label: 'architectures evaluated', scale: 'log' },
    y: {
      ...{ label: 'regret of validation accuracy', unit: 'percentage points' },
      ...(anyLeft && { scale: 'log' as const }),
    },
    series: result.strategies.map((strategy) => regretLine(strategy, anyLeft)),
  };
  return lineChart(chart);
}

function regretLine({ name, regret }: StrategySummary, positive: boolean): LineSeries {
  const drawn = positive ? regret.filter(({ mean }) => mean > 0) : regret;
  const none = regret.find(({ mean }) => mean === 0);
  return {
    name: none ? `${name} (0 from ${whole(none.samples)})` : name,
    points: drawn.map(({ samples, mean }) => [samples, 100 * mean]),
    band: drawn.map(({ samples, low, high }) => [samples, 100 * low, 100 * high]),
    ...{ marks: true, empty: false },
  };
}

function samplesPicture(result: StudyResult): string {
  return intervalChart({
    title: 'Architectures evaluated until the best one',
    subtitle: subtitleOf(result),
    axis: { label: 'mean samples, failures at their limit; 95 % interval', scale: 'log' },
    rows: result.strategies.map((summary) => ({
      name: withSuccess(summary),
      value: summary.meanSamples,
      interval: summary.meanSamplesInterval,
    })),
  });
}

/** Without them a mean of runs that were cut off looks like one of runs that were not. */
function withSuccess({ name, successRate, samples }: StrategySummary): string {
  // 99.6 is not 100.
  return `${name} (${Number((100 * successRate).toFixed(1))} % within ${whole(samples)})`;
}

function subtitleOf({ space, dataset, epochs, trial, architectures, spaceSize, strategies }: StudyResult): string {
  const labels = `${dataset} after ${epochs} epochs (${studyTrialTitle(trial)})`;
  return `${space}, ${labels}, ${architecturesTitle(architectures, spaceSize)}, ${strategies[0].seeds} runs each`;
}

/** All rows of a data set were measured on the same labels. */
function trialsOf(rows: readonly PresetRow[]): string {
  const trial = rows.find((row) => row.trial !== undefined)?.trial;
  return trial === undefined ? '' : ` (${studyTrialTitle(trial)})`;
}
