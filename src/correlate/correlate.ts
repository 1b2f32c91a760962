/** `correlate`: how well training-free metrics rank the architectures of a table. */
import { packageVersion } from '../base/version.js';
import { namesOf, resolve } from '../catalog.js';
import type { WorkerPool } from '../contracts/job.js';
import type { JsonObject } from '../contracts/json.js';
import type { Metric } from '../contracts/metric.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { StudyScore } from '../contracts/study.js';
import type { TableColumn } from '../contracts/table.js';
import { openStudies } from '../log/studies.js';
import { type NamedSpace, scoreSettings } from '../search/kept-scores.js';
import { openTable } from '../tables/open.js';
import { abortError } from '../workers/abort.js';
import { localPool } from '../workers/local-pool.js';
import { type Accuracies, accuraciesOf } from './accuracies.js';
import { checkFusions, type Fusion, fuse } from './fusions.js';
import { type CheckedCorrelation, type CorrelateOptions, checkedCorrelation } from './options.js';
import { drawPopulation, type Population } from './population.js';
import { type Repeat, type ScoresByMetric, type Scoring, scoresOf } from './scores.js';
import { type Merits, type RankingQuality, rankingQualities } from './statistics.js';

/** What a listener hears: each form of an architecture, under one initialisation and batch, once all its scores are in the ledger. */
export interface CorrelateProgress {
  readonly done: number;
  readonly of: number;
  /** All of them were there. */
  readonly reused: boolean;
}

export interface MetricCorrelation extends RankingQuality {
  /** Its name, or that of the fusion. */
  readonly metric: string;
  readonly higherIsBetter: boolean;
  /** What it was joined from, where it is a fusion. */
  readonly fusion?: Omit<Fusion, 'name'>;
  /** Architectures without a score, over all repeats, and the reason of the first; they rank last. */
  readonly failures: number;
  readonly failure?: string;
  /** By repeat and architecture, as computed; null for a failure. */
  readonly scores: readonly (readonly (number | null)[])[];
}

export interface CorrelateResult {
  readonly space: string;
  readonly spaceOptions: JsonObject;
  /** Of the table. */
  readonly checksum: string;
  /** What scores are compared with. */
  readonly accuracy: TableColumn;
  readonly population: 'all' | 'live';
  /** Architectures in it, and how many were drawn, by which seed. */
  readonly populationSize: number;
  readonly count: number;
  readonly seed: number;
  /** What scores were computed on: of each repeat the seeds of weights and batch. */
  readonly data: string;
  readonly scoreBatch: number;
  readonly repeats: readonly { readonly seed: number; readonly batchSeed: number }[];
  readonly skeleton: JsonObject;
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>>;
  /** In the order in which they were asked for, then the baselines, then fusions. */
  readonly metrics: readonly MetricCorrelation[];
  /** Drawn architectures in their official text, and their accuracies. */
  readonly architectures: readonly string[];
  readonly accuracies: readonly number[];
  readonly seconds: number;
}

/** Reported whoever asks: what a score must beat. */
const BASELINES = ['parameters', 'multiply-adds'];

/** Everything a correlation stands on, before its first score. */
interface Prepared {
  readonly options: CheckedCorrelation;
  readonly space: SearchSpace;
  readonly named: NamedSpace;
  readonly checksum: string;
  readonly accuracies: Accuracies;
  readonly population: Population;
  readonly metrics: readonly Metric[];
  readonly repeats: readonly Repeat[];
}

/**
 * @param onForm hears of every scored form once its scores are kept
 * @throws NascentError for what is wrong with options, table or data; an AbortError where `signal` stopped it: the same call goes on
 */
export async function correlate(
  options: CorrelateOptions,
  onForm: (progress: CorrelateProgress) => void = () => {},
): Promise<CorrelateResult> {
  const started = performance.now();
  const prepared = await prepare(checkedCorrelation(options));
  const scores = await computeScores(prepared, onForm);
  const metrics = await correlations(prepared, scores);
  return { ...factsOf(prepared), metrics, ...drawnOf(prepared), seconds: (performance.now() - started) / 1000 };
}

async function prepare(options: CheckedCorrelation): Promise<Prepared> {
  const named = { space: options.space, spaceOptions: options.spaceOptions ?? {} };
  const space = (await resolve('spaces', options.space))(options.spaceOptions);
  const metrics = await Promise.all(metricNames(options).map((name) => resolve('metrics', name)));
  await checkFusions(options.fusions, namesOf('metrics'));
  const table = await openTable(options.table, space);
  table.verify?.();
  const accuracies = accuraciesOf(table, options);
  const population = drawPopulation(space, table, accuracies.values, options);
  const repeats = await repeatsOf(space, options);
  return { options, space, named, checksum: table.checksum, accuracies, population, metrics, repeats };
}

