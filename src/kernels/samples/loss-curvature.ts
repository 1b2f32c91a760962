/**
 * The Hessian of the cross-entropy by the logits z, in factors: for each sample diag(p) − p pᵀ = Σ s sᵀ, p being the softmax of z. What BackPACK
 * sends back through the network are the columns s (Dangel et al., ICLR 2020, section 2.3).
 */
import type { Value } from '../../contracts/program.js';
import type { ProgramBuilder } from '../../contracts/program-builder.js';

/** As many columns as classes, each [N, classes]: s_c = √p_c · (e_c − p). Exact. */
export function exactColumns(b: ProgramBuilder, logits: Value): Value[] {
  const [count, classes] = b.shape(logits);
  const p = b.op('exponential', [b.op('logSoftmax', [logits], {})], {});
  const root = b.op('squareRoot', [p], {});
  return Array.from({ length: classes }, (_, c) => {
    const unit = b.constant(
      Float32Array.from({ length: classes }, (_, i) => Number(i === c)),
      [1, classes],
    );
    const weight = b.op('slice', [root], { start: [0, c], size: [count, 1] });
    return b.op('multiply', [weight, b.op('subtract', [unit, p], {})], {});
  });
}

/**
 * One column for each draw of labels from the model's own softmax: s = (p − e_y) / √draws. Right in expectation.
 * @param noise for each draw [N, classes] of `gumbelNoise`: argmax(z + noise) is distributed as the softmax of z (Gumbel-max)
 */
export function sampledColumns(b: ProgramBuilder, logits: Value, noise: readonly Value[]): Value[] {
  const [, classes] = b.shape(logits);
  const p = b.op('exponential', [b.op('logSoftmax', [logits], {})], {});
  const share = b.scalar(1 / Math.sqrt(noise.length));
  return noise.map((draw) => {
    const label = b.op('argMax', [b.op('add', [logits, draw], {})], {});
    const hot = b.op('oneHot', [label], { depth: classes });
    return b.op('multiply', [b.op('subtract', [p, hot], {}), share], {});
  });
}

/** −log(−log u) for u uniform in (0, 1). @param uniform draws from [0, 1) */
export function gumbelNoise(length: number, uniform: () => number): Float32Array {
  // Away from both ends, where the logarithm of a float32 is infinite.
  return Float32Array.from({ length }, () => -Math.log(-Math.log(1e-7 + (1 - 2e-7) * uniform())));
}
