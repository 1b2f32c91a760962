/**
 * ProxProp (Frerix et al., Proximal backpropagation, ICLR 2018): instead of a step along the gradient each layer takes an implicit one,
 *   θ ← argmin ½‖A θ' − z‖² + ‖θ' − θ‖² / 2τ,
 * A the linear map from its weights to its output on this batch and z that output moved against its gradient. What is solved for is
 * d = (I + τ·AᵀA)⁻¹ g (proposition 2), by some steps of conjugate gradients (section 4), each of which is a descent direction.
 * Here d takes the gradient's place in gradient descent with momentum; tensors that no product reads keep their gradient.
 */
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import type { Optimizer } from './optimizer.js';
import { type SgdOptions, sgd } from './sgd.js';

export interface ProxPropOptions extends SgdOptions {
  /** τ, default .05. AᵀA is summed over the batch. */
  readonly tau?: number;
  /** Steps of conjugate gradients, default 3. */
  readonly iterations?: number;
}

export function proxProp({ tau = 0.05, iterations = 3, ...options }: ProxPropOptions): Optimizer {
  return {
    ...sgd(options),
    precondition(b, gradient, { apply, transpose }) {
      const system = (v: Value) => {
        return b.op('add', [v, b.op('multiply', [b.scalar(tau), transpose(apply(v))], {})], {});
      };
      return conjugateGradients(b, system, gradient, iterations);
    },
  };
}

/** Keeps 0 / 0 of a solved system at 0. */
const TINY = 1e-30;

/** x with M x ≈ y for a symmetric positive definite M, from zero (Hestenes & Stiefel, 1952). */
function conjugateGradients(b: ProgramBuilder, system: (v: Value) => Value, y: Value, iterations: number): Value {
  const dot = (p: Value, q: Value) => {
    const axes = b.shape(p).map((_, axis) => axis);
    return b.op('sum', [b.op('multiply', [p, q], {})], { axes, keepAxes: false });
  };
  const quotient = (p: Value, q: Value) => b.op('divide', [p, b.op('maximum', [q, b.scalar(TINY)], {})], {});
  const plus = (p: Value, factor: Value, q: Value) => b.op('add', [p, b.op('multiply', [factor, q], {})], {});
  let x: Value | undefined;
  let [residual, direction] = [y, y];
  let square = dot(residual, residual);
  for (let i = 0; i < iterations; i++) {
    const image = system(direction);
    const length = quotient(square, dot(direction, image));
    x = x === undefined ? b.op('multiply', [length, direction], {}) : plus(x, length, direction);
    residual = b.op('subtract', [residual, b.op('multiply', [length, image], {})], {});
    const before = square;
    square = dot(residual, residual);
    direction = plus(residual, quotient(square, before), direction);
  }
  return x ?? y;
}
