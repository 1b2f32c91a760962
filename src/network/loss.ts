/** Losses of classifiers. */
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';

/**
 * Mean over the batch of −Σ target·log softmax, in nats, with target = (1 − s)·onehot + s / classes (Szegedy et al., CVPR 2016, section 7).
 * @param logits [batch, classes] @param labels int32 [batch] @param smoothing s, default 0
 */
export function crossEntropy(b: ProgramBuilder, logits: Value, labels: Value, smoothing = 0): Value {
  const [batch, classes] = b.shape(logits);
  const hot = b.op('oneHot', [labels], { depth: classes });
  const kept = b.op('multiply', [hot, b.scalar(1 - smoothing)], {});
  const target = smoothing === 0 ? hot : b.op('add', [kept, b.scalar(smoothing / classes)], {});
  const product = b.op('multiply', [target, b.op('logSoftmax', [logits], {})], {});
  return b.op('multiply', [b.op('sum', [product], { axes: [0, 1], keepAxes: false }), b.scalar(-1 / batch)], {});
}

/** −log softmax of each sample's own label, nats. @param logits [N, classes] @param labels int32 [N] @returns [N] */
export function crossEntropies(b: ProgramBuilder, logits: Value, labels: Value): Value {
  const hot = b.op('oneHot', [labels], { depth: b.shape(logits)[1] });
  const picked = b.op('multiply', [hot, b.op('logSoftmax', [logits], {})], {});
  return b.op('negate', [b.op('sum', [picked], { axes: [1], keepAxes: false })], {});
}
