/** A study as text: one strategy a line. */

import groupBy from 'lodash/groupBy.js';
import { percent, whole } from '../../base/numbers.js';
import { studyTrialTitle } from '../../study/labels.js';
import { architecturesTitle } from '../../study/notes.js';
import type { PresetResult, PresetRow } from '../../study/reproduce.js';
import type { StrategySummary } from '../../study/statistics.js';
import type { StudyOptimum, StudyResult } from '../../study/study.js';
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
    ...(result.optimum ? [result.optimum.architectures[0]] : []),
    '',
    ...table(COLUMNS, strategies),
    '',
    `Samples: mean with its 95 % interval; a run without success counts as ${whole(strategies[0].samples)}. Scoring seconds are those of one core.`,
  ];
}

function headingOf({ space, dataset, epochs, trial, architectures, spaceSize, optimum }: StudyResult): string {
  const labels = `validation after ${epochs} epochs (${studyTrialTitle(trial)})`;
  const count = architecturesTitle(architectures, spaceSize);
  const best = `${space}, ${dataset}: the best of ${count} by ${labels}`;
  return optimum ? `${best} has ${percent(optimum.validation)} (${rowsTitle(optimum)})` : best;
}

/** `row 99`, `row 3, 7`, `row 0, 1, 2, 3, 4 and 295 more` */
function rowsTitle({ rows, count }: StudyOptimum): string {
  const more = count - rows.length;
  return `row ${rows.join(', ')}${more > 0 ? ` and ${whole(more)} more` : ''}`;
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

/** Characters a line. */
const WIDTH = 120;

const PRESET_COLUMNS = [
  { title: 'data set', text: ({ dataset }: NotedRow) => dataset },
  { title: 'trial', text: ({ trial }: NotedRow) => String(trial ?? '') },
  { title: 'strategy', text: ({ strategy }: NotedRow) => strategy },
  { title: 'published', text: ({ published }: NotedRow) => maybe(published), align: 'right' },
  { title: 'measured', text: ({ measured }: NotedRow) => maybe(measured), align: 'right' },
  { title: 'success', text: ({ summary }: NotedRow) => (summary ? percent(summary.successRate) : ''), align: 'right' },
  { title: 'seeds', text: ({ summary }: NotedRow) => (summary ? whole(summary.seeds) : ''), align: 'right' },
  { title: 'within', text: ({ summary }: NotedRow) => (summary ? whole(summary.samples) : ''), align: 'right' },
  { title: 'note', text: ({ marks }: NotedRow) => marks },
] as const;

/** With the letters of its notes, which stand below the table: many rows have the same. */
interface NotedRow extends PresetRow {
  readonly marks: string;
}

/** Published and measured side by side, a table for each space. */
export function presetLines({ title, source, measure, rows }: PresetResult): string[] {
  const texts = [...new Set(rows.flatMap(remarksOf))];
  const letterOf = (text: string) => letter(texts.indexOf(text));
  const tables = Object.entries(groupBy(rows, 'space')).flatMap(([space, own]) => [
    '',
    space,
    ...table(
      PRESET_COLUMNS,
      own.map((row) => ({ ...row, marks: remarksOf(row).map(letterOf).join(' ') })),
    ),
  ]);
  const notes = texts.flatMap((text) => wrapped(`${letterOf(text)}: ${text}`));
  return [`${title} (${measure})`, `Published: ${source}`, ...tables, ...(notes.length > 0 ? ['', ...notes] : [])];
}

/** What a reader has to know of a row: what it takes, or what makes its numbers hard to compare. */
function remarksOf({ missing, notes = [] }: PresetRow): string[] {
  return missing === undefined ? [...notes] : [missing, ...notes];
}

/** In lines of a usual terminal; those after the first are indented. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `   ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** a … z, then aa … */
function letter(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : `${letter(Math.floor(index / 26) - 1)}${last}`;
}

function maybe(value: number | undefined): string {
  if (value === undefined) return '-';
  return value < 100 ? value.toFixed(2) : whole(Math.round(value));
}
