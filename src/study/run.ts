/** Performs one run of a study; what several runs share is kept between them. */
import { random } from '../base/random.js';
import { resolve } from '../catalog.js';
import type { WorkerPool } from '../contracts/job.js';
import type { KernelBackend } from '../contracts/kernel-backend.js';
import type { SamplerContext } from '../contracts/sampler.js';
import type { StudyRun, StudyRunResult, StudyStore } from '../contracts/study.js';
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
  table(run: StudyRun): Promise<SearchedTable<unknown>>;
  engine(name: string): Promise<KernelBackend>;
}

/** Keeps the last table, and every engine: a study has one of each. */
export function studyResources(store: StudyStore, pool: WorkerPool, threads: number): StudyResources {
  let last: { readonly key: string; readonly table: Promise<OpenTable> } | undefined;
  const engines = new Map<string, Promise<KernelBackend>>();
  return {
    store,
    pool,
    threads,
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

export async function performRun(run: StudyRun, resources: StudyResources): Promise<StudyRunResult> {
  const searched = await resources.table(run);
  const knowledge = await knowledgeOf(searched.space, run, resources.store, resources.pool);
  const streams = random(run.seed);
  let fits = 0;
  const context: SamplerContext = {
    space: searched.space,
    random: streams.child('sampling'),
    options: run.strategy.options,
    pool: searched.pool,
    knowledge,
    predictor: predictorsByName(() => resources.engine(run.engine), resources.threads),
    report: () => {
      fits++;
    },
  };
  const sampler = (await resolve('samplers', run.strategy.sampler))(context);
  const started = performance.now();
  const order = await searchTable(searched, sampler, streams.child('table'), run);
  const seconds = (performance.now() - started) / 1000;
  const { scored, seconds: scoringSeconds } = knowledge.spent;
  return { order, scored, scoringSeconds, seconds, fits };
}
