/**
 * SynFlow (Tanaka et al., "Pruning neural networks without any data by iteratively conserving synaptic flow", NeurIPS 2020, equation 3), summed
 * over all weights as a score of networks by Abdelfattah et al. (ICLR 2021, section 3.2): Σ |θ · ∂R/∂θ|, where R is the sum of the logits of one
 * image of ones, weights are replaced by their absolute values, and there is no normalisation. Given as its natural logarithm: without
 * normalisation R grows exponentially in the depth, beyond what floats hold.
 *
 * On positive numbers such a network is linear, so the image and the seed of the backward pass may be as small as float32 allows: each term then
 * is as much too small as both are together.
 */
import type { Metric, WeightSource } from '../contracts/metric.js';
import { differentiate } from '../kernels/gradients.js';
import { multiply, sum, total } from './arithmetic.js';
import { weightedLayers } from './layers.js';
import { scalarReading } from './reading.js';

/** Halvings of the image, and of the gradient: between them all of 2¹⁷⁷ = 10⁵³ is left for R. */
const HALVINGS = 50;

const ABSOLUTE: WeightSource = {
  name: 'absolute',
  value: (spec, program) => program.builder.op('absolute', [program.initial(spec)], {}),
};

export const synflow: Metric = {
  name: 'synflow',
  summary: 'logarithm of the sum over weights of |weight · gradient| with absolute weights, for an image of ones',
  source: 'Tanaka et al., NeurIPS 2020, equation 3; Abdelfattah et al., ICLR 2021, section 3.2',
  higherIsBetter: true,
  needsData: false,
  needsLabels: false,
  needsGradients: true,
  sees: 'function',
  write: (program) => {
    const b = program.builder;
    const small = b.scalar(2 ** -HALVINGS);
    const images = b.op('broadcast', [small], { shape: [1, ...program.network.inputShape] });
    const pass = program.pass({ images, mode: 'bare', weights: ABSOLUTE });
    const weights = weightedLayers(pass).map(({ weight }) => weight.value);
    const seed = b.op('broadcast', [small], { shape: b.shape(pass.logits) });
    const flows = differentiate(b, pass.logits, weights, seed).map((gradient, i) =>
      sum(b, multiply(b, weights[i], gradient)),
    );
    return scalarReading(total(b, flows), (number) => Math.log(number) + 2 * HALVINGS * Math.LN2);
  },
};
