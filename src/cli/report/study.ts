/** A study as text: one strategy a line. */
import type { StrategySummary } from '../../study/statistics.js';
import type { StudyResult } from '../../study/study.js';
import { percent, whole } from './numbers.js';
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

export function studyLines({ space, dataset, epochs, architectures, optimum, strategies }: StudyResult): string[] {
  const best = `${percent(optimum.validation)} (row ${optimum.rows.join(', ')})`;
  return [
    `${space}, ${dataset}: the best of ${whole(architectures)} architectures by validation after ${epochs} epochs has ${best}`,
    '',
    ...table(COLUMNS, strategies),
    '',
    `Samples: mean with its 95 % interval; a run without success counts as ${whole(strategies[0].samples)}. Scoring seconds are those of one core.`,
  ];
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
