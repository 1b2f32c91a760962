/**
 * LAMB (You et al., Large batch optimization for deep learning, ICLR 2020, algorithm 2, φ the identity): Adam's direction, for each tensor as
 * long as the tensor itself.
 *   r = m̂ / (√v̂ + ε);  u = r + λ·w;  w ← w − η·‖w‖ / ‖u‖·u
 * Tensors of one axis (offsets, scales of normalisations) move by η·r, as in the authors' code.
 */
import type { Value } from '../contracts/program.js';
import { adamDirection, adamSlots } from './adam.js';
import type { Optimizer } from './optimizer.js';
import { normOf, perMatrix, trustRatio } from './tensorwise.js';

export interface LambOptions {
  /** β₁, default .9 */
  readonly beta1?: number;
  /** β₂, default .999 */
  readonly beta2?: number;
  /** ε, default 1e-6 */
  readonly epsilon?: number;
  /** λ, default 0 */
  readonly weightDecay?: number;
}

export function lamb({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6, weightDecay = 0 }: LambOptions = {}): Optimizer {
  return {
    slots: adamSlots,
    update(b, { parameters, gradient, state, learningRate, step, tensors }) {
      const multiply = (x: Value, y: Value) => b.op('multiply', [x, y], {});
      const { direction, ratio, sums } = adamDirection(b, { beta1, beta2, epsilon }, { gradient, state, step });
      const decay = perMatrix(b, tensors, () => b.scalar(weightDecay), 0);
      const change = b.op('add', [multiply(ratio, direction), multiply(decay, parameters)], {});
      const rates = perMatrix(
        b,
        tensors,
        (tensor) => trustRatio(b, normOf(b, parameters, tensor), normOf(b, change, tensor)),
        1,
      );
      const stride = multiply(multiply(learningRate, rates), change);
      return { parameters: b.op('subtract', [parameters, stride], {}), state: sums };
    },
  };
}
