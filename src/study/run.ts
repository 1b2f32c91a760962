/** Performs one run of a study; what several runs share is kept between them. */
import { NascentError } from '../base/errors.js';
import { random } from '../base/random.js';
import { resolve } from '../catalog.js';
import type { WorkerPool } from '../contracts/job.js';
import type { KernelBackend } from '../contracts/kernel-backend.js';
import type { Sampler, SamplerContext } from '../contracts/sampler.js';
import type { StrategyReference, StudyRun, StudyRunResult, StudyStore } from '../contracts/study.js';
import { predictorsByName } from '../search/predictors.js';
import { openTable } from '../tables/open.js';
import { knowledgeOf } from './knowledge.js';
import { labelsOf } from './labels.js';
import { type SearchedTable, searchedTable, searchTable } from './table-search.js';

export interface StudyResources {
  readonly store: StudyStore;
  /** Where scores are computed. */
  readonly pool: WorkerPool;
  /** Cores of a run: others are at work beside it. */
  readonly threads: number;
  /** Throws an AbortError where the run is to stop. */
  goOn(): void;
  table(run: StudyRun): Promise<SearchedTable<unknown>>;
  engine(name: string): Promise<KernelBackend>;
}

/** Keeps the last table, and every engine: a study has one of each. */
export function studyResources(
  store: StudyStore,
  pool: WorkerPool,
  threads: number,
  goOn: () => void = () => {},
): StudyResources {
  let last: { readonly key: string; readonly table: Promise<OpenTable> } | undefined;
  const engines = new Map<string, Promise<KernelBackend>>();
  return {
    store,
    pool,
    threads,
    goOn,
    async table(run) {
      const key = JSON.stringify([run.checksum, run.space, run.spaceOptions, run.dataset, run.epochs, run.trial]);
      if (last?.key !== key) last = { key, table: openSearched(run) };
      return (await last.table)(run.seed);
    },
    engine(name) {
      const engine = engines.get(name) ?? resolve('engines', name).then((make) => make());
      engines.set(name, engine);
      return engine;
    },
  };
}

/** A table as the runs of a seed search it: what is costly to make, the same for every seed. */
type OpenTable = (seed: number) => SearchedTable<unknown>;

async function openSearched(run: StudyRun): Promise<OpenTable> {
  const space = (await resolve('spaces', run.space))(run.spaceOptions);
  const table = await openTable(run.table, space);
  const labels = labelsOf(table, run);
  const searched = searchedTable(space, table, labels.of(run.seed));
  return (seed) => ({ ...searched, labels: labels.of(seed) });
}

/**
 * The sampler of a strategy, as every run makes it.
 * @param told is completed to the sampler's context
 * @param threads cores that its predictors' predictions may use, default all
 * @throws NascentError `usage` that names the strategy
 */
export async function samplerOf<A>(
  strategy: StrategyReference,
  told: Omit<SamplerContext<A>, 'options' | 'predictor'>,
  engine: () => Promise<KernelBackend>,
  threads?: number,
): Promise<Sampler<A>> {
  const make = await resolve('samplers', strategy.sampler);
  // Not copied: `pool` may be a getter, which is costly and looked at only where the sampler does.
  const context = Object.assign(told, {
    options: strategy.options,
    predictor: predictorsByName(engine, threads),
  });
  try {
    return make<A>(context);
  } catch (thrown) {
    throw inStrategy(strategy, thrown);
  }
}

/** What a strategy refuses, with its name: of several on the command line, which one? */
export function inStrategy({ name }: StrategyReference, thrown: unknown): unknown {
  if (!(thrown instanceof NascentError) || thrown.code !== 'usage') return thrown;
  return new NascentError('usage', `Strategy ${name}: ${thrown.message}`, { cause: thrown });
}

/** @throws AbortError where `resources.goOn` does: between two scores, or two proposals */
export async function performRun(run: StudyRun, resources: StudyResources): Promise<StudyRunResult> {
  const searched = await resources.table(run);
  const knowledge = await knowledgeOf(searched.space, run, resources);
  const streams = random(run.seed);
  let fits = 0;
  const { space, pool } = searched;
  const report = () => {
    fits++;
  };
  const told = { space, random: streams.child('sampling'), pool, knowledge, report };
  const sampler = await samplerOf(run.strategy, told, () => resources.engine(run.engine), resources.threads);
  const started = performance.now();
  const order = await searchTable(searched, sampler, streams.child('table'), run, resources.goOn);
  const { scored, seconds: scoringSeconds, waited } = knowledge.spent;
  const seconds = (performance.now() - started) / 1000 - waited;
  return { order, scored, scoringSeconds, seconds, fits };
}
