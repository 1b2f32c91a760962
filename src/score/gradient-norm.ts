/**
 * Gradient norm (Abdelfattah et al., "Zero-Cost Proxies for Lightweight NAS", ICLR 2021, section 3.2):
 * the sum over convolutions and linear layers of ‖∂L/∂θ‖₂ for one batch, L the cross-entropy.
 */
import type { Metric } from '../contracts/metric.js';
import { norm, total } from '../kernels/arithmetic.js';
import { lossGradients, ofLossGradients } from './loss-gradients.js';
import { scalarReading } from './reading.js';

export const gradientNorm: Metric = {
  ...ofLossGradients,
  name: 'gradient-norm',
  summary: 'sum over layers of the norm of the gradient of the loss',
  source: 'Abdelfattah et al., ICLR 2021, section 3.2',
  write: (program) => {
    const b = program.builder;
    const norms = lossGradients(program).map(({ gradient }) => norm(b, gradient));
    return scalarReading(total(b, norms));
  },
};
