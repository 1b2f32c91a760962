/** The story of a run as text. */
import { counted, decimal, duration, millions, moment, percent, whole } from '../../base/numbers.js';
import type { Constraints, RunConfiguration } from '../../contracts/run.js';
import type { SkeletonOptions } from '../../contracts/search-space.js';
import type { TrainingRecipe } from '../../contracts/training.js';
import type { Correlations, Fit, RunStory, ScoredCandidate, TrackedQuantity, TrainedCandidate } from './story.js';
import { table } from './table.js';

const MOST_OF_REASON = 160;

/** All of it, for `nascent show run`. */
export function storyLines(story: RunStory): string[] {
  return [
    ...headLines(story),
    ...topLines(story),
    ...fitLines(story),
    ...trainedLines(story),
    ...trackedLines(story),
    ...artifactLines(story),
  ];
}

function headLines({ run, scored, asked, shared, scoreFailures, scoringSeconds }: RunStory): string[] {
  const notProposed = asked === 0 ? '' : `, ${asked} of them only because the sampler asked`;
  const same = shared === 0 ? '' : `, ${shared} of them the same to the metric as another one`;
  return [
    `run ${run.id}: ${run.status}, began ${moment(run.created)}`,
    '',
    ...configurationLines(run.configuration),
    `  versions   ${Object.entries(run.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    '',
    `${counted(scored, 'candidate')} scored in ${duration(scoringSeconds)} of work${notProposed}${same}.`,
    ...Object.entries(scoreFailures).map(([reason, count]) => `  ${count} without a score: ${brief(reason)}`),
  ];
}

function configurationLines(configuration: RunConfiguration): string[] {
  const { space, data, testData, sampler, metric, seed, engine, scoreBatch, count, train } = configuration;
  const learns = configuration.learnsFrom === 'evaluations';
  const proposed = learns ? `${counted(train, 'evaluation')} to learn from` : counted(count, 'candidate');
  const chosen = learns ? 'every proposal' : `the best ${train}`;
  const lines: [string, string][] = [
    ['space', `${space}${options(configuration.spaceOptions)}`],
    ...(configuration.constraints ? [['within', bounds(configuration.constraints)] as [string, string]] : []),
    ['data', testData === undefined ? data : `${data}, test images ${testData}`],
    ['sampler', `${sampler}${options(configuration.samplerOptions)}, ${proposed}, seed ${seed}`],
    ['metric', `${metric} on ${scoreBatch} images; ${skeleton(configuration.scoreSkeleton)}`],
    ['training', `${chosen}; ${skeleton(configuration.trainSkeleton)}; ${recipe(configuration.recipe)}`],
    ['engine', engine],
  ];
  if (configuration.retrainEpochs > 0) lines.splice(-1, 0, ['retraining', `${configuration.retrainEpochs} epochs`]);
  return lines.map(([name, text]) => `  ${name.padEnd(10)} ${text}`);
}

function bounds({ atMost = {}, atLeast = {}, measures }: Constraints): string {
  const each = (side: string, limits: Readonly<Record<string, number>>) =>
    Object.entries(limits).map(([name, bound]) => `${name} ${side} ${bound}`);
  const files = measures ? `, measures of ${measures.join(', ')}` : '';
  return `${[...each('at least', atLeast), ...each('at most', atMost)].join(', ')}${files}`;
}

function options(given: Readonly<Record<string, unknown>>): string {
  const isTree = (value: unknown) => typeof value === 'object' && !Array.isArray(value);
  const text = (value: unknown) => (isTree(value) ? JSON.stringify(value) : String(value));
  const pairs = Object.entries(given).map(([name, value]) => `${name}=${text(value)}`);
  return pairs.length === 0 ? '' : ` (${pairs.join(', ')})`;
}

function skeleton({ channels, cells, classes, inputShape }: SkeletonOptions): string {
  return `${channels} channels, ${counted(cells ?? 0, 'cell')} a stage, ${inputShape?.join('×')} to ${classes} classes`;
}

function recipe({ epochs, batchSize, optimizer, learningRate, schedule }: TrainingRecipe): string {
  return `${counted(epochs, 'epoch')} of batches of ${batchSize}, ${optimizer} at ${learningRate} (${schedule})`;
}

function topLines({ top, run }: RunStory): string[] {
  if (top.length === 0) return [];
  const columns = [
    { title: 'candidate', text: (row: ScoredCandidate) => String(row.candidate), align: 'right' },
    { title: run.configuration.metric, text: (row: ScoredCandidate) => decimal(row.value), align: 'right' },
    { title: 'parameters', text: (row: ScoredCandidate) => millions(row.parameters), align: 'right' },
    { title: 'multiply-adds', text: (row: ScoredCandidate) => millions(row.multiplyAdds), align: 'right' },
    { title: 'architecture', text: (row: ScoredCandidate) => row.architecture },
  ] as const;
  return ['', `Best by ${run.configuration.metric}:`, ...indented(table(columns, top))];
}

function fitLines({ fits }: RunStory): string[] {
  if (fits.length === 0) return [];
  const columns = [
    { title: 'fit', text: (fit: Fit) => String(fit.iteration), align: 'right' },
    { title: 'predictor', text: (fit: Fit) => fit.predictor },
    { title: 'observations', text: (fit: Fit) => whole(fit.labels), align: 'right' },
    { title: 'ranked', text: (fit: Fit) => whole(fit.ranked), align: 'right' },
    { title: 'best predicted', text: (fit: Fit) => (fit.best === undefined ? '-' : decimal(fit.best)), align: 'right' },
    { title: 'rank correlation', text: (fit: Fit) => fit.rankCorrelation?.toFixed(3) ?? '-', align: 'right' },
  ] as const;
  return [
    '',
    'What the sampler thought (rank correlation: Spearman, of earlier predictions with what was then observed):',
    ...indented(table(columns, fits)),
  ];
}

function trackedLines({ tracked }: RunStory): string[] {
  if (tracked.length === 0) return [];
  const at = (value: number | null | undefined) => (value == null ? '-' : value.toPrecision(4));
  const columns = [
    { title: 'candidate', text: (row: TrackedQuantity) => String(row.candidate), align: 'right' },
    { title: 'quantity', text: (row: TrackedQuantity) => row.quantity },
    { title: 'first epoch', text: (row: TrackedQuantity) => at(row.values[0]), align: 'right' },
    { title: 'last epoch', text: (row: TrackedQuantity) => at(row.values.at(-1)), align: 'right' },
    { title: 'epochs', text: (row: TrackedQuantity) => String(row.values.length), align: 'right' },
  ] as const;
  return ['', 'Tracked after every epoch (all values with --json):', ...indented(table(columns, tracked))];
}

export function trainedLines({ trained, trainingFailures, sharedTrainings, correlations }: RunStory): string[] {
  const failures = trainingFailures.map(({ candidate, failure }) => `Candidate ${candidate} failed: ${brief(failure)}`);
  if (trained.length === 0) return failures;
  const shared = `${counted(sharedTrainings, 'proposal')} repeated a function and shared its training.`;
  return [
    '',
    'Trained, best by validation first (test accuracy chooses nothing):',
    ...indented(table(TRAINED_COLUMNS, trained)),
    ...failures,
    ...(sharedTrainings > 0 ? [shared] : []),
    ...correlationLines(correlations),
  ];
}

const TRAINED_COLUMNS = [
  { title: 'candidate', text: (row: TrainedCandidate) => String(row.candidate), align: 'right' },
  { title: 'validation', text: (row: TrainedCandidate) => percent(row.validation), align: 'right' },
  {
    title: 'test',
    text: (row: TrainedCandidate) => (row.test === undefined ? '-' : percent(row.test)),
    align: 'right',
  },
  { title: 'parameters', text: (row: TrainedCandidate) => millions(row.parameters), align: 'right' },
  { title: 'multiply-adds', text: (row: TrainedCandidate) => millions(row.multiplyAdds), align: 'right' },
  {
    title: 'score',
    text: (row: TrainedCandidate) => (row.score === undefined ? '-' : decimal(row.score)),
    align: 'right',
  },
  { title: 'epochs', text: (row: TrainedCandidate) => String(row.epochs), align: 'right' },
  { title: 'time', text: (row: TrainedCandidate) => duration(row.seconds), align: 'right' },
  { title: 'architecture', text: (row: TrainedCandidate) => row.architecture },
] as const;

function correlationLines(correlations: Correlations | undefined): string[] {
  if (!correlations) return [];
  const rho = (value: number | undefined) => (value === undefined ? 'undefined (all equal)' : value.toFixed(3));
  const { over, score, parameters, multiplyAdds } = correlations;
  return [
    '',
    `Rank correlation (Spearman) with validation accuracy over the ${over} trained: score ${rho(score)};`,
    `as baselines, parameters ${rho(parameters)} and multiply-adds ${rho(multiplyAdds)}.`,
  ];
}

export function artifactLines({ artifacts }: RunStory): string[] {
  if (artifacts.length === 0) return [];
  const lines = artifacts.map(({ path, candidate, format, check }) => {
    const verdict = check
      ? `checked: ${check.agreeing} of ${check.of} predictions as recorded`
      : 'read back and compared';
    return `  ${path}  ${format} of candidate ${candidate}, ${verdict}`;
  });
  return ['', 'Exported:', ...lines];
}

/** Reasons from native libraries can be pages; the ledger and `--json` have all of it. */
function brief(reason: string): string {
  const [line] = reason.split('\n');
  return line.length > MOST_OF_REASON ? `${line.slice(0, MOST_OF_REASON)}…` : line;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** What came of it, for the end of `nascent search`. */
export function outcomeLines(story: RunStory): string[] {
  const { run, scored, trained } = story;
  const [best] = trained;
  const lines = [
    `run ${run.id}: ${counted(scored, 'candidate')} scored, ${trained.length} trained`,
    ...trainedLines(story),
    ...artifactLines(story),
  ];
  if (best === undefined) return lines;
  const test = best.test === undefined ? '' : `, test ${percent(best.test)}`;
  return [...lines, '', `Best by validation: ${percent(best.validation)}${test}`, `  ${best.architecture}`];
}
