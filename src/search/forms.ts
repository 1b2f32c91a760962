/** Which architectures share one score. */
import type { Metric } from '../contracts/metric.js';
import type { SearchSpace } from '../contracts/search-space.js';

/** The architecture, as text, that stands for all that the metric cannot tell from this one. */
export function formSeenBy<A>({ sees }: Pick<Metric, 'sees'>, space: SearchSpace<A>, architecture: A): string {
  return space.format(sees === 'genotype' ? architecture : space.canonical(architecture, sees));
}
