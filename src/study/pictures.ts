/** A study as pictures: regret over samples, and samples to the optimum. */
import groupBy from 'lodash/groupBy.js';
import { type LineChart, lineChart } from '../draw/chart-line.js';
import { intervalChart } from '../draw/chart-rows.js';
import { studyTrialTitle } from './labels.js';
import type { PresetResult, PresetRow } from './reproduce.js';
import type { StrategySummary } from './statistics.js';
import type { StudyResult } from './study.js';

/** Regret that is drawn where there is none left, in percentage points: a logarithmic axis has no zero. */
const LEAST_REGRET = 0.001;

/** By file name, without its ending, the SVG. */
export function studyPictures(result: StudyResult): Readonly<Record<string, string>> {
  return { regret: regretPicture(result), samples: samplesPicture(result) };
}

/** For each data set one picture of its rows, and one of regret for each study that went beyond one sample. */
export function presetPictures({ title, measure, rows, studies }: PresetResult): Readonly<Record<string, string>> {
  const pictures: Record<string, string> = {};
  for (const [dataset, own] of Object.entries(groupBy(rows, 'dataset'))) {
    if (!own.some(({ measured }) => measured !== undefined)) continue;
    pictures[dataset] = intervalChart({
      title,
      subtitle: `${own[0].space}, ${dataset}${trialsOf(own)}`,
      axis: { label: measure, ...(measure.includes('samples') && { scale: 'log' as const }) },
      rows: own.map(({ strategy, measured = Number.NaN, published }) => ({
        name: strategy,
        value: measured,
        ...(published !== undefined && { published }),
      })),
    });
  }
  studies.forEach((study, i) => {
    if (study.strategies[0].samples > 1) pictures[`regret-${study.dataset}-${i + 1}`] = regretPicture(study);
  });
  return pictures;
}

function regretPicture(result: StudyResult): string {
  const chart: LineChart = {
    title: 'Regret over evaluated architectures',
    subtitle: `${subtitleOf(result)}; ${LEAST_REGRET} stands for 0`,
    x: { label: 'architectures evaluated', scale: 'log' },
    y: { label: 'regret of validation accuracy', unit: 'percentage points', scale: 'log' },
    series: result.strategies.map(({ name, regret }) => ({
      name,
      points: regret.map(({ samples, mean }) => [samples, Math.max(LEAST_REGRET, 100 * mean)] as const),
      marks: true,
    })),
  };
  return lineChart(chart);
}

function samplesPicture(result: StudyResult): string {
  return intervalChart({
    title: 'Architectures evaluated until the best one',
    subtitle: subtitleOf(result),
    axis: { label: 'mean samples, failures at their limit; 95 % interval', scale: 'log' },
    rows: result.strategies.map(({ name, meanSamples, meanSamplesInterval, successRate }: StrategySummary) => ({
      name: `${name} (${(100 * successRate).toFixed(0)} % found it)`,
      value: meanSamples,
      interval: meanSamplesInterval,
    })),
  });
}

function subtitleOf({ space, dataset, epochs, trial, architectures, strategies }: StudyResult): string {
  const labels = `${dataset} after ${epochs} epochs (${studyTrialTitle(trial)})`;
  return `${space}, ${labels}, ${architectures.toLocaleString('en')} architectures, ${strategies[0].seeds} runs each`;
}

/** All rows of a data set were measured on the same labels. */
function trialsOf(rows: readonly PresetRow[]): string {
  const trial = rows.find((row) => row.trial !== undefined)?.trial;
  return trial === undefined ? '' : ` (${studyTrialTitle(trial)})`;
}
