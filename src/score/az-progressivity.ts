/**
 * Progressivity of AZ-NAS (Lee & Ham, CVPR 2024, section 3): the least increase, from one block to the next, of the entropy that
 * expressivity sums. Highest where every block adds to what features can tell.
 */
import type { Metric } from '../contracts/metric.js';
import { entropiesReading } from './block-entropies.js';

export const azProgressivity: Metric = {
  name: 'az-progressivity',
  summary: 'least increase between consecutive blocks of how evenly features spread, for noise',
  source: 'Lee & Ham, CVPR 2024, section 3',
  higherIsBetter: true,
  needsData: false,
  needsLabels: false,
  needsGradients: false,
  sees: 'function',
  write: (program) =>
    entropiesReading(program, (entropies) => {
      const increases = entropies.slice(1).map((entropy, i) => entropy - entropies[i]);
      return Math.min(...increases);
    }),
};
