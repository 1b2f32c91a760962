/** What a strategy may know of architectures without evaluating them: costs, and scores that are computed once for all runs. */
import { modules, resolve } from '../catalog.js';
import type { WorkerPool } from '../contracts/job.js';
import type { Metric } from '../contracts/metric.js';
import type { CheapKnowledge } from '../contracts/sampler.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { StudyRun, StudyScore, StudyScores, StudyStore } from '../contracts/study.js';
import { formSeenBy } from '../search/forms.js';
import { keptScoreJob, scoreKey } from '../search/kept-scores.js';

/** Knowledge with an account of what it cost. */
export interface CountedKnowledge<A> extends CheapKnowledge<A> {
  readonly spent: {
    scored: number;
    /** What its scores cost when they were computed, now or in another run. */
    seconds: number;
    /** What this run waited for those that it computed. */
    waited: number;
  };
}

/** Where scores come from. */
export interface KnowledgeSources {
  readonly store: StudyStore;
  /** Computes those that the store does not have, each of which is kept at once. */
  readonly pool: WorkerPool;
  /** Asked before each of these; may throw. */
  readonly goOn?: () => void;
}

/**
 * Scores of what a metric cannot tell apart are one score. Beyond `scoreBudget` different ones a run gets NaN.
 */
export async function knowledgeOf<A>(
  space: SearchSpace<A>,
  run: StudyRun,
  { store, pool, goOn }: KnowledgeSources,
): Promise<CountedKnowledge<A>> {
  const spent = { scored: 0, seconds: 0, waited: 0 };
  const { architectureCost } = await modules.network();
  const cost = (architecture: A) => architectureCost(space, architecture);
  if (!run.scores) return { cost, spent };

  const metric = await resolve('metrics', run.scores.metric);
  const key = scoreKey(run, run.scores);
  const known = new Map<string, StudyScore>();
  const scoreOf = async (form: string): Promise<StudyScore> => {
    const kept = store.score(key, form);
    if (kept) return kept;
    goOn?.();
    const started = performance.now();
    const score = await computed(run, run.scores!, form, pool);
    spent.waited += (performance.now() - started) / 1000;
    store.keepScore(key, form, score);
    return score;
  };
  const score = async (architectures: readonly A[]): Promise<Float64Array> => {
    const values = new Float64Array(architectures.length).fill(Number.NaN);
    for (const [i, architecture] of architectures.entries()) {
      const form = formSeenBy(metric, space, architecture);
      if (!known.has(form)) {
        if (known.size >= run.scoreBudget) continue;
        const score = await scoreOf(form);
        known.set(form, score);
        spent.scored++;
        spent.seconds += score.seconds;
      }
      values[i] = better(known.get(form)!, metric);
    }
    return values;
  };
  return { cost, metric: run.scores.metric, score, spent };
}

function better({ value }: StudyScore, { higherIsBetter }: Metric): number {
  if (value === undefined) return Number.NaN;
  return higherIsBetter ? value : -value;
}

async function computed(run: StudyRun, scores: StudyScores, form: string, pool: WorkerPool): Promise<StudyScore> {
  const result = await pool.run(keptScoreJob(run, scores, [scores.metric], form));
  return { ...result.scores[scores.metric], seconds: result.seconds };
}
