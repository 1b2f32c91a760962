/**
 * Stochastic gradient descent with momentum (Sutskever et al., ICML 2013), in PyTorch's form:
 *   g ← g + λ·p;  m ← μ·m + g;  p ← p − η·(g + μ·m) with Nesterov, else p − η·m
 */
import type { Optimizer } from './optimizer.js';

export interface SgdOptions {
  /** μ */
  readonly momentum: number;
  readonly nesterov: boolean;
  /** λ, an L2 penalty on every parameter. */
  readonly weightDecay: number;
}

export function sgd({ momentum, nesterov, weightDecay }: SgdOptions): Optimizer {
  return {
    slots: ['momentum'],
    update(b, { parameters, gradient, state: [before], learningRate }) {
      const scaled = (factor: number, value: number) => b.op('multiply', [b.scalar(factor), value], {});
      const decayed = b.op('add', [gradient, scaled(weightDecay, parameters)], {});
      const after = b.op('add', [scaled(momentum, before), decayed], {});
      const direction = nesterov ? b.op('add', [decayed, scaled(momentum, after)], {}) : after;
      const stride = b.op('multiply', [learningRate, direction], {});
      return { parameters: b.op('subtract', [parameters, stride], {}), state: [after] };
    },
  };
}
