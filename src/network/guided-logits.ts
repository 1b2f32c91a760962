/**
 * Guided back-propagation through the weakest of several classifiers (Mandal, Ghosh, Gonçalves, Quaresma, Nasipuri & Das, "GuideBP: Guiding
 * Backpropagation Through Weaker Pathways of Parallel Logits", arXiv 2104.11620).
 *
 * The paper's, as its abstract has it: parallel logits are not added or averaged, which sends equal gradients along all paths; a weakness score
 * tells how each path does by class, and a logit is made from the scores that guides gradients along the weakest paths.
 * Ours, as the paper's formulas were not at hand: the score of path k for class c is how far its softmax is from the truth, |[c = y] − p_kc|, for
 * each image by itself; the guided logit of c is that of the weakest path for c, or the mean where several are equally weak. Scores only choose:
 * no gradient flows through them, and all that there is goes to the chosen logits.
 */
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';

/** @param paths logits, each [N, classes] @param labels int32 [N] @returns [N, classes] */
export function guidedLogits(b: ProgramBuilder, paths: readonly Value[], labels: Value): Value {
  const truth = b.op('oneHot', [labels], { depth: b.shape(paths[0])[1] });
  const weaknesses = paths.map((logits) => {
    const p = b.op('exponential', [b.op('logSoftmax', [logits], {})], {});
    return b.op('absolute', [b.op('subtract', [truth, p], {})], {});
  });
  const weakest = weaknesses.reduce((most, one) => b.op('maximum', [most, one], {}));
  const chosen = weaknesses.map((weakness) => b.op('equal', [weakness, weakest], {}));
  const sum = (values: readonly Value[]) => values.reduce((total, value) => b.op('add', [total, value], {}));
  const taken = paths.map((logits, k) => b.op('multiply', [logits, chosen[k]], {}));
  return b.op('divide', [sum(taken), sum(chosen)], {});
}
