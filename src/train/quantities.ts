/** Quantities that a training can track: sums over all parameters of what BackPACK computes of each. */
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import type { Quantity, QuantityContext } from '../contracts/quantity.js';
import { diagonalGaussNewton, diagonalHessian } from '../kernels/samples/curvature.js';
import { perSampleGradients } from '../kernels/samples/gradients.js';
import { exactColumns } from '../kernels/samples/loss-curvature.js';
import { sampleMean, sampleVariance, secondMoment, squaredNorms } from '../kernels/samples/moments.js';

const BACKPACK = 'Dangel et al., ICLR 2020';

/** Each sample's gradient of each parameter. */
const gradientsOf = ({ builder, losses, parameters, samples }: QuantityContext) =>
  perSampleGradients(builder, losses, parameters, { samples });

/** The sum of values of one shape; 0 where there are none. */
function sumOf(b: ProgramBuilder, values: readonly Value[]): Value {
  return values.reduce((total, value) => b.op('add', [total, value], {}), b.scalar(0));
}

/** The sum of all numbers of several values: a scalar. */
function total(b: ProgramBuilder, values: readonly Value[]): Value {
  const sums = values.map((value) => {
    const axes = b.shape(value).map((_, axis) => axis);
    return axes.length === 0 ? value : b.op('sum', [value], { axes, keepAxes: false });
  });
  return sumOf(b, sums);
}

export const quantities = {
  'gradient-norm': {
    name: 'gradient-norm',
    summary: 'L2 norm of the gradient of the mean loss',
    source: BACKPACK,
    write: (context) => {
      const { builder: b } = context;
      const means = gradientsOf(context).map((rows) => sampleMean(b, rows));
      return b.op(
        'squareRoot',
        [
          total(
            b,
            means.map((mean) => b.op('multiply', [mean, mean], {})),
          ),
        ],
        {},
      );
    },
  },
  'sample-gradient-norm': {
    name: 'sample-gradient-norm',
    summary: "mean L2 norm of the samples' own gradients",
    source: `${BACKPACK}, table 1`,
    write: (context) => {
      const { builder: b } = context;
      const squares = sumOf(
        b,
        gradientsOf(context).map((rows) => squaredNorms(b, rows)),
      );
      return sampleMean(b, b.op('squareRoot', [squares], {}));
    },
  },
  'gradient-second-moment': {
    name: 'gradient-second-moment',
    summary: "mean square of the samples' gradients, summed over all weights: the trace of the empirical Fisher matrix",
    source: `${BACKPACK}, table 1`,
    write: (context) =>
      total(
        context.builder,
        gradientsOf(context).map((rows) => secondMoment(context.builder, rows)),
      ),
  },
  'gradient-variance': {
    name: 'gradient-variance',
    summary: "variance of the samples' gradients, summed over all weights",
    source: `${BACKPACK}, table 1`,
    write: (context) =>
      total(
        context.builder,
        gradientsOf(context).map((rows) => sampleVariance(context.builder, rows)),
      ),
  },
  'gauss-newton-trace': {
    name: 'gauss-newton-trace',
    summary: 'trace of the generalised Gauss-Newton matrix; takes as many backward passes as there are classes',
    source: `${BACKPACK}, section 2.3`,
    write: (context) => {
      const { builder: b, logits, parameters } = context;
      return total(b, diagonalGaussNewton(b, context, exactColumns(b, logits), parameters));
    },
  },
  'hessian-trace': {
    name: 'hessian-trace',
    summary: 'trace of the Hessian; the same as that of Gauss-Newton in networks of ReLUs',
    source: `${BACKPACK}, section 2.3`,
    write: (context) => total(context.builder, diagonalHessian(context.builder, context, context.parameters)),
  },
} as const satisfies Record<string, Quantity>;
