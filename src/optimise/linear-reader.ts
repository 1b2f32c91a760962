/** The op by which a network reads a tensor, where the output is linear in it: a convolution's filter, the matrix of a linear layer. */
import type { Op, Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { differentiate } from '../kernels/gradients.js';

/** θ ↦ y = Aθ with the op's other input, the layer's own input, as it is. */
export interface LinearReader {
  /** A v: the op's output for `v` in the tensor's place. */
  apply(v: Value): Value;
  /** Aᵀ y: of the tensor's shape. */
  transpose(y: Value): Value;
}

/** The only op that reads `tensor` so far, if it is a product with it. @param end values from here on are not looked at: a backward graph reads weights too */
export function linearReader(b: ProgramBuilder, tensor: Value, end: number): LinearReader | undefined {
  const readers: Op[] = [];
  for (let value = 0; value < end; value++) {
    const op = b.opOf(value);
    if (op?.inputs.includes(tensor)) readers.push(op);
  }
  const [op] = readers;
  const isProduct = (op?.primitive === 'conv2d' || op?.primitive === 'matmul') && op.inputs[0] !== tensor;
  if (readers.length !== 1 || !isProduct) return undefined;
  const apply = (v: Value) => b.op(op.primitive, [op.inputs[0], v], op.attributes);
  return { apply, transpose: (y) => differentiate(b, apply(tensor), [tensor], y)[0] };
}
