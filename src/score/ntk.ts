/**
 * The condition number of the neural tangent kernel (Chen, Gong & Wang, "Neural Architecture Search on ImageNet in Four GPU Hours: A Theoretically
 * Inspired Perspective" (TE-NAS), ICLR 2021, section 3.1): with g_n the gradient of the sum of image n's logits by all weights and
 * Θ_nm = g_n · g_m, the score is λ_max / λ_min of Θ. Lower is better: the images can be learned at one pace.
 *
 * The released code takes the gradients one after the other and through the statistics that images share in normalisation. Here these are held fixed,
 * so that one backward pass gives the gradients of all images: numbers are larger, and order cells alike (ρ .96 on 26 of NAS-Bench-201). Weights are the
 * run's own, as there (the name that the code gives its initialisation is none that it knows); images are 32 instead of 72.
 */
import type { Metric } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { total } from '../kernels/arithmetic.js';
import { perSampleGradients } from '../kernels/samples/gradients.js';
import { sizeOf } from '../kernels/shapes.js';
import { symmetricEigenvalues } from './eigenvalues.js';
import { ancestors, constantOutput } from './layers.js';

/** Images that gradients are compared of; all of a smaller batch. */
const IMAGES = 32;

/** Relative to the greatest eigenvalue: what float32 can tell from zero in a sum over so many images. */
const RESOLUTION = IMAGES * 2 ** -24;

export const ntk: Metric = {
  name: 'ntk',
  summary: 'condition number of the Gram matrix of the gradients of different images',
  source: 'Chen et al., ICLR 2021, section 3.1',
  higherIsBetter: false,
  needsData: true,
  needsLabels: false,
  needsGradients: true,
  sees: 'function',
  write(program) {
    const b = program.builder;
    const size = Math.min(IMAGES, program.batch);
    const start = b.shape(program.images).map(() => 0);
    const images = b.op('slice', [program.images], { start, size: [size, ...program.network.inputShape] });
    const pass = program.pass({ images, mode: 'frozen' });
    const reached = new Set(ancestors(pass, pass.logits));
    const weights = pass.parameters.filter(({ name, value }) => name.endsWith('weight') && reached.has(value));
    if (weights.length === 0) throw constantOutput();
    const gradients = perSampleGradients(
      b,
      pass.logits,
      weights.map(({ value }) => value),
      { samples: [images], seed: b.op('broadcast', [b.scalar(1)], { shape: b.shape(pass.logits) }) },
    );
    const kernel = total(
      b,
      gradients.map((rows) => gram(b, rows)),
    );
    return {
      outputs: { kernel },
      score: ({ kernel }) => {
        const eigenvalues = symmetricEigenvalues(Float64Array.from(kernel.data), size);
        const [least, greatest] = [eigenvalues[0], eigenvalues[size - 1]];
        if (!(least > RESOLUTION * greatest)) return { failure: 'the gradients of different images are dependent' };
        return { value: greatest / least };
      },
    };
  },
};

/** [N, ...] -> [N, N] */
function gram(b: ProgramBuilder, rows: Value): Value {
  const [count] = b.shape(rows);
  const flat = b.op('reshape', [rows], { shape: [count, sizeOf(b.shape(rows)) / count] });
  return b.op('matmul', [flat, flat], { transposeA: false, transposeB: true });
}
