/** The charts of a run, those with something to show first, as many side by side as fit. */
import { Box } from 'ink';
import { percent } from '../base/numbers.js';
import { type TextPlot, textPlot } from '../draw/text-plot.js';
import { Block } from './block.js';
import type { RunView, TrainingView, XY } from './run-view.js';
import { COLOURS, fitted, type Theme } from './theme.js';

interface ChartsProps {
  readonly view: RunView;
  readonly columns: number;
  /** Lines, titles included. */
  readonly rows: number;
  /** At most so many side by side. */
  readonly across: number;
  /** How many charts to skip, for those that do not fit. */
  readonly first: number;
  readonly theme: Theme;
}

/** A chart is made when it is drawn: some pass over all candidates. */
interface Chart {
  readonly title: string;
  readonly plot: () => Pick<TextPlot, 'lines' | 'points' | 'format' | 'label'>;
}

const GAP = 1;

export function Charts({ view, columns, rows, across, first, theme }: ChartsProps) {
  const all = chartsOf(view);
  const count = Math.min(across, all.length);
  if (rows === 0 || count === 0) return <Box height={rows} />;
  const shown = Array.from({ length: count }, (_, i) => all[(first + i) % all.length]);
  const width = Math.floor((columns - GAP * (count - 1)) / count);
  return (
    <Box height={rows} columnGap={GAP}>
      {shown.map(({ title, plot }) => (
        <Box key={title} flexDirection="column" width={width}>
          <Block columns={width} bold>
            {fitted(title, width, theme)}
          </Block>
          <Block columns={width} rows={rows - 1} color={COLOURS.plot}>
            {textPlot({ ...plot(), width, height: rows - 1, ascii: theme.ascii }).join('\n')}
          </Block>
        </Box>
      ))}
    </Box>
  );
}

/** How many charts there are to go through. */
export function chartCount(view: RunView): number {
  return chartsOf(view).length;
}

const asPercent = (value: number) => percent(value).replace(/\.\d+ %/, '%');
const asWhole = (value: number) => String(Math.round(value));

function chartsOf(view: RunView): Chart[] {
  const charts: (Chart | undefined)[] = [trainingCurves(view), bestChart(view), scatter(view), predictorChart(view), scores(view)];
  return charts.filter((chart) => chart !== undefined);
}

export function curveOf({ curve }: TrainingView): XY[] {
  return curve.map(({ epoch, validation }) => ({ x: epoch, y: validation }));
}

function trainingCurves({ running, finished }: RunView): Chart | undefined {
  const shown = (running.length > 0 ? running : finished.slice(-1)).filter(({ curve }) => curve.length > 0);
  if (shown.length === 0) return undefined;
  const names = shown.map(({ candidate }) => candidate).join(', ');
  return {
    title: `validation of ${names}`,
    plot: () => ({ lines: shown.map(curveOf), format: { x: asWhole, y: asPercent }, label: 'epoch' }),
  };
}

function bestChart(view: RunView): Chart | undefined {
  if (view.finished.length < 2) return undefined;
  return {
    title: 'best validation so far',
    plot: () => ({ lines: [view.bestSoFar], format: { x: asWhole, y: asPercent }, label: 'evaluations' }),
  };
}

function scatter(view: RunView): Chart | undefined {
  const points = view.scoreAgainstValidation;
  if (points.length < 2) return undefined;
  const rho = view.scoreCorrelation;
  return {
    title: `score, validation${rho === undefined ? '' : `, rho ${rho.toFixed(2)}`}`,
    plot: () => ({ points, format: { x: asWhole, y: asPercent }, label: view.configuration?.metric }),
  };
}

function predictorChart({ fits }: RunView): Chart | undefined {
  const known = fits.flatMap(({ iteration, rankCorrelation }) =>
    rankCorrelation === undefined ? [] : [{ x: iteration, y: rankCorrelation }],
  );
  if (known.length === 0) return undefined;
  const asRho = (value: number) => value.toFixed(2);
  return {
    title: `predictor's rho ${asRho(known.at(-1)!.y)}`,
    plot: () => ({ lines: [known], format: { x: asWhole, y: asRho }, label: 'iteration' }),
  };
}

const BINS = 24;
const MOST_COUNTED = 2000;

/** How scores are spread: what there is to see before anything is trained. */
function scores({ candidates, configuration }: RunView): Chart | undefined {
  if (candidates.count < 3) return undefined;
  const plot = () => {
    // They stand in order: those at equal distances are spread as all are.
    const step = Math.ceil(candidates.count / MOST_COUNTED);
    const values: number[] = [];
    for (let i = 0; i < candidates.inOrder.length; i += step) {
      const { score } = candidates.inOrder[i];
      if (score !== undefined) values.push(score);
    }
    return { lines: [histogram(values)], format: { x: asWhole, y: asWhole }, label: configuration?.metric };
  };
  return { title: `scores of ${candidates.count}`, plot };
}

/** The middle of each bin and how many values are in it. */
function histogram(values: readonly number[]): XY[] {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) counts[Math.min(BINS - 1, Math.floor(((value - low) / (high - low || 1)) * BINS))]++;
  return counts.map((count, i) => ({ x: low + ((high - low) * (i + 0.5)) / BINS, y: count }));
}
