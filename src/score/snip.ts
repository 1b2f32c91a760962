/**
 * SNIP (Lee et al., "SNIP: Single-shot Network Pruning based on Connection Sensitivity", ICLR 2019: connection sensitivity), summed over all weights as
 * a score of networks by Abdelfattah et al. (ICLR 2021, section 3.2): Σ |θ · ∂L/∂θ| for one batch, L the cross-entropy.
 */
import type { Metric } from '../contracts/metric.js';
import { multiply, sum, total } from '../kernels/arithmetic.js';
import { lossGradients, ofLossGradients } from './loss-gradients.js';
import { scalarReading } from './reading.js';

export const snip: Metric = {
  ...ofLossGradients,
  name: 'snip',
  summary: 'sum over weights of |weight · gradient of the loss|',
  source: 'Lee et al., ICLR 2019; Abdelfattah et al., ICLR 2021, section 3.2',
  write: (program) => {
    const b = program.builder;
    const saliencies = lossGradients(program).map(({ weight, gradient }) =>
      sum(b, b.op('absolute', [multiply(b, weight.value, gradient)], {})),
    );
    return scalarReading(total(b, saliencies));
  },
};
