/** Correlations as text: one metric a line. */
import { decimal, percent, whole } from '../../base/numbers.js';
import type { CorrelateResult, MetricCorrelation } from '../../correlate/correlate.js';
import { accuracyTitle, populationTitle, repeatsTitle } from '../../correlate/titles.js';
import { type Column, table } from './table.js';

/** A metric a record, each with what it is about and without the single scores. */
export function correlationRecords(result: CorrelateResult): object[] {
  const { metrics, architectures: _, accuracies: __, ...facts } = result;
  return metrics.map(({ scores: ___, ...metric }) => ({ ...metric, ...facts }));
}

export function correlationLines(result: CorrelateResult): string[] {
  const { metrics } = result;
  const rows = [...metrics].sort((a, b) => orderOf(b) - orderOf(a));
  return [
    `${result.space}: scores against ${accuracyTitle(result)}`,
    `${populationTitle(result)}; ${repeatsTitle(result)}`,
    '',
    ...table(columnsOf(result), rows),
    '',
    ...remarks(result),
  ];
}

/** Constant scores last. */
function orderOf({ spearman }: MetricCorrelation): number {
  return Number.isNaN(spearman) ? Number.NEGATIVE_INFINITY : spearman;
}

function columnsOf({ metrics: [first], repeats }: CorrelateResult): Column<MetricCorrelation>[] {
  const share = `top ${percentage(first.top.share)}`;
  const spread = ({ kendallDeviation = 0, spearmanDeviation = 0 }: MetricCorrelation) =>
    `${coefficient(kendallDeviation)}, ${coefficient(spearmanDeviation)}`;
  return [
    { title: 'metric', text: ({ metric }) => metric },
    { title: 'τ', text: ({ kendall }) => coefficient(kendall), align: 'right' },
    { title: '', text: ({ kendallInterval }) => interval(kendallInterval) },
    { title: 'ρ', text: ({ spearman }) => coefficient(spearman), align: 'right' },
    { title: '', text: ({ spearmanInterval }) => interval(spearmanInterval) },
    ...(repeats.length > 1 ? [{ title: 'deviations', text: spread, align: 'right' } as const] : []),
    { title: `${share}: τ`, text: ({ top }) => coefficient(top.kendall), align: 'right' },
    { title: 'ρ', text: ({ top }) => coefficient(top.spearman), align: 'right' },
    ...first.bestOf.map(
      ({ k }, i): Column<MetricCorrelation> => ({
        title: `best of ${k}`,
        text: ({ bestOf }) => percent(bestOf[i].accuracy),
        align: 'right',
      }),
    ),
    { title: 'failed', text: ({ failures }) => (failures === 0 ? '' : whole(failures)), align: 'right' },
  ];
}

/** `.571`, `-.200` */
function coefficient(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3).replace(/^(-?)0\./, '$1.');
}

function interval(ends: readonly [number, number] | undefined): string {
  return ends === undefined ? '' : `[${ends.map(coefficient).join(', ')}]`;
}

function percentage(share: number): string {
  return `${decimal(100 * share)} %`;
}

function remarks({ metrics, accuracies, repeats }: CorrelateResult): string[] {
  const failing = metrics.filter(({ failures }) => failures > 0);
  const best = percent(Math.max(...accuracies));
  const deviations = repeats.length > 1 ? ' Deviations are those of τ and ρ over the repeats.' : '';
  return [
    `Intervals: 95 %, over architectures.${deviations} Best of k: the best accuracy among the k highest scores; of all it is ${best}.`,
    ...(failing.length > 0 ? ['Without a score, which ranks last:'] : []),
    ...failing.map(({ metric, failures, failure }) => `  ${metric}: ${whole(failures)}, the first: ${failure}`),
  ];
}
