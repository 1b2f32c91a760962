/**
 * SynFlow (Tanaka et al., "Pruning neural networks without any data by iteratively conserving synaptic flow", NeurIPS 2020), summed
 * over all weights as a score of networks by Abdelfattah et al. (ICLR 2021, section 3.2): Σ |θ · ∂R/∂θ|, where R is the sum of the logits of one
 * image of ones, weights are replaced by their absolute values, and there is no normalisation. Given as its natural logarithm: without
 * normalisation R grows exponentially in the depth, beyond what floats hold.
 *
 * On positive numbers such a network is linear, so the image and the seed of the backward pass may be as small as float32 allows: each term then
 * is as much too small as both are together. Two sizes are computed, for a deep network overflows with what a shallow one needs.
 */
import type { Metric, ScoreProgram, WeightSource } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import { multiply, sum, total } from '../kernels/arithmetic.js';
import { differentiate } from '../kernels/gradients.js';
import { weightedLayers } from './layers.js';

/** Halvings of the image, and of the gradient: the first is exact for R up to 2¹⁷⁷ = 10⁵³, the second up to 2²³² = 10⁶⁹ and down to 2⁸⁴. */
const HALVINGS = [50, 105];

const ABSOLUTE: WeightSource = {
  name: 'absolute',
  value: (spec, program) => program.builder.op('absolute', [program.initial(spec)], {}),
};

export const synflow: Metric = {
  name: 'synflow',
  summary: 'logarithm of the sum over weights of |weight · gradient| with absolute weights, for an image of ones',
  source: 'Tanaka et al., NeurIPS 2020; Abdelfattah et al., ICLR 2021, section 3.2',
  higherIsBetter: true,
  needsData: false,
  needsLabels: false,
  needsGradients: true,
  sees: 'function',
  write: (program) => ({
    outputs: Object.fromEntries(HALVINGS.map((halvings) => [halvings, flow(program, halvings)])),
    score: (results) => {
      const logs = HALVINGS.map((halvings) => Math.log(results[halvings].data[0]) + 2 * halvings * Math.LN2);
      return { value: logs.find(Number.isFinite) ?? logs[0] };
    },
  }),
};

/** Σ |θ · ∂R/∂θ|, as often halved as image and gradient are; scalar. */
function flow(program: ScoreProgram, halvings: number): Value {
  const b = program.builder;
  const small = b.scalar(2 ** -halvings);
  const images = b.op('broadcast', [small], { shape: [1, ...program.network.inputShape] });
  const pass = program.pass({ images, mode: 'bare', weights: ABSOLUTE });
  const weights = weightedLayers(pass).map(({ weight }) => weight.value);
  const seed = b.op('broadcast', [small], { shape: b.shape(pass.logits) });
  const flows = differentiate(b, pass.logits, weights, seed).map((gradient, i) =>
    sum(b, multiply(b, weights[i], gradient)),
  );
  return total(b, flows);
}
