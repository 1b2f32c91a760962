/**
 * Plain saliency (Mozer & Smolensky, "Skeletonization", NeurIPS 1988, as a score of networks in Abdelfattah et al., ICLR 2021,
 * appendix): Σ θ · ∂L/∂θ for one batch, L the cross-entropy. SNIP without the absolute value.
 */
import type { Metric } from '../contracts/metric.js';
import { multiply, sum, total } from '../kernels/arithmetic.js';
import { lossGradients, ofLossGradients } from './loss-gradients.js';
import { scalarReading } from './reading.js';

export const plain: Metric = {
  ...ofLossGradients,
  name: 'plain',
  summary: 'sum over weights of weight · gradient of the loss',
  source: 'Mozer & Smolensky, NeurIPS 1988; Abdelfattah et al., ICLR 2021',
  write: (program) => {
    const b = program.builder;
    const products = lossGradients(program).map(({ weight, gradient }) => sum(b, multiply(b, weight.value, gradient)));
    return scalarReading(total(b, products));
  },
};
