/** The gradient of the cross-entropy on the scoring batch, which several metrics read. */
import type { ScoreProgram } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import { differentiate } from '../kernels/gradients.js';
import { crossEntropy } from '../network/loss.js';
import { type WeightedLayer, weightedLayers } from './layers.js';

/** What scores of this gradient need and see. */
export const ofLossGradients = {
  higherIsBetter: true,
  needsData: true,
  needsLabels: true,
  needsGradients: true,
  sees: 'function',
} as const;

export interface LayerGradient extends WeightedLayer {
  /** ∂L/∂weight, of the weight's shape. */
  readonly gradient: Value;
}

/** The loss of an untrained network on the scoring batch, normalised by that batch; scalar. */
export function batchLoss(program: ScoreProgram): Value {
  return crossEntropy(program.builder, program.pass().logits, program.labels);
}

/** The gradient of `batchLoss` by the weights of all layers that have one. */
export function lossGradients(program: ScoreProgram): LayerGradient[] {
  const layers = weightedLayers(program.pass());
  const weights = layers.map(({ weight }) => weight.value);
  const gradients = differentiate(program.builder, batchLoss(program), weights);
  return layers.map((layer, i) => ({ ...layer, gradient: gradients[i] }));
}
