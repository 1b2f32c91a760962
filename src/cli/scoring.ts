/** Scoring given architectures on all cores by one or several metrics; results come in the order in which both were given. */

import { wholeNumber } from '../base/errors.js';
import { modules, namesOf, resolve } from '../catalog.js';
import type { ScoreJob, ScoreJobResult, WorkerPool } from '../contracts/job.js';
import type { Cost } from '../contracts/network.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { DEFAULTS } from '../search/configuration.js';
import { chooseEngine } from '../search/engine.js';
import { type SeeingMetric, type SeenForms, seenForms } from '../search/forms.js';
import { namesIn } from './flags.js';
import type { Given } from './settings/setting.js';
import { type OpenedSpace, textSetting } from './space.js';

export interface ArchitectureScore {
  readonly arch: string;
  readonly metric: string;
  readonly value?: number;
  readonly failure?: string;
  /** The architecture, given earlier, whose score this is: both are the same to the metric. */
  readonly sharedWith?: string;
  /** Of the computation, an equal part of it where several metrics shared one; 0 where the score is shared with another architecture. */
  readonly seconds: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

export interface ScoringTask {
  readonly space: SearchSpace;
  readonly metrics: readonly SeeingMetric[];
  /** In words how `auto` came to the engine, where it had a choice. */
  readonly engineChoice?: string;
  readonly jobOf: (architecture: string, metrics: readonly string[]) => ScoreJob;
  readonly costOf: (architecture: string) => Cost;
}

/**
 * Resolves every name and reads the data once, so that what is wrong with them is said before any work begins.
 * @param settings `metric`: one name, several by commas, or `all`
 */
export async function scoringTask({ space, name, options }: OpenedSpace, settings: Given): Promise<ScoringTask> {
  const names = metricNames(textSetting(settings, 'metric') ?? DEFAULTS.metric);
  const metrics = await Promise.all(names.map((metric) => resolve('metrics', metric)));
  const { name: engine, choice } = await chooseEngine(textSetting(settings, 'engine') ?? DEFAULTS.engine);
  const seed = wholeNumber('`seed`', settings.seed ?? DEFAULTS.seed, 0);
  const data = {
    data: textSetting(settings, 'data') ?? DEFAULTS.data,
    testData: textSetting(settings, 'testData'),
    seed,
  };
  const { train } = await (await modules.data()).loadData(data);
  const batch = wholeNumber('`scoreBatch`', settings.scoreBatch ?? DEFAULTS.scoreBatch, 2, train.count);
  const { architectureCost } = await modules.network();
  const asked = (settings.scoreSkeleton ?? {}) as SkeletonOptions;
  const skeleton = space.skeleton({ ...space.scoring, ...asked, classes: train.classes, inputShape: train.shape });
  const fixed = { kind: 'score', data, batch, seed, engine, threads: 1 } as const;
  const network = { space: name, spaceOptions: options, skeleton };
  return {
    space,
    metrics,
    engineChoice: choice,
    jobOf: (architecture, metrics) => ({ ...fixed, network: { ...network, architecture }, metrics }),
    costOf: (architecture) => architectureCost(space, space.parse(architecture), skeleton),
  };
}

function metricNames(text: string): string[] {
  return text === 'all' ? namesOf('metrics') : [...new Set(namesIn(text))];
}

/** @param signal drops what is not finished; the generator then throws an AbortError. */
export async function* scores(
  task: ScoringTask,
  architectures: readonly string[],
  pool: WorkerPool,
  signal: AbortSignal,
): AsyncGenerator<ArchitectureScore> {
  const { space, metrics, costOf } = task;
  const forms = seenForms(
    metrics,
    space,
    architectures.map((text) => space.parse(text)),
  );
  const dropRest = new AbortController();
  const jobs = startAll(task, forms, pool, AbortSignal.any([signal, dropRest.signal]));
  const first = new Map(metrics.map(({ name }) => [name, new Map<string, string>()]));
  try {
    for (const [i, arch] of architectures.entries()) {
      for (const { name } of metrics) {
        const form = forms.byMetric.get(name)![i];
        const { scores, seconds } = await jobs.get(form)!;
        const known = first.get(name)!.get(form);
        if (known === undefined) first.get(name)!.set(form, arch);
        const shared = known === undefined || known === arch ? {} : { sharedWith: known };
        const own = known === undefined ? seconds / forms.needed.get(form)!.length : 0;
        yield { arch, metric: name, ...scores[name], ...shared, seconds: own, ...costOf(arch) };
      }
    }
  } finally {
    dropRest.abort();
  }
}

/** As in a search, the form that all of them share is what is scored: the value does not depend on what was given first. */
function startAll(
  { jobOf }: ScoringTask,
  { needed }: SeenForms,
  pool: WorkerPool,
  signal: AbortSignal,
): ReadonlyMap<string, Promise<ScoreJobResult>> {
  const jobs = new Map<string, Promise<ScoreJobResult>>();
  for (const [form, metrics] of needed) {
    const result = pool.run(jobOf(form, metrics), { signal });
    // Looked at only once those before it are told; until then a failure waits.
    result.catch(() => {});
    jobs.set(form, result);
  }
  return jobs;
}