function metricNames({ metrics, fusions }: CheckedCorrelation): string[] {
  const asked = metrics === 'all' ? namesOf('metrics') : metrics;
  return [...new Set([...asked, ...fusions.flatMap(({ of }) => of), ...BASELINES])];
}

/** Batch by batch, so that the workers keep theirs as long as they can. */
async function repeatsOf(space: SearchSpace, options: CheckedCorrelation): Promise<Repeat[]> {
  const { data, scoreBatch: batch, scoreSkeleton: skeleton, scoreSeed, engine: name } = options;
  const engine = await (await resolve('engines', name))();
  const versions = { nascent: packageVersion(), [engine.name]: engine.version };
  const repeats: Repeat[] = [];
  for (let i = 0; i < options.batches; i++) {
    const batchSeed = scoreSeed + i;
    const settings = await scoreSettings(space, { data, batch, seed: batchSeed, skeleton, engine: name, versions });
    for (let j = 0; j < options.seeds; j++) repeats.push({ ...settings, seed: scoreSeed + j, batchSeed });
  }
  return repeats;
}

async function computeScores(
  { options, space, named, population, metrics, repeats }: Prepared,
  onForm: (progress: CorrelateProgress) => void,
): Promise<ScoresByMetric> {
  const { ledger, signal } = options;
  const store = openStudies(ledger);
  let own: WorkerPool | undefined;
  const pool = () => {
    if (options.pool) return options.pool;
    own = localPool({ size: options.workers });
    return own;
  };
  let done = 0;
  const tell = (reused: boolean, of: number) => onForm({ done: ++done, of, reused });
  try {
    const scoring: Scoring = { named, repeats, metrics, store, signal };
    const scores = await scoresOf(space, population.architectures, scoring, pool, tell);
    if (!scores) throw abortError(signal);
    return scores;
  } finally {
    await own?.close();
    store.close();
  }
}

async function correlations(
  { options, metrics, population, accuracies: { values } }: Prepared,
  scores: ScoresByMetric,
): Promise<MetricCorrelation[]> {
  const merits = new Map(
    metrics.map((metric) => [metric.name, scores.get(metric.name)!.map((repeat) => meritsOf(repeat, metric))]),
  );
  const fused = await Promise.all(options.fusions.map((fusion) => fusedMerits(fusion, merits)));
  const accuracies = Float64Array.from(population.rows, (row) => values[row]);
  const qualities = rankingQualities([...merits.values(), ...fused], accuracies, options);
  const own = metrics.map(({ name, higherIsBetter }, i) => ({
    ...{ metric: name, higherIsBetter, ...qualities[i] },
    ...failuresOf(scores.get(name)!),
    scores: scores.get(name)!.map((repeat) => repeat.map(({ value }) => value ?? null)),
  }));
  const joined = options.fusions.map(({ name, ...fusion }, i) => ({
    ...{ metric: name, higherIsBetter: true, fusion, ...qualities[metrics.length + i], failures: 0 },
    scores: fused[i].map((repeat) => [...repeat]),
  }));
  return [...own, ...joined];
}

/** Higher is better, NaN for a failure. */
function meritsOf(scores: readonly StudyScore[], { higherIsBetter }: Metric): Float64Array {
  return Float64Array.from(scores, ({ value = Number.NaN }) => (higherIsBetter ? value : -value));
}

/** Repeat by repeat. */
async function fusedMerits(fusion: Fusion, merits: ReadonlyMap<string, Merits>): Promise<Merits> {
  const repeats = merits.get(fusion.of[0])!;
  return Promise.all(repeats.map((_, repeat) => fuse(fusion, (metric) => merits.get(metric)![repeat])));
}

function failuresOf(repeats: readonly (readonly StudyScore[])[]): Pick<MetricCorrelation, 'failures' | 'failure'> {
  const reasons = repeats.flat().flatMap(({ failure }) => failure ?? []);
  return { failures: reasons.length, ...(reasons.length > 0 && { failure: reasons[0] }) };
}

function factsOf({ options, named, checksum, accuracies, population, repeats }: Prepared) {
  const [{ skeleton, versions, batch }] = repeats;
  return {
    ...named,
    checksum,
    accuracy: accuracies.column,
    population: options.population,
    populationSize: population.size,
    count: population.rows.length,
    seed: options.seed,
    data: options.data,
    scoreBatch: batch,
    repeats: repeats.map(({ seed, batchSeed = seed }) => ({ seed, batchSeed })),
    skeleton,
    engine: options.engine,
    versions,
  };
}

function drawnOf({ space, population, accuracies }: Prepared) {
  return {
    architectures: population.architectures.map((architecture) => space.format(architecture)),
    accuracies: population.rows.map((row) => accuracies.values[row]),
  };
}
