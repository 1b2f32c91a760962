/**
 * GraSP (Wang, Zhang & Grosse, "Picking Winning Tickets Before Training by Preserving Gradient Flow", ICLR 2020), summed over
 * all weights as a score of networks by Abdelfattah et al. (ICLR 2021, section 3.2): Σ −θ · (H g), with g = ∂L/∂θ and H the Hessian of the
 * cross-entropy L for one batch. H g is the gradient of gᵀ·stop(g), so the backward pass is differentiated once more.
 */
import type { Metric } from '../contracts/metric.js';
import { multiply, sum, total } from '../kernels/arithmetic.js';
import { differentiate } from '../kernels/gradients.js';
import { lossGradients, ofLossGradients } from './loss-gradients.js';
import { scalarReading } from './reading.js';

export const grasp: Metric = {
  ...ofLossGradients,
  name: 'grasp',
  summary: 'sum over weights of −weight · (Hessian · gradient) of the loss: how much gradient flow is kept',
  source: 'Wang et al., ICLR 2020; Abdelfattah et al., ICLR 2021, section 3.2',
  write: (program) => {
    const b = program.builder;
    const layers = lossGradients(program);
    const half = total(
      b,
      layers.map(({ gradient }) => multiply(b, b.scalar(0.5), sum(b, multiply(b, gradient, gradient)))),
    );
    // The gradient of ½‖g(θ)‖² is H g.
    const products = differentiate(
      b,
      half,
      layers.map(({ weight }) => weight.value),
    );
    const terms = layers.map(({ weight }, i) => sum(b, multiply(b, weight.value, products[i])));
    return scalarReading(total(b, terms), (number) => -number);
  },
};
