/** Losses of each sample by itself. */
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';

/** −log softmax of each sample's own label, nats. @param logits [N, classes] @param labels int32 [N] @returns [N] */
export function crossEntropies(b: ProgramBuilder, logits: Value, labels: Value): Value {
  const hot = b.op('oneHot', [labels], { depth: b.shape(logits)[1] });
  const picked = b.op('multiply', [hot, b.op('logSoftmax', [logits], {})], {});
  return b.op('negate', [b.op('sum', [picked], { axes: [1], keepAxes: false })], {});
}
