/** Correlations as pictures: τ and ρ of all metrics with their intervals, and each metric's ranking against accuracy. */
import { averageRanks } from '../base/rank-statistics.js';
import { intervalChart } from '../draw/chart-rows.js';
import { scatterChart } from '../draw/chart-scatter.js';
import type { CorrelateResult, MetricCorrelation } from './correlate.js';
import type { Correlations } from './statistics.js';
import { accuracyTitle, populationTitle, repeatsTitle } from './titles.js';

/** The baseline that all are compared with at a glance. */
const COMPARED = 'multiply-adds';

/** By file name, without its ending, the SVG. */
export function correlationPictures(result: CorrelateResult): Readonly<Record<string, string>> {
  const [{ top }] = result.metrics;
  const within = `the best ${top.architectures} by accuracy`;
  return Object.fromEntries([
    ...picture(result, 'kendall', "Kendall's τ of score and accuracy", (metric) => metric),
    ...picture(result, 'spearman', "Spearman's ρ of score and accuracy", (metric) => metric),
    ...picture(result, 'spearman', `Spearman's ρ within ${within}`, (metric) => metric.top, 'spearman-top'),
    ...result.metrics.filter(({ kendall }) => !Number.isNaN(kendall)).map((metric) => scatter(result, metric)),
  ]);
}

/** Nothing where no metric has a value. */
function picture(
  result: CorrelateResult,
  measure: 'kendall' | 'spearman',
  title: string,
  of: (metric: MetricCorrelation) => Correlations,
  name: string = measure,
): [string, string][] {
  const rows = result.metrics
    .map((metric) => ({ name: metric.metric, value: of(metric)[measure], interval: of(metric)[`${measure}Interval`] }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => b.value - a.value);
  if (rows.length === 0) return [];
  const label = measure === 'kendall' ? "Kendall's τ" : "Spearman's ρ";
  const svg = intervalChart({
    ...{ title, subtitle: subtitleOf(result), axis: { label }, rows },
    names: { interval: '95 % interval over architectures' },
    references: rows.filter(({ name }) => name === COMPARED).map(({ value }) => ({ at: value, label: COMPARED })),
  });
  return [[name, svg]];
}

/** By rank, since scores of one metric may lie powers of ten apart; of the first repeat. */
function scatter(result: CorrelateResult, metric: MetricCorrelation): [string, string] {
  const { metric: name, kendall, spearman, scores, higherIsBetter } = metric;
  const merits = scores[0].map((score) =>
    score === null ? Number.NEGATIVE_INFINITY : higherIsBetter ? score : -score,
  );
  const ranks = averageRanks(merits);
  const svg = scatterChart({
    title: `${name}: τ ${kendall.toFixed(3)}, ρ ${spearman.toFixed(3)}`,
    subtitle: subtitleOf(result),
    x: { label: 'rank by score, the best on the right' },
    y: { label: `${result.accuracy.dataset} ${result.accuracy.split} accuracy`, unit: '%' },
    groups: [{ name: '', points: ranks.map((rank, i) => [rank, 100 * result.accuracies[i]] as const) }],
  });
  return [`scatter-${name}`, svg];
}

function subtitleOf(result: CorrelateResult): string {
  return `${result.space}, ${accuracyTitle(result)}; ${populationTitle(result)}; ${repeatsTitle(result)}`;
}
