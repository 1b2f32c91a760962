/**
 * Implicit layers: the output h* is a fixed point, h* = F(h*, x), and the backward pass a phantom gradient (Geng, Zhang, Bai, Wang & Lin, "On
 * Training Implicit Models", NeurIPS 2021) in place of the exact one, ∂F/∂θᵀ (I − ∂F/∂hᵀ)⁻¹ dy.
 *
 * A program has no loops, so the forward iteration is written out to a largest number of steps, and each image stops by itself as soon as its
 * own change is within the tolerance: what an image becomes does not depend on the others, and the step stays one program, which other ways
 * (solving in several runs of a program) would break up. Steps after the last image has stopped cost time and change nothing.
 */
import { expected, wholeNumber } from '../base/errors.js';
import type { Initializer, Layer } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { differentiate } from '../kernels/gradients.js';
import { uniformFanIn } from './initialize.js';
import { type Repeatable, repeatable } from './repeatable.js';

/** How gradients come from h* to parameters and input. */
export interface PhantomGradient {
  /**
   * 'unrolling': k damped steps from h*, differentiated, h* itself held fixed; the output is the last of them. 'neumann': k terms of the Neumann
   * series of the inverse at the h of the last forward step, which is h* where the image has stopped. Both are the exact gradient for k to infinity, and the same at an exact fixed point.
   */
  readonly kind: 'unrolling' | 'neumann';
  /** k, the number of steps or terms; default 5. */
  readonly steps?: number;
  /** λ in (0, 1]: the share of F in a step, default .5. */
  readonly damping?: number;
}

export interface FixedPointOptions {
  /** F(·, x): from the layer's input x, the layer that makes of h the next h, of the same shape as x. It should be a contraction in h. */
  readonly cell: (x: Value) => Layer;
  /** Largest number of forward steps, default 20. */
  readonly iterations?: number;
  /** An image stops where ‖F(h) − h‖ ≤ tolerance · ‖F(h)‖; default 1e-4. */
  readonly tolerance?: number;
  /** Share of F in a forward step, in (0, 1]; default 1. */
  readonly damping?: number;
  /** Default: unrolling of 5 steps at .5. */
  readonly backward?: PhantomGradient;
}

/**
 * [N, ...] -> [N, ...]: the fixed point of a cell, from h = 0. An image that has not come within the tolerance keeps its last h.
 * @throws NascentError `usage` where an option is out of its range
 */
export function fixedPoint(options: FixedPointOptions): Layer {
  const { cell, iterations = 20, tolerance = 1e-4, damping = 1, backward = { kind: 'unrolling' } } = options;
  wholeNumber('`iterations`', iterations, 1, 1000);
  const steps = wholeNumber('`backward.steps`', backward.steps ?? 5, 1, 1000);
  const share = inUnit('`backward.damping`', backward.damping ?? 0.5);
  inUnit('`damping`', damping);
  if (!(tolerance >= 0)) throw expected('`tolerance`', 'a number of at least 0', tolerance);
  return (scope, x) => {
    const b = scope.builder;
    const shared = repeatable(scope);
    const next = (h: Value) => shared.apply(cell(x), h);
    const step = (h: Value, f: Value) => stepWhereMoving(b, h, f, tolerance, damping);
    let h = b.op('broadcast', [b.scalar(0)], { shape: b.shape(x) });
    for (let i = 1; i < iterations; i++) h = step(h, next(h));
    const held = b.customGradient(h, [], () => []);
    const f = next(held);
    const found = step(held, f);
    if (backward.kind === 'neumann') return neumann(b, found, { held, f, x, shared, steps, share });
    let unrolled = b.customGradient(found, [], () => []);
    for (let i = 0; i < steps; i++) unrolled = dampedStep(b, unrolled, next(unrolled), share);
    return unrolled;
  };
}

function inUnit(what: string, value: number): number {
  if (value > 0 && value <= 1) return value;
  throw expected(what, 'a number above 0 and at most 1', value);
}

/** (1 − λ) h + λ f */
function dampedStep(b: ProgramBuilder, h: Value, f: Value, share: number): Value {
  if (share === 1) return f;
  const scaled = (value: Value, factor: number) => b.op('multiply', [value, b.scalar(factor)], {});
  return b.op('add', [scaled(h, 1 - share), scaled(f, share)], {});
}

/** The damped step for images that still move; the others stay as they are. */
function stepWhereMoving(b: ProgramBuilder, h: Value, f: Value, tolerance: number, share: number): Value {
  const change = b.op('subtract', [f, h], {});
  const axes = b.shape(h).flatMap((_, axis) => (axis === 0 ? [] : [axis]));
  const square = (value: Value) => b.op('sum', [b.op('multiply', [value, value], {})], { axes, keepAxes: true });
  const bound = b.op('multiply', [square(f), b.scalar(tolerance ** 2)], {});
  const moving = b.op('multiply', [b.op('greater', [square(change), bound], {}), b.scalar(share)], {});
  return b.op('add', [h, b.op('multiply', [change, moving], {})], {});
}

