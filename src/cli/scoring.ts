/** Scoring given architectures on all cores; results come in the order in which they were given. */

import { wholeNumber } from '../base/errors.js';
import { modules, resolve } from '../catalog.js';
import type { ScoreJob, ScoreJobResult, WorkerPool } from '../contracts/job.js';
import type { Metric } from '../contracts/metric.js';
import type { Cost } from '../contracts/network.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { DEFAULTS } from '../search/configuration.js';
import { chooseEngine } from '../search/engine.js';
import { formSeenBy } from '../search/forms.js';
import type { Given } from './settings/setting.js';
import { type OpenedSpace, textSetting } from './space.js';

export interface ArchitectureScore {
  readonly arch: string;
  readonly metric: string;
  readonly value?: number;
  readonly failure?: string;
  /** The architecture, given earlier, whose score this is: both are the same to the metric. */
  readonly sharedWith?: string;
  /** Of the computation; 0 where the score is shared. */
  readonly seconds: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

export interface ScoringTask {
  readonly space: SearchSpace;
  /** Of the metric: what two architectures must share to get one score. */
  readonly sees: Metric['sees'];
  readonly metric: string;
  /** In words how `auto` came to the engine, where it had a choice. */
  readonly engineChoice?: string;
  readonly jobOf: (architecture: string) => ScoreJob;
  readonly costOf: (architecture: string) => Cost;
}

/** Resolves every name and reads the data once, so that what is wrong with them is said before any work begins. */
export async function scoringTask({ space, name, options }: OpenedSpace, settings: Given): Promise<ScoringTask> {
  const metric = await resolve('metrics', textSetting(settings, 'metric') ?? DEFAULTS.metric);
  const { name: engine, choice } = await chooseEngine(textSetting(settings, 'engine') ?? DEFAULTS.engine);
  const seed = wholeNumber('`seed`', settings.seed ?? DEFAULTS.seed, 0);
  const data = {
    data: textSetting(settings, 'data') ?? DEFAULTS.data,
    testData: textSetting(settings, 'testData'),
    seed,
  };
  const { train } = await (await modules.data()).loadData(data);
  const batch = wholeNumber('`scoreBatch`', settings.scoreBatch ?? DEFAULTS.scoreBatch, 2, train.count);
  const { networkCost } = await modules.network();
  const asked = (settings.scoreSkeleton ?? {}) as SkeletonOptions;
  const skeleton = space.skeleton({ ...space.scoring, ...asked, classes: train.classes, inputShape: train.shape });
  const fixed = { kind: 'score', data, metrics: [metric.name], batch, seed, engine, threads: 1 } as const;
  const network = { space: name, spaceOptions: options, skeleton };
  return {
    space,
    sees: metric.sees,
    metric: metric.name,
    engineChoice: choice,
    jobOf: (architecture) => ({ ...fixed, network: { ...network, architecture } }),
    costOf: (architecture) => networkCost(space.network(space.parse(architecture), skeleton)),
  };
}

interface Pending {
  readonly arch: string;
  readonly sharedWith?: string;
  /** The architecture is not the same as one before it. */
  readonly own: boolean;
  readonly result: Promise<ScoreJobResult>;
}

/** @param signal drops what is not finished; the generator then throws an AbortError. */
export async function* scores(
  task: ScoringTask,
  architectures: readonly string[],
  pool: WorkerPool,
  signal: AbortSignal,
): AsyncGenerator<ArchitectureScore> {
  const dropRest = new AbortController();
  const pending = startAll(task, architectures, pool, AbortSignal.any([signal, dropRest.signal]));
  try {
    for (const { arch, sharedWith, own, result } of pending) {
      const { scores, seconds } = await result;
      const score = scores[task.metric];
      const shared = sharedWith === undefined ? {} : { sharedWith };
      yield { arch, metric: task.metric, ...score, ...shared, seconds: own ? seconds : 0, ...task.costOf(arch) };
    }
  } finally {
    dropRest.abort();
  }
}

function startAll(
  { space, sees, jobOf }: ScoringTask,
  architectures: readonly string[],
  pool: WorkerPool,
  signal: AbortSignal,
): Pending[] {
  const first = new Map<string, Pending>();
  return architectures.map((arch) => {
    // As in a search, the form that all of them share is what is scored: the value does not depend on what was given first.
    const form = formSeenBy({ sees }, space, space.parse(arch));
    const known = first.get(form);
    if (known) return { ...known, arch, own: false, ...(known.arch !== arch && { sharedWith: known.arch }) };
    const result = pool.run(jobOf(form), { signal });
    // Looked at only once those before it are told; until then a failure waits.
    result.catch(() => {});
    const pending = { arch, own: true, result };
    first.set(form, pending);
    return pending;
  });
}
