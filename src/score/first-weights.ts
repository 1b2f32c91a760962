/**
 * What single weights do to each image's logits: a sample, small enough for matrices over pairs of weights. Of each parameter tensor its first entry is
 * looked at. It changes only channel 0 of what its layer makes, so its gradient is the sum over positions of that channel's gradient
 * times what one unit of the weight adds there.
 */
import type { TracedNetwork, TracedTensor } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { multiply, sum } from '../kernels/arithmetic.js';
import { differentiate } from '../kernels/gradients.js';
import { ancestors, constantOutput, type WeightedLayer, weightedLayers } from './layers.js';

/** The first entry of a parameter tensor. */
interface FirstWeight {
  /** What its layer makes: [N, C, ...]. */
  readonly output: Value;
  /** What one unit of the weight adds to channel 0 of it, [N, 1, ...]; undefined: one, as an offset does. */
  readonly slope?: Value;
}

/**
 * The gradients by the first entry of each parameter tensor that the logits depend on, in order of definition.
 * @param pass in which no image changes another's logits: mode 'evaluate'
 * @param seed gradient of the logits, [N, classes]
 * @param most tensors that are looked at
 * @returns [N, tensors]: row n is the gradient of Σ seed · logits of image n
 * @throws NascentError `usage` where there are none
 */
export function gradientsByFirstWeights(pass: TracedNetwork, seed: Value, most: number): Value {
  const { builder: b, logits } = pass;
  const weights = firstWeights(pass).slice(0, most);
  if (weights.length === 0) throw constantOutput();
  const gradients = differentiate(
    b,
    logits,
    weights.map(({ output }) => output),
    seed,
  );
  const columns = weights.map(({ slope }, i) => {
    const gradient = firstChannel(b, gradients[i]);
    const axes = b.shape(gradient).map((_, axis) => axis);
    return sum(b, slope === undefined ? gradient : multiply(b, gradient, slope), axes.slice(2));
  });
  return b.op('concatenate', columns, { axis: 1 });
}

function firstWeights(pass: TracedNetwork): FirstWeight[] {
  const layers = new Map(weightedLayers(pass).map((layer) => [layer.weight.name, layer]));
  const norms = normalizations(pass);
  return pass.parameters.flatMap((parameter): FirstWeight[] => {
    const layer = layers.get(parameter.name);
    if (layer) return [{ output: layer.output, slope: slopeOfWeight(pass.builder, layer) }];
    const offsetOf = layers.get(parameter.name.replace(/bias$/, 'weight'));
    if (offsetOf) return [{ output: offsetOf.output }];
    return norms.get(parameter.value) ?? [];
  });
}

/** Of normalisation layers that the logits depend on: by their scale and by their offset. */
function normalizations({ builder: b, logits, parameters }: TracedNetwork): Map<Value, FirstWeight[]> {
  const known = new Set(parameters.map(({ value }: TracedTensor) => value));
  const found = new Map<Value, FirstWeight[]>();
  for (const output of ancestors({ builder: b }, logits)) {
    const op = b.opOf(output);
    if (op?.primitive !== 'batchNorm') continue;
    const [x, mean, variance, scale, offset] = op.inputs;
    const first = [firstChannel(b, x), firstEntry(b, mean), firstEntry(b, variance)];
    const units = [1, 0].map((number) => b.op('broadcast', [b.scalar(number)], { shape: [1] }));
    const slope = b.op('batchNorm', [...first, ...units], op.attributes);
    if (known.has(scale)) found.set(scale, [{ output, slope }]);
    if (known.has(offset)) found.set(offset, [{ output }]);
  }
  return found;
}

/** A convolution's first entry takes the corner of each window in the first channel of the input; a linear layer's takes the first feature. */
function slopeOfWeight(b: ProgramBuilder, { weight, input, output }: WeightedLayer): Value {
  const first = firstChannel(b, input);
  const op = b.opOf(output);
  if (op?.primitive !== 'conv2d') return first;
  const [, , height, width] = weight.shape;
  const none = [0, 0] as const;
  const one = b.op('broadcast', [b.scalar(1)], { shape: [1, 1, 1, 1] });
  const corner = b.op('pad', [one], { padding: [none, none, [0, height - 1], [0, width - 1]] });
  return b.op('conv2d', [first, corner], { ...op.attributes, groups: 1 });
}

/** [N, C, ...] -> [N, 1, ...] */
function firstChannel(b: ProgramBuilder, x: Value): Value {
  const size = b.shape(x).map((length, axis) => (axis === 1 ? 1 : length));
  return b.op('slice', [x], { start: size.map(() => 0), size });
}

/** [C] -> [1] */
const firstEntry = (b: ProgramBuilder, x: Value) => b.op('slice', [x], { start: [0], size: [1] });
