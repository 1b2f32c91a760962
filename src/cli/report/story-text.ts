/** The story of a run as text. */
import type { RunConfiguration } from '../../contracts/run.js';
import type { SkeletonOptions } from '../../contracts/search-space.js';
import type { TrainingRecipe } from '../../contracts/training.js';
import { counted, decimal, duration, millions, moment, percent } from './numbers.js';
import type { Correlations, RunStory, ScoredCandidate, TrainedCandidate } from './story.js';
import { table } from './table.js';

const MOST_OF_REASON = 160;

/** All of it, for `nascent show run`. */
export function storyLines(story: RunStory): string[] {
  return [...headLines(story), ...topLines(story), ...trainedLines(story), ...artifactLines(story)];
}

function headLines({ run, scored, shared, scoreFailures, scoringSeconds }: RunStory): string[] {
  const same = shared === 0 ? '' : `, ${shared} of them the same to the metric as another one`;
  return [
    `run ${run.id}: ${run.status}, began ${moment(run.created)}`,
    '',
    ...configurationLines(run.configuration),
    `  versions   ${Object.entries(run.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    '',
    `${counted(scored, 'candidate')} scored in ${duration(scoringSeconds)} of work${same}.`,
    ...Object.entries(scoreFailures).map(([reason, count]) => `  ${count} without a score: ${brief(reason)}`),
  ];
}

function configurationLines(configuration: RunConfiguration): string[] {
  const { space, data, testData, sampler, metric, seed, engine, scoreBatch, count, train } = configuration;
  const lines: [string, string][] = [
    ['space', `${space}${options(configuration.spaceOptions)}`],
    ['data', testData === undefined ? data : `${data}, test images ${testData}`],
    ['sampler', `${sampler}${options(configuration.samplerOptions)}, ${counted(count, 'candidate')}, seed ${seed}`],
    ['metric', `${metric} on ${scoreBatch} images; ${skeleton(configuration.scoreSkeleton)}`],
    ['training', `the best ${train}; ${skeleton(configuration.trainSkeleton)}; ${recipe(configuration.recipe)}`],
    ['engine', engine],
  ];
  if (configuration.retrainEpochs > 0) lines.splice(5, 0, ['retraining', `${configuration.retrainEpochs} epochs`]);
  return lines.map(([name, text]) => `  ${name.padEnd(10)} ${text}`);
}

function options(given: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(given).map(([name, value]) => `${name}=${String(value)}`);
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

export function trainedLines({ trained, trainingFailures, correlations }: RunStory): string[] {
  const failures = trainingFailures.map(({ candidate, failure }) => `Candidate ${candidate} failed: ${brief(failure)}`);
  if (trained.length === 0) return failures;
  return [
    '',
    'Trained, best by validation first (test accuracy chooses nothing):',
    ...indented(table(TRAINED_COLUMNS, trained)),
    ...failures,
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
