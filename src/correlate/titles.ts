/** What a correlation is about, in words. */
import { counted, whole } from '../base/numbers.js';
import { columnTitle } from '../tables/columns.js';
import type { CorrelateResult } from './correlate.js';

/** `cifar10 test accuracy after 200 epochs (mean)` */
export function accuracyTitle({ accuracy }: Pick<CorrelateResult, 'accuracy'>): string {
  return columnTitle(accuracy);
}

/** `1,000 of 9,445 live architectures` */
export function populationTitle({
  count,
  populationSize,
  population,
}: Pick<CorrelateResult, 'count' | 'populationSize' | 'population'>): string {
  const of = `${whole(populationSize)}${population === 'live' ? ' live' : ''} architectures`;
  return count === populationSize ? `all ${of}` : `${whole(count)} of ${of}`;
}

/** `one batch of 128 images, one initialisation` */
export function repeatsTitle({ repeats, scoreBatch }: Pick<CorrelateResult, 'repeats' | 'scoreBatch'>): string {
  const batches = new Set(repeats.map(({ batchSeed }) => batchSeed)).size;
  const images = batches === 1 ? `one batch of ${scoreBatch} images` : `${batches} batches of ${scoreBatch} images`;
  return `${images}, ${counted(repeats.length / batches, 'initialisation')}`;
}
