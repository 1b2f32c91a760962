/**
 * Kronecker factors of the Gauss-Newton matrix, layer by layer: KFLR with exact columns of the loss's Hessian (Botev et al., ICML 2017), KFAC
 * with sampled ones (Martens & Grosse, ICML 2015; for convolutions Grosse & Martens, ICML 2016), as in BackPACK (Dangel et al., ICLR 2020).
 *
 * For y = W x the block of W is about A ⊗ B with A = 1/N Σ x xᵀ and B = 1/N Σ s sᵀ, s being the columns at y. In a convolution x are the patches,
 * summed over places, and s the sum over places, so that B is the block of an offset: the convention of BackPACK's code, in which B is H'·W'
 * times the factor Γ of Grosse & Martens.
 */
import { NascentError } from '../../base/errors.js';
import type { ConvolutionAttributes, Shape, Value } from '../../contracts/program.js';
import type { ProgramBuilder } from '../../contracts/program-builder.js';
import { differentiate } from '../gradients.js';
import { sizeOf } from '../shapes.js';
import type { SampledNetwork } from './curvature.js';
import { parameterUses } from './gradients.js';

export interface KroneckerFactors {
  /** A: [I, I], I the number of weights of one output. */
  readonly input: Value;
  /** B: [O, O] */
  readonly output: Value;
}

/**
 * @param columns `exactColumns` of the logits (KFLR), or `sampledColumns` (KFAC)
 * @param weights filters of ungrouped convolutions and weights of linear layers, each used once
 * @throws NascentError `usage` for other parameters; those of `perSampleGradients` else
 */
export function kroneckerFactors(
  b: ProgramBuilder,
  { logits, samples }: SampledNetwork,
  columns: readonly Value[],
  weights: readonly Value[],
): KroneckerFactors[] {
  const uses = parameterUses(b, logits, weights, samples);
  const places = weights.map((weight) => placeOf(b, uses.of(weight), weight));
  const outputs = places.map(({ output }) => output);
  const seeds = columns.map((seed) => differentiate(b, logits, outputs, seed));
  return places.map(({ inputs }, i) => ({
    input: gram(b, inputs, uses.count),
    output: seeds
      .map((at) => gram(b, sumOverPlaces(b, at[i]), uses.count))
      .reduce((sum, one) => b.op('add', [sum, one], {})),
  }));
}

interface Place {
  readonly output: Value;
  /** [N, I], or [N · places, I]: what one row of the weight is multiplied by. */
  readonly inputs: Value;
}

function placeOf(b: ProgramBuilder, outputs: readonly Value[], weight: Value): Place {
  const [output] = outputs;
  const op = outputs.length === 1 ? b.opOf(output) : undefined;
  if (op?.inputs[1] === weight) {
    const [x] = op.inputs;
    if (op.primitive === 'conv2d' && op.attributes.groups === 1) {
      return { output, inputs: patches(b, x, b.shape(weight), op.attributes) };
    }
    if (op.primitive === 'matmul' && b.shape(x).length === 2) return { output, inputs: x };
  }
  throw new NascentError(
    'usage',
    'Expected weights of linear layers or ungrouped convolutions, each used once, for Kronecker factors; got another parameter.',
  );
}

/** [N, C, H, W] -> [N·H'·W', C·kh·kw]: a convolution whose filters each pick one cell of the window. */
function patches(
  b: ProgramBuilder,
  x: Value,
  [, channels, ...kernel]: Shape,
  attributes: ConvolutionAttributes,
): Value {
  const cells = sizeOf(kernel);
  const picking = Float32Array.from({ length: channels * cells * cells }, (_, i) =>
    Number(i % cells === Math.floor(i / cells) % cells),
  );
  const filter = b.constant(picking, [channels * cells, 1, ...kernel]);
  const picked = b.op('conv2d', [x, filter], { ...attributes, groups: channels });
  const last = b.op('transpose', [picked], { permutation: [0, 2, 3, 1] });
  const [count, height, width, size] = b.shape(last);
  return b.op('reshape', [last], { shape: [count * height * width, size] });
}

/** [N, O, ...] -> [N, O] */
function sumOverPlaces(b: ProgramBuilder, rows: Value): Value {
  return b.shape(rows).length === 2 ? rows : b.op('sum', [rows], { axes: [2, 3], keepAxes: false });
}

/** 1/N Σ row rowᵀ */
function gram(b: ProgramBuilder, rows: Value, count: number): Value {
  const product = b.op('matmul', [rows, rows], { transposeA: true, transposeB: false });
  return b.op('multiply', [product, b.scalar(1 / count)], {});
}
