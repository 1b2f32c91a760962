/**
 * Adam (Kingma & Ba, ICLR 2015, algorithm 1) and AdamW, whose weight decay does not pass through the moments (Loshchilov &
 * Hutter, ICLR 2019, algorithm 2):
 *   m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  p ← p − η·m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
 * Kept are the sums M = m / (1 − β₁) and V = v / (1 − β₂), which take the gradient as it is: a pass over the vector less each.
 */

import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import type { Optimizer, UpdateInputs } from './optimizer.js';

/** The sums M and V. */
export const adamSlots: readonly string[] = ['first-sum', 'second-sum'];

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
    slots: adamSlots,
    update(b, { parameters, gradient, state, learningRate, step }) {
      const [add, multiply] = (['add', 'multiply'] as const).map(
        (name) => (x: Value, y: Value) => b.op(name, [x, y], {}),
      );
      const decayed = (x: Value) => (weightDecay === 0 ? x : add(x, multiply(b.scalar(weightDecay), parameters)));
      const own = { gradient: decoupled ? gradient : decayed(gradient), state, step };
      const { direction, ratio, sums } = adamDirection(b, { beta1, beta2, epsilon }, own);
      const change = decoupled ? decayed(multiply(ratio, direction)) : direction;
      const rate = decoupled ? learningRate : multiply(learningRate, ratio);
      return { parameters: b.op('subtract', [parameters, multiply(rate, change)], {}), state: sums };
    },
  };
}

/** The sums after a step, and Adam's direction m̂ / (√v̂ + ε), which is `ratio`, a scalar, times `direction`. */
export function adamDirection(
  b: ProgramBuilder,
  { beta1, beta2, epsilon }: { readonly beta1: number; readonly beta2: number; readonly epsilon: number },
  { gradient, state: [first, second], step }: Pick<UpdateInputs, 'gradient' | 'state' | 'step'>,
) {
  const multiply = (x: Value, y: Value) => b.op('multiply', [x, y], {});
  const m = b.op('add', [multiply(b.scalar(beta1), first), gradient], {});
  const v = b.op('add', [multiply(b.scalar(beta2), second), multiply(gradient, gradient)], {});
  // m̂ / (√v̂ + ε) is ρ · M / (√V + ε·r), r² = (1 − β₂ᵗ) / (1 − β₂), ρ = r · (1 − β₁) / (1 − β₁ᵗ): what is left to do on scalars (section 2).
  const root = b.op('squareRoot', [multiply(b.scalar(1 / (1 - beta2)), bias(b, beta2, step))], {});
  const ratio = b.op('divide', [multiply(b.scalar(1 - beta1), root), bias(b, beta1, step)], {});
  const bounded = multiply(b.scalar(epsilon), root);
  const direction = b.op('divide', [m, b.op('add', [b.op('squareRoot', [v], {}), bounded], {})], {});
  return { direction, ratio, sums: [m, v] };
}

/** 1 − βᵗ = 2u / (1 + u), u = tanh(−½·t·log β): in float32 the difference would lose four digits at the first step of β = .999. */
function bias(b: ProgramBuilder, beta: number, step: Value): Value {
  const u = b.op('tanh', [b.op('multiply', [b.scalar(-0.5 * Math.log(beta)), step], {})], {});
  return b.op('divide', [b.op('multiply', [b.scalar(2), u], {}), b.op('add', [b.scalar(1), u], {})], {});
}
