/**
 * Curvature beside the gradient, in the same program (Dangel et al., "BackPACK", ICLR 2020, section 2.3 and table 1, second order). All are means
 * over the samples: of the mean loss, as the gradient is.
 */
import { NascentError } from '../../base/errors.js';
import type { Value } from '../../contracts/program.js';
import type { ProgramBuilder } from '../../contracts/program-builder.js';
import { differentiate } from '../gradients.js';
import { sizeOf } from '../shapes.js';
import { isPiecewiseLinear } from './bends.js';
import { type ParameterUses, parameterUses } from './gradients.js';
import { exactColumns } from './loss-curvature.js';
import { sampleMean, secondMoment } from './moments.js';

/** What a network computes of a batch whose samples do not depend on one another. */
export interface SampledNetwork {
  /** The values that hold one row a sample to begin with: images, labels, noise. */
  readonly samples: readonly Value[];
  /** [N, classes] */
  readonly logits: Value;
}

/**
 * The diagonal of the generalised Gauss-Newton matrix, 1/N Σ Jᵀ H J with J the Jacobian of the logits and H the Hessian of the loss by them.
 * @param columns factors of H: `exactColumns` for the exact one, `sampledColumns` for the Monte Carlo estimate
 * @returns one value for each of `wrt`, of its shape
 * @throws NascentError `usage` as `perSampleGradients`
 */
export function diagonalGaussNewton(
  b: ProgramBuilder,
  { logits, samples }: SampledNetwork,
  columns: readonly Value[],
  wrt: readonly Value[],
): Value[] {
  const uses = parameterUses(b, logits, wrt, samples);
  const diagonals = columns.map((seed) =>
    uses.split(differentiate(b, logits, uses.outputs, seed)).map((rows) => secondMoment(b, rows)),
  );
  return sumOfLists(b, wrt, diagonals);
}

/** Units of an output up to which the Hessian is computed unit by unit. */
const MOST_UNITS = 1024;

/**
 * The diagonal of the Hessian of the mean cross-entropy. Each use of a parameter is linear in it, so that its block of the Hessian is that of the
 * output where it is used, taken back. Where only piecewise linear ops follow, that is the Gauss-Newton matrix; elsewhere it is computed column
 * by column, one backward pass over the backward pass for each unit of the output.
 * @param network.losses [N], the cross-entropies of `logits`
 * @returns one value for each of `wrt`, of its shape
 * @throws NascentError `usage` where a parameter is used twice or is transformed first (scaled by its own norm, say), or an output before something curved has more than 1024 units a sample
 */
export function diagonalHessian(
  b: ProgramBuilder,
  network: SampledNetwork & { readonly losses: Value },
  wrt: readonly Value[],
): Value[] {
  const { losses, logits, samples } = network;
  const uses = parameterUses(b, losses, wrt, samples);
  if (wrt.some((value) => uses.of(value).length > 1)) {
    throw new NascentError(
      'usage',
      'Expected each parameter to be used once for a diagonal Hessian, got one used twice.',
    );
  }
  if (uses.transformed !== undefined) {
    throw new NascentError(
      'usage',
      'Expected parameters that are used as they are for a diagonal Hessian, got one that is transformed first.',
    );
  }
  const gradients = differentiate(b, losses, uses.outputs, b.op('broadcast', [b.scalar(1)], { shape: [uses.count] }));
  const columns = exactColumns(b, logits).map((seed) => differentiate(b, logits, uses.outputs, seed));
  const diagonals = uses.outputs.flatMap((output, i) => {
    const factors = isPiecewiseLinear(b, output, logits)
      ? columns.map((column) => [column[i], column[i]] as const)
      : unitsOf(b, output).map((unit) => [unit, ...differentiate(b, gradients[i], [output], unit)] as const);
    return factors.map((pair) => {
      const [left, right] = pair.map((value) => splitAt(b, uses, i, value));
      return left.map((rows, k) => sampleMean(b, b.op('multiply', [rows, right[k]], {})));
    });
  });
  return sumOfLists(b, wrt, diagonals);
}

/** Per-sample gradients where the gradient of one output is given and those of the others are zero. */
function splitAt(b: ProgramBuilder, { outputs, split }: ParameterUses, index: number, gradient: Value): Value[] {
  return split(
    outputs.map((output, i) => (i === index ? gradient : b.op('broadcast', [b.scalar(0)], { shape: b.shape(output) }))),
  );
}

/** For each unit of [N, ...] a value of that shape which is 1 there, in every row, and 0 elsewhere. */
function unitsOf(b: ProgramBuilder, output: Value): Value[] {
  const [count, ...rest] = b.shape(output);
  const size = sizeOf(rest);
  if (size > MOST_UNITS) {
    throw new NascentError(
      'usage',
      `Expected at most ${MOST_UNITS} units where a parameter is used before something curved, got ${size}.`,
    );
  }
  return Array.from({ length: size }, (_, unit) => {
    const one = b.constant(
      Float32Array.from({ length: size }, (_, i) => Number(i === unit)),
      [1, ...rest],
    );
    return b.op('broadcast', [one], { shape: [count, ...rest] });
  });
}

/** The sums over lists of values, entry by entry; zeros of the parameters' shapes where there are none. */
function sumOfLists(b: ProgramBuilder, wrt: readonly Value[], lists: readonly (readonly Value[])[]): Value[] {
  return wrt.map((value, k) => {
    const zero = b.op('broadcast', [b.scalar(0)], { shape: b.shape(value) });
    return lists.reduce((total, list) => b.op('add', [total, list[k]], {}), zero);
  });
}
