/** Which architectures share one score. */
import type { Metric } from '../contracts/metric.js';
import type { SearchSpace } from '../contracts/search-space.js';

/** What a metric is called and what it can tell apart. */
export type SeeingMetric = Pick<Metric, 'name' | 'sees'>;

/** The architecture, as text, that stands for all that the metric cannot tell from this one. */
export function formSeenBy<A>({ sees }: Pick<Metric, 'sees'>, space: SearchSpace<A>, architecture: A): string {
  return space.format(sees === 'genotype' ? architecture : space.canonical(architecture, sees));
}

/**
 * Architectures with the forms that metrics score in their place. Metrics whose forms are one text are computed by one program; which metrics
 * are asked for together changes no score.
 */
export interface SeenForms {
  /** The form of each architecture that this metric sees, in the order of the architectures. */
  readonly byMetric: ReadonlyMap<string, readonly string[]>;
  /** The different forms with the names of the metrics that need them, in the order in which architectures need them. */
  readonly needed: ReadonlyMap<string, readonly string[]>;
}

export function seenForms<A>(
  metrics: readonly SeeingMetric[],
  space: SearchSpace<A>,
  architectures: readonly A[],
): SeenForms {
  const views = [...new Set(metrics.map(({ sees }) => sees))];
  const formsOf = new Map(views.map((sees) => [sees, architectures.map((each) => formSeenBy({ sees }, space, each))]));
  const needed = new Map<string, string[]>();
  architectures.forEach((_, i) => {
    for (const { name, sees } of metrics) {
      const form = formsOf.get(sees)![i];
      const names = needed.get(form);
      if (!names) needed.set(form, [name]);
      else if (!names.includes(name)) names.push(name);
    }
  });
  return { byMetric: new Map(metrics.map(({ name, sees }) => [name, formsOf.get(sees)!])), needed };
}
