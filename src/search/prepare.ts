/** Preparing a run: everything that its configuration names is resolved and checked together, before the ledger is touched. */

import { expected, NascentError } from '../base/errors.js';
import { random } from '../base/random.js';
import { packageVersion } from '../base/version.js';
import { isPath, modules, resolve } from '../catalog.js';
import type { DataSplits } from '../contracts/dataset.js';
import type { Exporter } from '../contracts/exporter.js';
import type { Metric } from '../contracts/metric.js';
import type { RunConfiguration } from '../contracts/run.js';
import type { Sampler, SamplerContext } from '../contracts/sampler.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { constrainedSpace } from './constraints.js';
import { chooseEngine } from './engine.js';
import { predictorsByName } from './predictors.js';

/** A configuration with what it names. */
export interface Prepared {
  readonly configuration: RunConfiguration;
  readonly space: SearchSpace;
  readonly metric: Metric;
  readonly data: DataSplits;
  readonly exporters: readonly Exporter[];
  readonly engineVersion: string;
  /** In words how `auto` came to the engine, where it had a choice. */
  readonly engineChoice?: string;
  /** Of everything that a result depends on beside the configuration; the data's fingerprint under `data`. */
  readonly versions: Readonly<Record<string, string>>;
  /** A new sampler; `told` is what a run that has begun lets it know. */
  sampler(told?: Pick<SamplerContext, 'knowledge' | 'report'>): Sampler;
}

/**
 * @param given with every field, skeletons and engine as the caller wrote them; as the ledger keeps it on resume
 * @throws NascentError `usage`, `shape`, `data` or `engine`: one sentence
 */
export async function prepare(given: RunConfiguration): Promise<Prepared> {
  const whole = (await resolve('spaces', given.space))(given.spaceOptions);
  const makeSampler = await resolve('samplers', given.sampler);
  const samplerOf = (space: SearchSpace, told: Pick<SamplerContext, 'knowledge' | 'report'> = {}) =>
    makeSampler({
      space,
      random: random(given.seed).child('sampling'),
      options: given.samplerOptions,
      predictor: predictorsByName(async () => engine),
      ...told,
    });
  samplerOf(whole);
  const metric = await resolve('metrics', given.metric);
  const exporters = await Promise.all(given.formats.map((name) => resolve('exporters', name)));
  const chosen = await chooseEngine(given.engine);
  const { engine } = chosen;
  await samplerOf(whole).check?.();
  const data = await (await modules.data()).loadData(given);
  const configuration: RunConfiguration = {
    ...given,
    scoreSkeleton: completeSkeleton(whole, 'scoreSkeleton', given.scoreSkeleton, data),
    trainSkeleton: completeSkeleton(whole, 'trainSkeleton', given.trainSkeleton, data),
    engine: chosen.name,
  };
  requireEnoughImages(configuration, data);
  const { space, fingerprint } = await constrainedSpace(whole, given.constraints, configuration.trainSkeleton);
  // Constraints that nothing keeps are refused here, before a run begins.
  if (given.constraints) space.sample(random(given.seed).child('constraints'));
  return {
    configuration,
    space,
    metric,
    data,
    exporters,
    engineVersion: engine.version,
    engineChoice: chosen.choice,
    versions: {
      nascent: packageVersion(),
      node: process.versions.node,
      [engine.name]: engine.version,
      data: data.fingerprint,
      ...(isPath(given.space) && { space: await (await modules.spaceFiles()).spaceFileHash(given.space) }),
      ...(fingerprint !== undefined && { measures: fingerprint }),
    },
    sampler: (told) => samplerOf(space, told),
  };
}

/** Classes and image shape come from the data. What the caller says of them has to agree; scores see no classes, so those may differ. */
function completeSkeleton(
  space: SearchSpace,
  field: 'scoreSkeleton' | 'trainSkeleton',
  given: SkeletonOptions,
  { train }: DataSplits,
): Required<SkeletonOptions> {
  const own = field === 'scoreSkeleton' ? space.scoring : {};
  const complete = space.skeleton({ ...own, classes: train.classes, inputShape: train.shape, ...given });
  if (complete.inputShape.join() !== train.shape.join()) {
    throw expected(`\`${field}.inputShape\``, `${JSON.stringify(train.shape)} as the data`, complete.inputShape);
  }
  if (field === 'trainSkeleton' && complete.classes !== train.classes) {
    throw expected(`\`${field}.classes\``, `${train.classes} as the data`, complete.classes);
  }
  return complete;
}

function requireEnoughImages({ scoreBatch, recipe, data: spec }: RunConfiguration, data: DataSplits): void {
  const batches = { scoreBatch, 'recipe.batchSize': recipe.batchSize };
  for (const [field, size] of Object.entries(batches)) {
    if (size <= data.train.count) continue;
    throw expected(`\`${field}\``, `at most the ${data.train.count} training images of ${spec}`, size);
  }
}

/** What a run can't go on without: files whose fingerprints stand among the versions. */
const FILES: Readonly<Record<string, string>> = {
  data: 'data',
  space: 'file of the search space',
  measures: 'files of measures',
};

/** Refuses to go on with other files; of other versions, says in words what changed. */
export function compareVersions(
  run: string,
  recorded: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string | undefined {
  const other = Object.keys(FILES).find((name) => recorded[name] !== now[name]);
  if (other !== undefined) {
    throw new NascentError(
      'data',
      `Expected the ${FILES[other]} of run ${run} to be as when it began, fingerprint ${short(recorded[other])}, got ${short(now[other])}: the files have changed, so start a new run.`,
    );
  }
  const changes = Object.entries(now).filter(([name, version]) => recorded[name] !== version);
  if (changes.length === 0) return undefined;
  const list = changes.map(([name, version]) => `${name} from ${recorded[name] ?? 'none'} to ${version}`);
  return `Versions have changed since the run began, so results may differ: ${list.join(', ')}.`;
}

function short(fingerprint: string | undefined): string {
  return fingerprint?.slice(0, 12) ?? 'none';
}
