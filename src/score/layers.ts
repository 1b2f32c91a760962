/** The convolutions and linear layers of a pass: what scores of weights and gradients are sums over. */
import type { TracedNetwork, TracedTensor } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';

/** A convolution or linear layer that the logits depend on. */
export interface WeightedLayer {
  /** Its `weight`: [out, in / groups, kh, kw] or [out, in]. */
  readonly weight: TracedTensor;
  /** What it reads: [N, in, H, W] or [N, in]. */
  readonly input: Value;
  /** What it makes, without an offset: [N, out, H', W'] or [N, out]. */
  readonly output: Value;
}

/** All weights of convolutions and linear layers, dead branches included, in order of definition. */
export function weightsOf({ parameters }: TracedNetwork): TracedTensor[] {
  return parameters.filter(({ shape }) => shape.length >= 2);
}

/** Convolutions and linear layers that the logits depend on, from first to last. Others have no gradient. */
export function weightedLayers(pass: TracedNetwork): WeightedLayer[] {
  const weights = new Map(weightsOf(pass).map((weight) => [weight.value, weight]));
  return ancestors(pass, pass.logits).flatMap((output) => {
    const op = pass.builder.opOf(output);
    const weight = op?.primitive === 'conv2d' || op?.primitive === 'matmul' ? weights.get(op.inputs[1]) : undefined;
    return op && weight ? [{ weight, input: op.inputs[0], output }] : [];
  });
}

/** The values that `value` depends on, itself among them, in order of definition. */
export function ancestors({ builder: b }: Pick<TracedNetwork, 'builder'>, value: Value): Value[] {
  const found = new Set<Value>([value]);
  for (let candidate = value; candidate >= 0; candidate--) {
    if (found.has(candidate)) for (const input of b.opOf(candidate)?.inputs ?? []) found.add(input);
  }
  return [...found].sort((x, y) => x - y);
}
