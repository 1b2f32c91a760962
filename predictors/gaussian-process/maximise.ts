/**
 * The quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno between bounds (Nocedal & Wright 2006, algorithm 6.1): coordinates
 * that a step would push through their bound stay there.
 */
import { dot } from '../../src/base/linear-algebra.js';

export interface Point {
  readonly value: number;
  /** Asked for only where a step ended. */
  gradient(): Float64Array;
}

export interface MaximiseOptions {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Steps at most. */
  readonly steps: number;
  /** Ends when a step promises less. */
  readonly gain: number;
}

/** A step moves no coordinate further: far away the quadratic model says nothing. */
const LONGEST_STEP = 1;
const HALVINGS = 12;

/** A local maximum of `objective`, which is undefined where it cannot be computed. */
export function maximise(
  objective: (x: Float64Array) => Point | undefined,
  start: Float64Array,
  options: MaximiseOptions,
): Float64Array {
  let x = start;
  let point = objective(x);
  if (point === undefined) return x;
  let gradient = point.gradient();
  let inverse = identity(x.length);
  for (let step = 0; step < options.steps; step++) {
    const free = freeGradient(x, gradient, options);
    const direction = ascent(inverse, free);
    if (dot(direction, 0, free, 0, x.length) < options.gain) break;
    const next = lineSearch(objective, x, point.value, gradient, direction, options);
    if (next === undefined) break;
    const moved = next.x.map((value, i) => value - x[i]);
    ({ x, point } = next);
    const before = gradient;
    gradient = point.gradient();
    // Of the negated objective, whose curvature is positive at a maximum.
    const turned = gradient.map((value, i) => before[i] - value);
    inverse = updated(inverse, moved, turned);
  }
  return x;
}

function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
}

function freeGradient(x: Float64Array, gradient: Float64Array, { low, high }: MaximiseOptions): Float64Array {
  return gradient.map((slope, i) => ((x[i] <= low[i] && slope < 0) || (x[i] >= high[i] && slope > 0) ? 0 : slope));
}

/** H·g, or g where that does not lead upwards; of bounded length. */
function ascent(inverse: Float64Array, gradient: Float64Array): Float64Array {
  const size = gradient.length;
  const newton = gradient.map((slope, i) => (slope === 0 ? 0 : dot(inverse, i * size, gradient, 0, size)));
  const direction = dot(newton, 0, gradient, 0, size) > 0 ? newton : gradient;
  const longest = direction.reduce((most, part) => Math.max(most, Math.abs(part)), 0);
  return longest > LONGEST_STEP ? direction.map((part) => (part * LONGEST_STEP) / longest) : direction;
}

/** Halves the step until it gains a little of what the slope promises (Armijo's condition). */
function lineSearch(
  objective: (x: Float64Array) => Point | undefined,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  { low, high }: MaximiseOptions,
): { readonly x: Float64Array; readonly point: Point } | undefined {
  for (let halving = 0, length = 1; halving < HALVINGS; halving++, length /= 2) {
    const trial = x.map((at, i) => Math.min(high[i], Math.max(low[i], at + length * direction[i])));
    const promised = trial.reduce((sum, moved, i) => sum + (moved - x[i]) * gradient[i], 0);
    if (promised <= 0) return undefined;
    const point = objective(trial);
    if (point !== undefined && point.value >= value + 1e-4 * promised) return { x: trial, point };
  }
  return undefined;
}

/** H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ, ρ = 1/yᵀs (equation 6.17); unchanged where the curvature is not positive. */
function updated(inverse: Float64Array, moved: Float64Array, turned: Float64Array): Float64Array {
  const size = moved.length;
  const curvature = dot(moved, 0, turned, 0, size);
  if (!(curvature > 1e-12)) return inverse;
  const image = turned.map((_, i) => dot(inverse, i * size, turned, 0, size));
  const spread = (1 + dot(turned, 0, image, 0, size) / curvature) / curvature;
  return inverse.map((value, k) => {
    const i = Math.floor(k / size);
    const j = k % size;
    return value + spread * moved[i] * moved[j] - (image[i] * moved[j] + moved[i] * image[j]) / curvature;
  });
}
