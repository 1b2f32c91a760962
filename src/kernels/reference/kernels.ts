/** The definition of every primitive. Typed over all of them: a missing kernel does not compile. */
import type { Op, PrimitiveName } from '../../contracts/program.js';
import { channelKernels } from './channels.js';
import { convolutionKernels } from './convolution.js';
import { elementwiseKernels } from './elementwise.js';
import { matmulKernels } from './matmul.js';
import type { Kernels, Operand } from './operand.js';
import { poolingKernels } from './pooling.js';
import { reductionKernels } from './reductions.js';
import { shapeKernels } from './shapes.js';

const kernels: Kernels = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...matmulKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...channelKernels,
};

/** Computes `op` into `output`, which starts as zeros. */
export function runKernel<P extends PrimitiveName>(op: Op<P>, inputs: readonly Operand[], output: Operand): void {
  kernels[op.primitive](inputs, op.attributes, output);
}