interface NeumannOptions {
  readonly x: Value;
  /** The h of the last forward step, taken for a constant; for images that have stopped the fixed point itself. */
  readonly held: Value;
  /** F(held, x) */
  readonly f: Value;
  readonly shared: Repeatable;
  readonly steps: number;
  readonly share: number;
}

/**
 * The fixed point `h`, through which gradients go to x and the cell's parameters θ as λ ∂F/∂(x, θ)ᵀ Σ Bʲ dy, j from 0 to k − 1, with B = λ ∂F/∂hᵀ +
 * (1 − λ) I. F is differentiated where the last forward step computed it, which saves computing it once more. The series is summed as
 * c₀ (dy + c₁/c₀ J (dy + c₂/c₁ J (dy + …))), in which a product with J can take up its factor and what is added to it.
 */
function neumann(b: ProgramBuilder, h: Value, { x, held, f, shared, steps, share }: NeumannOptions): Value {
  const receivers = [x, ...shared.parameters];
  const factors = seriesFactors(steps, share);
  const ratios = factors.slice(1).map((factor, i) => factor / factors[i]);
  return b.customGradient(h, receivers, (builder, dy) => {
    const times = (value: Value, factor: number) =>
      factor === 1 ? value : builder.op('multiply', [value, builder.scalar(factor)], {});
    let total = dy;
    for (const ratio of ratios.toReversed()) {
      const [product] = differentiate(builder, f, [held], total);
      total = builder.op('add', [times(product, ratio), dy], {});
    }
    return differentiate(builder, f, receivers, times(total, factors[0]));
  });
}

/**
 * c_m with Σ c_m Jᵐ = λ Σ (λ J + (1 − λ) I)ʲ, j from 0 to k − 1: powers of J alone take one sum a step. c_m = λ Σ C(j, m) λᵐ (1 − λ)ʲ⁻ᵐ; they
 * fall, and the last, where too small for a number, are left out.
 */
function seriesFactors(steps: number, share: number): number[] {
  const factors: number[] = Array.from({ length: steps }, () => 0);
  let powers = [share];
  for (let j = 0; j < steps; j++) {
    for (const [m, factor] of powers.entries()) factors[m] += factor;
    powers = [...powers, 0].map((factor, m) => factor * (1 - share) + (m > 0 ? powers[m - 1] * share : 0));
  }
  return factors.filter((factor) => factor > 0);
}

export interface ContractionOptions {
  /** Side of the window, odd; default 3. */
  readonly kernel?: number;
  /** Bound of the operator norm, below 1 for a contraction; default .9. */
  readonly norm?: number;
  /** Default: PyTorch's, uniform ±1/√fan-in. */
  readonly initialize?: Initializer;
}

/** One function for all layers, so that equal parameters are seen to start equal. */
const DEFAULT_INITIALIZER = uniformFanIn();

/**
 * A convolution [N, C, H, W] -> [N, C, H, W] that moves no two images apart: where the largest Σ |w| of a filter is above `norm`, all filters are
 * scaled down to `norm`, which bounds the change of the largest number (the condition ‖A‖∞ < 1 for a unique fixed point, El Ghaoui et al.,
 * "Implicit Deep Learning", SIAM Journal on Mathematics of Data Science 2021). Parameter `weight` [C, C, kernel, kernel].
 */
export function contraction({
  kernel = 3,
  norm = 0.9,
  initialize = DEFAULT_INITIALIZER,
}: ContractionOptions = {}): Layer {
  if (kernel % 2 !== 1) throw expected('`kernel`', 'an odd number', kernel);
  return (scope, x) => {
    const b = scope.builder;
    const [, channels] = b.shape(x);
    const weight = scope.parameter('weight', [channels, channels, kernel, kernel], initialize);
    const sums = b.op('sum', [b.op('absolute', [weight], {})], { axes: [1, 2, 3], keepAxes: true });
    const largest = b.op('max', [sums], { axes: [0, 1, 2, 3], keepAxes: true });
    const over = b.op('maximum', [largest, b.scalar(norm)], {});
    const factor = b.op('divide', [b.scalar(norm), over], {});
    const padding = Math.floor(kernel / 2);
    const window = { stride: [1, 1], padding: [padding, padding], dilation: [1, 1], groups: 1 } as const;
    return b.op('conv2d', [x, b.op('multiply', [weight, factor], {})], window);
  };
}
