/**
 * Batch normalisation as program ops, with its own gradient rule: the derived one would send three separate gradients to
 * x (through x, mean and variance); the closed form needs two sums over the batch and one linear combination.
 */
import type { Scope } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { sizeOf } from '../kernels/shapes.js';

export interface Affine {
  /** [C] */
  readonly scale: Value;
  /** [C] */
  readonly offset: Value;
}

/** Both [C]; the variance is the biased one. */
export interface Moments {
  readonly mean: Value;
  readonly variance: Value;
}

/** (x − mean) / √(variance + ε) · scale + offset with given statistics. */
export function batchNormOfStatistics(
  scope: Scope,
  x: Value,
  affine: Affine,
  running: Moments,
  epsilon: number,
): Value {
  return scope.builder.op('batchNorm', [x, running.mean, running.variance, affine.scale, affine.offset], { epsilon });
}

/** The same with the batch's own statistics, which move the running ones in mode 'train' and are constants to gradients in mode 'frozen'. */
export function batchNormOfBatch(
  scope: Scope,
  x: Value,
  affine: Affine,
  running: Moments,
  { epsilon, momentum }: { readonly epsilon: number; readonly momentum: number },
): Value {
  const b = scope.builder;
  const count = sizeOf(b.shape(x)) / b.shape(x)[1];
  const moments = { mean: b.op('channelMean', [x], {}), variance: b.op('channelVariance', [x], {}) };
  if (scope.mode === 'frozen') {
    const fixed = { mean: withoutGradient(b, moments.mean), variance: withoutGradient(b, moments.variance) };
    return batchNormOfStatistics(scope, x, affine, fixed, epsilon);
  }
  const y = b.op('batchNorm', [x, moments.mean, moments.variance, affine.scale, affine.offset], { epsilon });
  const normalized = b.customGradient(y, [x, affine.scale, affine.offset], (builder, dy) =>
    batchNormGradient(builder, { x, dy, count, epsilon, scale: affine.scale, ...moments }),
  );
  if (scope.mode === 'train') {
    // PyTorch keeps the unbiased variance; a single value has none, so it keeps the biased one there.
    const unbiased = b.op('multiply', [moments.variance, b.scalar(count / Math.max(1, count - 1))], {});
    scope.updateStatistic('running_mean', mix(b, running.mean, moments.mean, momentum));
    scope.updateStatistic('running_var', mix(b, running.variance, unbiased, momentum));
  }
  return normalized;
}

/** The same number, which gradients take for a constant. */
function withoutGradient(b: ProgramBuilder, value: Value): Value {
  return b.customGradient(value, [], () => []);
}

interface GradientInputs extends Moments {
  readonly x: Value;
  readonly dy: Value;
  readonly count: number;
  readonly epsilon: number;
  readonly scale: Value;
}

/** dx = scale·r·(dy − mean(dy) − x̂·mean(dy·x̂)) with r = 1/√(variance + ε) and x̂ = (x − mean)·r; dscale = Σ dy·x̂; doffset = Σ dy. */
function batchNormGradient(b: ProgramBuilder, { x, dy, count, epsilon, scale, mean, variance }: GradientInputs) {
  const multiply = (p: Value, q: Value) => b.op('multiply', [p, q], {});
  const inverse = b.op(
    'divide',
    [b.scalar(1), b.op('squareRoot', [b.op('add', [variance, b.scalar(epsilon)], {})], {})],
    {},
  );
  const dOffset = b.op('channelSum', [dy], {});
  const dScale = multiply(inverse, b.op('subtract', [b.op('channelDot', [dy, x], {}), multiply(mean, dOffset)], {}));
  const ofDy = multiply(scale, inverse);
  const ofX = multiply(multiply(ofDy, inverse), multiply(dScale, b.scalar(-1 / count)));
  const constant = b.op(
    'negate',
    [b.op('add', [multiply(ofDy, multiply(dOffset, b.scalar(1 / count))), multiply(ofX, mean)], {})],
    {},
  );
  const zero = b.op('broadcast', [b.scalar(0)], { shape: b.shape(mean) });
  const dx = b.op(
    'add',
    [b.op('channelAffine', [dy, ofDy, constant], {}), b.op('channelAffine', [x, ofX, zero], {})],
    {},
  );
  return [dx, dScale, dOffset];
}

/** (1 − momentum)·running + momentum·batch */
function mix(b: ProgramBuilder, running: Value, batch: Value, momentum: number): Value {
  const kept = b.op('multiply', [running, b.scalar(1 - momentum)], {});
  return b.op('add', [kept, b.op('multiply', [batch, b.scalar(momentum)], {})], {});
}
