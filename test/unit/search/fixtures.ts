/** Folders, small settings, a pool that computes nothing, and what of a run has to be equal whenever it is run again. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { hash32 } from '../../../src/base/hash.js';
import type { Job, JobResults, ScoreJob, TrainJob, TrainProgress, WorkerPool } from '../../../src/contracts/job.js';
import type { ScoreResult } from '../../../src/contracts/metric.js';
import type { RunEvent } from '../../../src/contracts/run.js';
import type { TrainingResult } from '../../../src/contracts/training.js';
import { openLedgerReader } from '../../../src/log/open.js';
import type { SearchOptions } from '../../../src/search/options.js';
import { abortError } from '../../../src/workers/abort.js';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of the test's own. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'nascent-search-'));
  folders.push(path);
  return path;
}

/** A run of seconds: 8 candidates, the best two trained for two epochs. */
export function smallRun(path: string): SearchOptions & { readonly ledger: string } {
  const skeleton = { channels: 4, cells: 1 };
  return {
    scoreSkeleton: skeleton,
    trainSkeleton: skeleton,
    data: 'synthetic:train=200,test=100',
    count: 8,
    train: 2,
    scoreBatch: 16,
    recipe: { epochs: 2, batchSize: 32, warmupEpochs: 0, learningRate: 0.05 },
    seed: 5,
    ledger: join(path, 'ledger.sqlite'),
    output: join(path, 'models'),
  };
}

/** The same for a pool that computes nothing: less data, no export. */
export function options(given: Partial<SearchOptions> = {}): SearchOptions & { readonly ledger: string } {
  const small = smallRun(folder());
  return {
    ...small,
    data: 'synthetic:train=40,test=10',
    scoreBatch: 8,
    recipe: { epochs: 2, batchSize: 8, warmupEpochs: 0 },
    formats: [],
    ...given,
    ledger: small.ledger,
  };
}

/** All that a search tells. */
export async function story(run: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

export interface FakePoolOptions {
  readonly size?: number;
  readonly score?: (job: ScoreJob) => ScoreResult;
  /** Failure of a training; default none. */
  readonly failure?: (job: TrainJob) => string | undefined;
  /** Milliseconds a job takes; default up to 12, by its architecture. */
  readonly delay?: (job: Job) => number;
}

export interface FakePool extends WorkerPool {
  readonly jobs: Job[];
  /** Most jobs that ran at once. */
  readonly peak: number;
}

/** Scores and accuracies are hashes of architectures. */
export function fakePool({ size = 1, score, failure, delay }: FakePoolOptions = {}): FakePool {
  const jobs: Job[] = [];
  let running = 0;
  let peak = 0;
  const timeOf = delay ?? (({ network }: Job) => hash32(network.architecture) % 13);
  const scored = score ?? (({ network }: ScoreJob) => ({ value: hash32(network.architecture) % 1000 }));

  const run = async (
    job: Job,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: TrainProgress) => void } = {},
  ): Promise<JobResults[Job['kind']]> => {
    jobs.push(job);
    peak = Math.max(peak, ++running);
    try {
      await wait(timeOf(job));
      if (job.kind === 'score')
        return { scores: { [job.metrics[0]]: scored(job) }, cost: { parameters: 1, multiplyAdds: 1 }, seconds: 0.01 };
      return await fakeTraining(job, failure?.(job), signal, onProgress, timeOf(job));
    } finally {
      running--;
    }
  };

  return {
    size,
    jobs,
    get peak() {
      return peak;
    },
    run: run as WorkerPool['run'],
    close: async () => {},
  };
}

async function fakeTraining(
  job: TrainJob,
  failure: string | undefined,
  signal: AbortSignal | undefined,
  onProgress: ((progress: TrainProgress) => void) | undefined,
  delay: number,
): Promise<TrainingResult> {
  const accuracy = (hash32(job.network.architecture) % 997) / 1000;
  const epochs = job.recipe.epochs;
  for (let epoch = (job.checkpoint?.epoch ?? 0) + 1; epoch <= epochs; epoch++) {
    await wait(delay);
    if (signal?.aborted) throw abortError(signal);
    if (failure !== undefined) return { failure, seconds: 0.1 };
    const record = { learningRate: 0.1, trainLoss: 1, trainAccuracy: 0, validationLoss: 1, seconds: 0.1 };
    onProgress?.({
      epoch: { epoch, validationAccuracy: (accuracy * epoch) / epochs, ...record },
      checkpoint: { epoch, tensors: {} },
    });
  }
  return {
    measures: {
      validationAccuracy: { value: accuracy, better: 'higher' },
      testAccuracy: { value: 1 - accuracy, better: 'higher' },
    },
    weights: {},
    predictions: { batch: 'validation-first-1', labels: [0], logits: new Float32Array(10) },
    seconds: 0.1 * epochs,
  };
}

/** All events of a run as the ledger has them. */
export function eventsOf(ledger: string, run: string): RunEvent[] {
  const reader = openLedgerReader(ledger);
  try {
    return reader.events(run);
  } finally {
    reader.close();
  }
}

const PASSING = ['time', 'seconds', 'run', 'ledger', 'sequence', 'created', 'path', 'sha256', 'output', 'versions'];

/** A value without what differs from run to run: times, ids and places. */
export function lasting<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (key, entry) => (PASSING.includes(key) ? undefined : entry)));
}

/** The events of a run in an order that does not depend on which of two trainings was quicker. */
export function lastingEvents(events: readonly RunEvent[]): unknown[] {
  const trainingOf = (event: RunEvent) => ('evaluation' in event && event.type !== 'exported' ? event.evaluation : 0);
  const ofTrainings = events.filter((event) => trainingOf(event) > 0);
  // What a run takes of the machine is another thing on every machine.
  const others = events.filter((event) => trainingOf(event) === 0 && event.type !== 'resources');
  return lasting([...others, ...ofTrainings.sort((a, b) => trainingOf(a) - trainingOf(b))]);
}
