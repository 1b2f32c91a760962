/** Scores that are kept in the ledger's file for whoever asks for the same again: under which key, and the job that computes them. */
import { createHash } from 'node:crypto';
import { wholeNumber } from '../base/errors.js';
import { modules } from '../catalog.js';
import type { ScoreJob } from '../contracts/job.js';
import type { JsonObject } from '../contracts/json.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import type { StudyScores } from '../contracts/study.js';
import { THREADS } from './active-run.js';

/** A space as jobs and keys name it. */
export interface NamedSpace {
  readonly space: string;
  readonly spaceOptions: JsonObject;
}

/** What scores are computed on and with, before data and space fill in the rest. */
export type ScoreOptions = Pick<StudyScores, 'data' | 'batch' | 'seed' | 'engine'> & {
  /** What differs from the space's own skeleton for scoring. */
  readonly skeleton?: SkeletonOptions;
  /** Of nascent and of the engine. */
  readonly versions: StudyScores['versions'];
};

/**
 * Everything that decides scores but the metric. Reads the data: their shape decides the skeleton, their content is one of the versions.
 * @throws NascentError `usage` or `data`
 */
export async function scoreSettings(
  space: SearchSpace,
  { data, batch, seed, skeleton: asked, engine, versions }: ScoreOptions,
): Promise<Omit<StudyScores, 'metric'>> {
  const { train, fingerprint } = await (await modules.data()).loadData({ data, seed });
  wholeNumber('`scoreBatch`', batch, 2, train.count);
  const shape = { classes: train.classes, inputShape: train.shape };
  const skeleton = { ...space.skeleton({ ...space.scoring, ...shape, ...asked }) } as unknown as JsonObject;
  return { data, batch, seed, skeleton, engine, versions: { ...versions, data: fingerprint } };
}

/** Scores under the same key are the same whoever computed them: where the data lie does not count. */
export function scoreKey({ space, spaceOptions }: NamedSpace, scores: StudyScores): string {
  const { metric, batch, seed, batchSeed = seed, skeleton, engine, versions } = scores;
  const ownBatch = batchSeed === seed ? {} : { batchSeed };
  const decisive = { metric, data: '', batch, seed, ...ownBatch, skeleton, engine, versions };
  return createHash('sha256')
    .update(JSON.stringify({ space, spaceOptions, scores: decisive }))
    .digest('hex');
}

/** The job that scores one form by some metrics. */
export function keptScoreJob(
  { space, spaceOptions }: NamedSpace,
  { data, batch, seed, batchSeed = seed, skeleton, engine }: Omit<StudyScores, 'metric'>,
  metrics: readonly string[],
  form: string,
): ScoreJob {
  return {
    kind: 'score',
    network: { space, spaceOptions, skeleton, architecture: form },
    data: { data, seed: batchSeed },
    metrics,
    ...{ batch, seed, engine, threads: THREADS },
  };
}
