/**
 * Adam (Kingma & Ba, ICLR 2015, algorithm 1) and AdamW, whose weight decay does not pass through the moments (Loshchilov &
 * Hutter, ICLR 2019, algorithm 2):
 *   m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  p ← p − η·m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
 */

import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import type { Optimizer } from './optimizer.js';

export interface AdamOptions {
  /** β₁, default .9 */
  readonly beta1?: number;
  /** β₂, default .999 */
  readonly beta2?: number;
  /** ε, default 1e-8 */
  readonly epsilon?: number;
  /** λ, default 0 */
  readonly weightDecay?: number;
  /** Apart from the moments, as AdamW does (default false: added to the gradient). */
  readonly decoupled?: boolean;
}

export function adam(options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decoupled = false } = options;
  return {
    slots: ['first-moment', 'second-moment'],
    update(b, { parameters, gradient, state: [first, second], learningRate, step }) {
      const multiply = (x: Value, y: Value) => b.op('multiply', [x, y], {});
      const penalty = multiply(b.scalar(weightDecay), parameters);
      const g = decoupled ? gradient : b.op('add', [gradient, penalty], {});
      const m = mix(b, beta1, first, g);
      const v = mix(b, beta2, second, multiply(g, g));
      const mean = b.op('divide', [m, bias(b, beta1, step)], {});
      const deviation = b.op('squareRoot', [b.op('divide', [v, bias(b, beta2, step)], {})], {});
      const direction = b.op('divide', [mean, b.op('add', [deviation, b.scalar(epsilon)], {})], {});
      const whole = decoupled ? b.op('add', [direction, penalty], {}) : direction;
      return { parameters: b.op('subtract', [parameters, multiply(learningRate, whole)], {}), state: [m, v] };
    },
  };
}

/** β·old + (1 − β)·new */
function mix(b: ProgramBuilder, beta: number, old: Value, fresh: Value): Value {
  return b.op(
    'add',
    [b.op('multiply', [b.scalar(beta), old], {}), b.op('multiply', [b.scalar(1 - beta), fresh], {})],
    {},
  );
}

/** 1 − βᵗ */
function bias(b: ProgramBuilder, beta: number, step: Value): Value {
  const power = b.op('exponential', [b.op('multiply', [b.scalar(Math.log(beta)), step], {})], {});
  return b.op('subtract', [b.scalar(1), power], {});
}
