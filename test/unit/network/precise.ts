/** Running traced networks on the reference engine without rounding to float32. */
import { random } from '../../../src/base/random.js';
import type { Layer, Network, NetworkMode } from '../../../src/contracts/network.js';
import type { Shape } from '../../../src/contracts/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { sizeOf } from '../../../src/kernels/shapes.js';
import { traceNetwork } from '../../../src/network/trace.js';

export type Numbers = Readonly<Record<string, Float64Array>>;

/** [N, ...] -> [N, rest]: makes images of any layer the logits of a network. */
export const flatten: Layer = ({ builder }, x) => {
  const [batch, ...rest] = builder.shape(x);
  return builder.op('reshape', [x], { shape: [batch, sizeOf(rest)] });
};

/** A network that ends in what `layer` makes, flattened. */
export function networkOf(inputShape: Network['inputShape'], classes: number, layer: Layer): Network {
  return { inputShape, classes, layer: (scope, x) => flatten(scope, scope.child('layer', layer, x)) };
}

/** Logits, and what statistics become (by name), for these images, parameters and statistics. */
export async function runPrecisely(
  network: Network,
  mode: NetworkMode,
  batch: number,
  feeds: Numbers,
): Promise<Record<string, Float64Array>> {
  const backend = referenceBackend({ precision: 'float64' });
  const traced = traceNetwork(network, { batch, mode });
  const outputs = { logits: traced.logits, ...Object.fromEntries(traced.updates) };
  const executable = await backend.compile(traced.builder.finish(outputs));
  const shapes: Record<string, Shape> = { images: [batch, ...network.inputShape] };
  for (const { name, shape } of [...traced.parameters, ...traced.statistics]) shapes[name] = shape;
  const buffers = Object.entries(shapes).map(
    ([name, shape]) => [name, backend.upload({ dtype: 'float32', shape, data: feeds[name] })] as const,
  );
  const results = await executable.run(Object.fromEntries(buffers));
  return Object.fromEntries(
    Object.entries(results).map(([name, buffer]) => [name, Float64Array.from(backend.downloadPrecise(buffer).data)]),
  );
}

/** Standard normal numbers of a name. */
export function normals(name: string, count: number): Float64Array {
  const stream = random(name);
  return Float64Array.from({ length: count }, () => stream.normal());
}
