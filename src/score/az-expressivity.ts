/**
 * Expressivity of AZ-NAS (Lee & Ham, "AZ-NAS: Assembling Zero-Cost Proxies for Network Architecture Search", CVPR 2024, section 3): the sum over
 * blocks of the entropy of the eigenvalues of their channels' covariance. Highest where features spread evenly over all directions.
 */
import type { Metric } from '../contracts/metric.js';
import { entropiesReading } from './block-entropies.js';

export const azExpressivity: Metric = {
  name: 'az-expressivity',
  summary: 'sum over blocks of how evenly their features spread over all directions, for noise',
  source: 'Lee & Ham, CVPR 2024, section 3',
  higherIsBetter: true,
  needsData: false,
  needsLabels: false,
  needsGradients: false,
  sees: 'function',
  write: (program) => entropiesReading(program, (entropies) => entropies.reduce((x, y) => x + y, 0)),
};
