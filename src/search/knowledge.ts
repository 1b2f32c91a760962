/** What samplers may know of architectures without training them. */
import { modules } from '../catalog.js';
import type { CheapKnowledge } from '../contracts/sampler.js';
import { type ActiveRun, recordEvent } from './active-run.js';
import type { History } from './history.js';
import type { ScoreQueue } from './score-queue.js';
import type { ScoredCandidate } from './score-recorder.js';

/**
 * Architectures whose scores are asked for become candidates like any other, one for each form that the metric can tell apart, and at
 * most `count` of them in a run. What has no score then has none for ever, even where it is proposed and scored later: an answer
 * must not depend on when the question was asked, or a run that is resumed would go another way.
 */
export async function knowledgeOf(run: ActiveRun, queue: ScoreQueue, { warnings }: History): Promise<CheapKnowledge> {
  const { space, configuration } = run;
  const { trainSkeleton, metric, count } = configuration;
  const { architectureCost } = await modules.network();
  const asked = new Map<string, Promise<ScoredCandidate>>();
  for (const candidate of queue.recorded) {
    if (candidate.asked && !asked.has(candidate.form)) asked.set(candidate.form, Promise.resolve(candidate));
  }
  const told = new Set(warnings);
  const warn = () => {
    const message = `The sampler asked for the scores of more than ${count} architectures beside its proposals (\`count\`); the others get none.`;
    if (told.has(message)) return;
    told.add(message);
    recordEvent(run, { type: 'warning', message });
  };
  const ask = (architecture: unknown): Promise<ScoredCandidate> | undefined => {
    const form = queue.formOf(architecture);
    const known = asked.get(form);
    if (known) return known;
    if (asked.size >= count) return void warn();
    const scored = queue.add(architecture, true);
    asked.set(form, scored);
    return scored;
  };
  return {
    cost: (architecture) => architectureCost(space, architecture, trainSkeleton),
    metric,
    async score(architectures) {
      const scored = await Promise.all(architectures.map(ask));
      return Float64Array.from(scored, (candidate) => (candidate && higherIsBetter(run, candidate)) ?? Number.NaN);
    },
  };
}

/** A score as samplers see it: higher is better, whatever the metric's direction. */
export function higherIsBetter({ metric }: Pick<ActiveRun, 'metric'>, { value }: ScoredCandidate): number | undefined {
  return value === undefined || metric.higherIsBetter ? value : -value;
}
