/** What a study stands on: its space, table, labels and scores, and strategies that can run on them. */
import { random } from '../base/random.js';
import { packageVersion } from '../base/version.js';
import { isShipped, modules, resolve } from '../catalog.js';
import type { KernelBackend } from '../contracts/kernel-backend.js';
import type { CheapKnowledge } from '../contracts/sampler.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { StudyScores } from '../contracts/study.js';
import type { Table } from '../contracts/table.js';
import { scoreSettings } from '../search/kept-scores.js';
import { openTable } from '../tables/open.js';
import { labelsOf, type StudyLabels } from './labels.js';
import type { CheckedOptions } from './options.js';
import { inStrategy, samplerOf } from './run.js';

export interface Prepared {
  readonly options: CheckedOptions;
  readonly space: SearchSpace;
  readonly table: Table;
  readonly labels: StudyLabels;
  readonly scores?: StudyScores;
  readonly versions: Readonly<Record<string, string>>;
  /** The program text of samplers that do not ship, by name: no version tells of their changes. What they call is not part of it. */
  readonly ownSamplers: ReadonlyMap<string, string>;
}

/**
 * Everything that can be refused is refused here, before the first run.
 * @throws NascentError for what is wrong with options, table, data or strategies
 */
export async function prepare(options: CheckedOptions): Promise<Prepared> {
  const space = (await resolve('spaces', options.space))(options.spaceOptions);
  const table = await openTable(options.table, space);
  // Once for all workers, which look at what they read.
  table.verify?.();
  const labels = labelsOf(table, options);
  const engine = await (await resolve('engines', options.engine))();
  const versions = { nascent: packageVersion(), [engine.name]: engine.version };
  const scores = options.data === undefined ? undefined : await scoresOf(options, options.data, space, versions);
  const ownSamplers = await textsOfOwn(options.strategies.map(({ sampler }) => sampler));
  const prepared = { options, space, table, labels, versions, ownSamplers, ...(scores && { scores }) };
  await requireStrategies(prepared, engine);
  return prepared;
}

async function textsOfOwn(samplers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const own = samplers.filter((name) => !isShipped('samplers', name));
  return new Map(await Promise.all(own.map(async (name) => [name, String(await resolve('samplers', name))] as const)));
}

/** Makes each strategy's sampler once: what one of them refuses is said before hours have gone into the others. */
async function requireStrategies({ options, space, table, labels, scores }: Prepared, engine: KernelBackend) {
  const { architectureCost } = await modules.network();
  const knowledge: CheapKnowledge = {
    cost: (architecture) => architectureCost(space, architecture),
    // Proposals ask for scores, and none is made here.
    ...(scores && { metric: scores.metric, score: async ({ length }) => new Float64Array(length).fill(Number.NaN) }),
  };
  for (const strategy of options.strategies) {
    const told = {
      ...{ space, random: random(1).child('sampling'), knowledge },
      get pool() {
        return labels.rows.map((row) => space.parse(table.architecture(row)));
      },
    };
    const sampler = await samplerOf(strategy, told, async () => engine);
    await sampler.check?.().catch((thrown: unknown) => {
      throw inStrategy(strategy, thrown);
    });
  }
}

async function scoresOf(
  { metric, scoreBatch: batch, scoreSeed: seed, scoreSkeleton, engine }: CheckedOptions,
  data: string,
  space: SearchSpace,
  versions: Prepared['versions'],
): Promise<StudyScores> {
  await resolve('metrics', metric);
  const settings = await scoreSettings(space, { data, batch, seed, skeleton: scoreSkeleton, engine, versions });
  return { metric, ...settings };
}
