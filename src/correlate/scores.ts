/**
 * The scores of all drawn architectures by all metrics, over several initialisations and batches. What the ledger has is not computed again; what is
 * computed is kept at once, so that work that was stopped or killed goes on where it was.
 */
import { messageOf } from '../base/errors.js';
import type { WorkerPool } from '../contracts/job.js';
import type { Metric } from '../contracts/metric.js';
import type { SearchSpace } from '../contracts/search-space.js';
import type { StudyScore, StudyScores, StudyStore } from '../contracts/study.js';
import { isFatal } from '../search/active-run.js';
import { type SeenForms, seenForms } from '../search/forms.js';
import { keptScoreJob, type NamedSpace, scoreKey } from '../search/kept-scores.js';

/** Everything that decides the scores of one initialisation and batch, but the metric. */
export type Repeat = Omit<StudyScores, 'metric'>;

/** The scores of one metric, in the order of the architectures; one list a repeat. */
export type ScoresByMetric = ReadonlyMap<string, readonly (readonly StudyScore[])[]>;

export interface Scoring {
  readonly named: NamedSpace;
  readonly repeats: readonly Repeat[];
  readonly metrics: readonly Metric[];
  readonly store: StudyStore;
  readonly signal?: AbortSignal;
}

/** One form with the metrics by which it is to be scored. */
interface Task {
  readonly repeat: Repeat;
  readonly form: string;
  readonly metrics: readonly string[];
}

/**
 * @param pool is made when something has to be computed
 * @param onForm hears of each form and repeat once all its scores are kept
 * @returns undefined where `signal` fired before the end
 */
export async function scoresOf<A>(
  space: SearchSpace<A>,
  architectures: readonly A[],
  scoring: Scoring,
  pool: () => WorkerPool,
  onForm: (reused: boolean, of: number) => void,
): Promise<ScoresByMetric | undefined> {
  const forms = seenForms(scoring.metrics, space, architectures);
  const kept = new KeptScores(scoring);
  const of = forms.needed.size * scoring.repeats.length;
  const tasks = scoring.repeats.flatMap((repeat) => missingTasks(repeat, forms, kept));
  for (let reused = of - tasks.length; reused > 0; reused--) onForm(true, of);
  if (tasks.length > 0) await performAll(tasks, scoring, kept, pool(), () => onForm(false, of));
  if (scoring.signal?.aborted) return undefined;
  return new Map(
    scoring.metrics.map(({ name }) => [
      name,
      scoring.repeats.map((repeat) => forms.byMetric.get(name)!.map((form) => kept.score(repeat, name, form)!)),
    ]),
  );
}

/** Scores in the store, remembered under short names. */
class KeptScores {
  private readonly known = new Map<Repeat, Map<string, { key: string; scores: Map<string, StudyScore> }>>();

  constructor(private readonly scoring: Scoring) {
    for (const repeat of scoring.repeats) {
      const { named, metrics } = scoring;
      const entries = metrics.map(
        ({ name }) => [name, { key: scoreKey(named, { metric: name, ...repeat }), scores: new Map() }] as const,
      );
      this.known.set(repeat, new Map(entries));
    }
  }

  score(repeat: Repeat, metric: string, form: string): StudyScore | undefined {
    const { key, scores } = this.known.get(repeat)!.get(metric)!;
    const score = scores.get(form) ?? this.scoring.store.score(key, form);
    if (score) scores.set(form, score);
    return score;
  }

  keep(repeat: Repeat, metric: string, form: string, score: StudyScore): void {
    const { key, scores } = this.known.get(repeat)!.get(metric)!;
    this.scoring.store.keepScore(key, form, score);
    scores.set(form, score);
  }
}

function missingTasks(repeat: Repeat, { needed }: SeenForms, kept: KeptScores): Task[] {
  return [...needed].flatMap(([form, names]) => {
    const metrics = names.filter((name) => !kept.score(repeat, name, form));
    return metrics.length === 0 ? [] : [{ repeat, form, metrics }];
  });
}

/** As many at once as the pool runs; after a failure that concerns all, and once the signal fires, nothing new is begun. */
async function performAll(
  tasks: readonly Task[],
  scoring: Scoring,
  kept: KeptScores,
  pool: WorkerPool,
  onTask: () => void,
): Promise<void> {
  const queue = [...tasks].reverse();
  const failing: { error?: unknown } = {};
  const work = async () => {
    while (queue.length > 0 && !scoring.signal?.aborted && !('error' in failing)) {
      try {
        await perform(queue.pop()!, scoring.named, kept, pool);
        onTask();
      } catch (error) {
        failing.error = error;
      }
    }
  };
  await Promise.all(Array.from({ length: pool.size }, work));
  if ('error' in failing) throw failing.error;
}

/**
 * Where the program that all metrics share cannot be run, each gets one of its own, so that one metric's failure is not the others'.
 * @throws what concerns every architecture
 */
async function perform(task: Task, named: NamedSpace, kept: KeptScores, pool: WorkerPool): Promise<void> {
  const { repeat, form, metrics } = task;
  const started = performance.now();
  try {
    const { scores, seconds } = await pool.run(keptScoreJob(named, repeat, metrics, form));
    for (const metric of metrics)
      kept.keep(repeat, metric, form, { ...scores[metric], seconds: seconds / metrics.length });
  } catch (thrown) {
    if (isFatal(thrown)) throw thrown;
    if (metrics.length > 1) {
      for (const metric of metrics) await perform({ ...task, metrics: [metric] }, named, kept, pool);
      return;
    }
    const seconds = (performance.now() - started) / 1000;
    kept.keep(repeat, metrics[0], form, { failure: messageOf(thrown), seconds });
  }
}
