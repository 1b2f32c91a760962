/**
 * LARS (You, Gitman & Ginsburg, Large batch training of convolutional networks, 2017, algorithm 1):
 *   λ = τ·‖w‖ / (‖g‖ + β·‖w‖) for each tensor;  v ← μ·v + η·λ·(g + β·w);  w ← w − v
 * Tensors of one axis (offsets, scales of normalisations) have λ = 1 and β = 0, as in the authors' later code: they begin at zero, or are no
 * layer's weights.
 */
import type { Value } from '../contracts/program.js';
import type { Optimizer } from './optimizer.js';
import { normOf, perMatrix, trustRatio } from './tensorwise.js';

export interface LarsOptions {
  /** μ */
  readonly momentum: number;
  /** β */
  readonly weightDecay: number;
  /** τ, the trust coefficient, default .001. */
  readonly trust?: number;
}

export function lars({ momentum, weightDecay, trust = 0.001 }: LarsOptions): Optimizer {
  return {
    slots: ['momentum'],
    update(b, { parameters, gradient, state: [before], learningRate, tensors }) {
      const [add, multiply] = (['add', 'multiply'] as const).map(
        (name) => (x: Value, y: Value) => b.op(name, [x, y], {}),
      );
      const decay = perMatrix(b, tensors, () => b.scalar(weightDecay), 0);
      const rates = perMatrix(
        b,
        tensors,
        (tensor) => {
          const weight = normOf(b, parameters, tensor);
          const total = add(normOf(b, gradient, tensor), multiply(b.scalar(weightDecay), weight));
          return multiply(b.scalar(trust), trustRatio(b, weight, total));
        },
        1,
      );
      const stride = multiply(multiply(learningRate, rates), add(gradient, multiply(decay, parameters)));
      const after = add(multiply(b.scalar(momentum), before), stride);
      return { parameters: b.op('subtract', [parameters, after], {}), state: [after] };
    },
  };
}
