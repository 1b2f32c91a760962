/**
 * Fisher (Theis et al., 2018; Turner et al., "BlockSwap: Fisher-guided Block Substitution", ICLR 2020), summed over all channels as
 * a score of networks by Abdelfattah et al. (ICLR 2021, section 3.2): for each channel of a layer's output z, ½ · mean over images of
 * (Σ over positions z · ∂L/∂z)², L the cross-entropy of one batch. A linear layer's outputs are channels of one position.
 */
import type { Metric, ScoreProgram } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import { multiply, sum, total } from '../kernels/arithmetic.js';
import { differentiate } from '../kernels/gradients.js';
import { weightedLayers } from './layers.js';
import { batchLoss, ofLossGradients } from './loss-gradients.js';
import { scalarReading } from './reading.js';

export const fisher: Metric = {
  ...ofLossGradients,
  name: 'fisher',
  summary: 'sum over channels of the squared sensitivity of the loss to their activations',
  source: 'Turner et al., ICLR 2020; Abdelfattah et al., ICLR 2021, section 3.2',
  write: (program) => {
    const b = program.builder;
    const outputs = weightedLayers(program.pass()).map(({ output }) =>
      isLast(program, output) ? program.pass().logits : output,
    );
    const gradients = differentiate(b, batchLoss(program), outputs);
    const sensitivities = outputs.map((output, i) => {
      const positions = b
        .shape(output)
        .map((_, axis) => axis)
        .slice(2);
      const perImage = sum(b, multiply(b, output, gradients[i]), positions);
      return multiply(b, b.scalar(0.5 / program.batch), sum(b, multiply(b, perImage, perImage)));
    });
    return scalarReading(total(b, sensitivities));
  },
};

/** Whether the logits are this output and an offset: a linear layer's output has its offset in it. */
function isLast(program: ScoreProgram, output: Value): boolean {
  const { builder, logits } = program.pass();
  return builder.opOf(logits)?.inputs.includes(output) ?? false;
}
