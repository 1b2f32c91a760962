/** What is one number for each tensor, while all tensors are one vector: norms, and rates made of them. */
import type { Shape, Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';

/** Where a tensor lies in the vectors of an optimiser. */
export interface TensorPlace {
  readonly offset: number;
  readonly size: number;
  readonly shape: Shape;
}

/** Of two axes or more: a filter or a matrix, not an offset or the scale of a normalisation. */
const isMatrix = ({ shape }: TensorPlace) => shape.length > 1;

/** [P] -> [P]: `scalar` of each matrix at all its elements, `otherwise` at those of other tensors. */
export function perMatrix(
  b: ProgramBuilder,
  tensors: readonly TensorPlace[],
  scalar: (tensor: TensorPlace) => Value,
  otherwise: number,
): Value {
  const parts = tensors.map((tensor) => {
    const value = isMatrix(tensor) ? scalar(tensor) : b.scalar(otherwise);
    return b.op('broadcast', [value], { shape: [tensor.size] });
  });
  return b.op('concatenate', parts, { axis: 0 });
}

/** √Σx² of one tensor of a vector: [] */
export function normOf(b: ProgramBuilder, vector: Value, { offset, size }: TensorPlace): Value {
  const part = b.op('slice', [vector], { start: [offset], size: [size] });
  const squares = b.op('multiply', [part, part], {});
  return b.op('squareRoot', [b.op('sum', [squares], { axes: [0], keepAxes: false })], {});
}

/** a / c of norms; 1 where either is zero: a tensor of zeros must be able to move, and one that does not move needs no rate. */
export function trustRatio(b: ProgramBuilder, a: Value, c: Value): Value {
  const both = b.op('multiply', [positive(b, a), positive(b, c)], {});
  const neither = b.op('subtract', [b.scalar(1), both], {});
  const quotient = b.op('divide', [a, b.op('add', [c, neither], {})], {});
  return b.op('add', [b.op('multiply', [both, quotient], {}), neither], {});
}

const positive = (b: ProgramBuilder, norm: Value) => b.op('greater', [norm, b.scalar(0)], {});
