/**
 * What BackPACK reads off per-sample gradients (Dangel et al., ICLR 2020, table 1, first order), as ops on them: nothing of the size of the
 * batch leaves the engine. Gradients are those of the samples' own losses; with the losses' mean, as in the paper, each is N times smaller.
 */
import type { Value } from '../../contracts/program.js';
import type { ProgramBuilder } from '../../contracts/program-builder.js';
import { sizeOf } from '../shapes.js';

const square = (b: ProgramBuilder, x: Value) => b.op('multiply', [x, x], {});

/** [N, ...] -> [...]: mean over the samples. */
export function sampleMean(b: ProgramBuilder, rows: Value): Value {
  const [count] = b.shape(rows);
  return b.op('multiply', [b.op('sum', [rows], { axes: [0], keepAxes: false }), b.scalar(1 / count)], {});
}

/** [N, ...] -> [N]: each sample's Σ g². Sums of those of several parameters are the squared L2 norms of whole gradients. */
export function squaredNorms(b: ProgramBuilder, gradients: Value): Value {
  const [count] = b.shape(gradients);
  const flat = b.op('reshape', [square(b, gradients)], { shape: [count, sizeOf(b.shape(gradients)) / count] });
  return b.op('sum', [flat], { axes: [1], keepAxes: false });
}

/** [N, ...] -> [...]: mean of g², not centred. */
export function secondMoment(b: ProgramBuilder, gradients: Value): Value {
  return sampleMean(b, square(b, gradients));
}

/** [N, ...] -> [...]: mean of (g − ḡ)², the biased variance. Two passes, as E[g²] − ḡ² loses what gradients have in common. */
export function sampleVariance(b: ProgramBuilder, gradients: Value): Value {
  return sampleMean(b, square(b, b.op('subtract', [gradients, sampleMean(b, gradients)], {})));
}
