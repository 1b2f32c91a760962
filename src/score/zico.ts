/**
 * ZiCo (Li et al., "ZiCo: Zero-shot NAS via Inverse Coefficient of Variation on Gradients", ICLR 2023; here as its code does):
 * Σ over layers of log Σ over weights of mean |g| / deviation of g, over the gradients g of the cross-entropy on several batches. Here the two
 * halves of the scoring batch are the batches. With two of them the deviation is |g₁ − g₂| / 2 and the mean (|g₁| + |g₂|) / 2. Weights
 * whose gradients are equal on both, and layers that have no others, are left out.
 */

import { NascentError } from '../base/errors.js';
import type { Metric, ScoreProgram } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import { add, subtract, sum } from '../kernels/arithmetic.js';
import { differentiate } from '../kernels/gradients.js';
import { crossEntropy } from '../network/loss.js';
import { weightedLayers } from './layers.js';
import { ofLossGradients } from './loss-gradients.js';

export const zico: Metric = {
  ...ofLossGradients,
  name: 'zico',
  summary: 'how steady the gradients of weights are from batch to batch, relative to their size',
  source: 'Li et al., ICLR 2023',
  write(program) {
    const b = program.builder;
    const absolute = (x: Value) => b.op('absolute', [x], {});
    const [first, second] = [0, 1].map((half) => gradientsOfHalf(program, half));
    const ratios = first.map((gradient, layer) => {
      const mean = add(b, absolute(gradient), absolute(second[layer]));
      const deviation = absolute(subtract(b, gradient, second[layer]));
      const varies = b.op('greater', [deviation, b.scalar(0)], {});
      // Where nothing varies 1 is divided by, and the product is left out.
      const divisor = add(b, deviation, subtract(b, b.scalar(1), varies));
      return sum(b, b.op('multiply', [varies, b.op('divide', [mean, divisor], {})], {}));
    });
    return {
      outputs: Object.fromEntries(ratios.map((ratio, layer) => [`ratio${layer}`, ratio])),
      score: (results) => {
        const sums = Object.values(results).map(({ data }) => data[0]);
        const counted = sums.filter((ratio) => ratio !== 0);
        if (counted.length === 0) return { failure: 'no weight has gradients that vary from batch to batch' };
        return { value: counted.reduce((total, ratio) => total + Math.log(ratio), 0) };
      },
    };
  },
};

/** By the weights of all layers, on one half of the scoring batch, which is normalised by itself. */
function gradientsOfHalf(program: ScoreProgram, half: number): Value[] {
  const { builder: b, batch, network, labels } = program;
  if (batch < 2)
    throw new NascentError('usage', `Expected a scoring batch of at least 2 images for zico, got ${batch}.`);
  const size = Math.floor(batch / 2);
  const start = half * size;
  const images = b.op('slice', [program.images], { start: [start, 0, 0, 0], size: [size, ...network.inputShape] });
  const pass = program.pass({ images });
  const loss = crossEntropy(b, pass.logits, b.op('slice', [labels], { start: [start], size: [size] }));
  return differentiate(
    b,
    loss,
    weightedLayers(pass).map(({ weight }) => weight.value),
  );
}
