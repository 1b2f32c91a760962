/** One candidate: its picture, its score and where that comes from, its cost, its trainings and their curves. */
import { Box } from 'ink';
import { decimal, duration, millions, percent, whole } from '../base/numbers.js';
import type { RunConfiguration } from '../contracts/run.js';
import { textPlot } from '../draw/text-plot.js';
import { Block } from './block.js';
import type { CandidateView } from './candidates.js';
import { curveOf } from './charts.js';
import type { RunView, TrainingView } from './run-view.js';
import { COLOURS, fitted, type Theme } from './theme.js';

/** The lines of an architecture's picture, at most `width` characters each; none where its space has no pictures. */
export type Drawing = (architecture: string, width: number) => readonly string[];

interface CandidateDetailsProps {
  readonly view: RunView;
  readonly candidate: CandidateView;
  readonly drawing: Drawing;
  readonly columns: number;
  readonly rows: number;
  readonly theme: Theme;
}

const LEAST_PLOT = 5;
const MOST_PLOT = 14;

export function CandidateDetails({ view, candidate, drawing, columns, rows, theme }: CandidateDetailsProps) {
  const trainings = view.trainingsOf(candidate);
  const facts = [
    candidate.architecture,
    scoreLine(view, candidate),
    provenanceLine(view, candidate),
    costLine(candidate),
    ...trainings.map(trainingLine),
    ...view.artifacts
      .filter((artifact) => artifact.candidate === candidate.candidate)
      .map(({ path, check }) => `exported: ${path}${check ? `, ${check.agreeing} of ${check.of} predictions as recorded` : ''}`),
  ].flatMap((fact) => wrapped(fact, columns));
  const title = `candidate ${candidate.candidate}`;
  const room = rows - facts.length - 1;
  const picture = drawing(candidate.architecture, columns);
  const drawn = picture.length + 1 <= room ? ['', ...picture] : [];
  const left = room - drawn.length;
  const curves = trainings.filter(({ curve }) => curve.length > 0);
  const plotted = curves.length > 0 && left >= LEAST_PLOT ? Math.min(left, MOST_PLOT) : 0;
  const empty = Math.max(0, left - plotted);
  return (
    <>
      <Block columns={columns} bold color={COLOURS.selected}>
        {title}
      </Block>
      {[...facts, ...drawn].slice(0, rows - 1).map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have nothing else.
        <Block key={i} columns={columns}>
          {fitted(line, columns, theme) || ' '}
        </Block>
      ))}
      {plotted > 0 && (
        <Block columns={columns} rows={plotted} color={COLOURS.plot}>
          {plotOf(curves, columns, plotted, theme)}
        </Block>
      )}
      {empty > 0 && <Box height={empty} />}
    </>
  );
}

function wrapped(text: string, width: number): string[] {
  return Array.from({ length: Math.ceil(text.length / width) }, (_, i) => text.slice(i * width, (i + 1) * width));
}

function scoreLine({ configuration }: RunView, { score, failure, sharedWith, predicted }: CandidateView): string {
  const metric = configuration?.metric ?? 'score';
  const value = failure === undefined ? decimal(score ?? Number.NaN) : `none: ${failure.split('\n')[0]}`;
  const shared = sharedWith === undefined ? '' : `, that of candidate ${sharedWith}, which is the same to it`;
  const guess = predicted === undefined ? '' : `; predicted ${decimal(predicted)}`;
  return `${metric} ${value}${shared}${guess}`;
}

/** Enough to compute the score again. */
function provenanceLine({ configuration, versions }: RunView, { seconds }: CandidateView): string {
  if (!configuration) return '';
  const { scoreBatch, data, scoreSkeleton, engine, seed } = configuration;
  const { channels, cells } = scoreSkeleton as Partial<RunConfiguration['scoreSkeleton']>;
  const version = versions[engine] === undefined ? '' : ` ${versions[engine]}`;
  return `  on ${scoreBatch} images of ${data}; ${channels} channels, ${cells} cells a stage; ${engine}${version}; seed ${seed}; ${duration(seconds)}`;
}

function costLine({ parameters, multiplyAdds }: CandidateView): string {
  return `${whole(parameters)} parameters, ${millions(multiplyAdds)} multiply-adds, as it was scored`;
}

function trainingLine({ stage, state, curve, epochs, validation, test, failure }: TrainingView): string {
  const what = stage === 'retrain' ? 'long training' : 'training';
  if (state === 'failed') return `${what} failed: ${failure?.split('\n')[0]}`;
  const last = validation ?? curve.at(-1)?.validation;
  const accuracy = last === undefined ? '' : `, validation ${percent(last)}`;
  const tested = test === undefined ? '' : `, test ${percent(test)}`;
  return `${what} ${state}: ${curve.length} of ${epochs} epochs${accuracy}${tested}`;
}

function plotOf(trainings: readonly TrainingView[], width: number, height: number, { ascii }: Theme): string {
  const format = { x: (value: number) => String(Math.round(value)), y: percent };
  return textPlot({ width, height, lines: trainings.map(curveOf), format, label: 'epoch', ascii }).join('\n');
}
