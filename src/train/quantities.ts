/** Quantities that a training can track: sums over all parameters of what BackPACK computes of each. */
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import type { Quantity, QuantityContext } from '../contracts/quantity.js';
import { multiply, sum, total } from '../kernels/arithmetic.js';
import { diagonalGaussNewton, diagonalHessian } from '../kernels/samples/curvature.js';
import { perSampleGradients } from '../kernels/samples/gradients.js';
import { exactColumns } from '../kernels/samples/loss-curvature.js';
import { sampleMean, sampleVariance, secondMoment, squaredNorms } from '../kernels/samples/moments.js';

const BACKPACK = 'Dangel et al., ICLR 2020';

/** Each sample's gradient of each parameter. */
const gradientsOf = ({ builder, losses, parameters, samples }: QuantityContext) =>
  perSampleGradients(builder, losses, parameters, { samples });

/** The sum of all numbers of several values: a scalar. */
function sumOfAll(b: ProgramBuilder, values: readonly Value[]): Value {
  return total(
    b,
    values.map((value) => sum(b, value)),
  );
}

export const quantities = {
  'gradient-norm': {
    name: 'gradient-norm',
    summary: 'L2 norm of the gradient of the mean loss',
    source: BACKPACK,
    write: (context) => {
      const { builder: b } = context;
      const squares = gradientsOf(context).map((rows) => {
        const mean = sampleMean(b, rows);
        return multiply(b, mean, mean);
      });
      return b.op('squareRoot', [sumOfAll(b, squares)], {});
    },
  },
  'sample-gradient-norm': {
    name: 'sample-gradient-norm',
    summary: "mean L2 norm of the samples' own gradients",
    source: `${BACKPACK}, table 1`,
    write: (context) => {
      const { builder: b } = context;
      const squares = total(
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
      sumOfAll(
        context.builder,
        gradientsOf(context).map((rows) => secondMoment(context.builder, rows)),
      ),
  },
  'gradient-variance': {
    name: 'gradient-variance',
    summary: "variance of the samples' gradients, summed over all weights",
    source: `${BACKPACK}, table 1`,
    write: (context) =>
      sumOfAll(
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
      return sumOfAll(b, diagonalGaussNewton(b, context, exactColumns(b, logits), parameters));
    },
  },
  'hessian-trace': {
    name: 'hessian-trace',
    summary: 'trace of the Hessian; the same as that of Gauss-Newton in networks of ReLUs',
    source: `${BACKPACK}, section 2.3`,
    write: (context) => sumOfAll(context.builder, diagonalHessian(context.builder, context, context.parameters)),
  },
} as const satisfies Record<string, Quantity>;
