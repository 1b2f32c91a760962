/** That architectures with one canonical form are the same network, as tests for any runner: their outputs are compared. */
import { random } from '../base/random.js';
import type { ParameterSpec } from '../contracts/network.js';
import type { EquivalenceView, SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { referenceBackend } from '../kernels/reference/index.js';
import { sizeOf } from '../kernels/shapes.js';
import { traceNetwork } from '../network/trace.js';
import type { TestRunner } from './runner.js';

const BATCH = 2;
/** Pairs compared a view. */
const PAIRS = 6;
const ATTEMPTS = 300;

/** Vertices of a cell may share its channels: 12 are shared evenly by two, three and four. */
const CHANNELS = 12;

export function identityTests<A>(
  { it, expect }: TestRunner,
  space: SearchSpace<A>,
  view: EquivalenceView,
  small: Required<SkeletonOptions>,
): void {
  it(`has canonical forms that are the same network, view ${view}`, async () => {
    for (const [architecture, form] of pairs(space, view)) {
      const skeleton = { ...small, channels: CHANNELS };
      const [one, other] = [await responseOf(space, architecture, skeleton), await responseOf(space, form, skeleton)];
      expect(largestDifference(one.logits, other.logits)).toBeLessThan(1e-6);
      if (view !== 'activations') continue;
      expect(one.activations.length).toBe(other.activations.length);
      expect(largestDifference(one.activations, other.activations)).toBeLessThan(1e-6);
    }
  });
}

/** Architectures with their canonical forms, where these are written otherwise. */
function pairs<A>(space: SearchSpace<A>, view: EquivalenceView): (readonly [A, A])[] {
  const found: (readonly [A, A])[] = [];
  for (let i = 0; i < ATTEMPTS && found.length < PAIRS; i++) {
    const stream = random('identity').child(i);
    // Draws may come in canonical form; what is one step away does not.
    const architecture = space.mutate(space.sample(stream), stream);
    const form = space.canonical(architecture, view);
    if (space.format(form) !== space.format(architecture)) found.push([architecture, form]);
  }
  return found;
}

interface Response {
  readonly logits: readonly number[];
  /** Of each activation function one number that tells what it reads, in order of size. */
  readonly activations: readonly number[];
}

/**
 * What a network makes of two images under weights that no renaming changes: a tensor's values depend on its shape alone, and are the same for
 * all channels that it reads.
 */
async function responseOf<A>(space: SearchSpace<A>, architecture: A, skeleton: SkeletonOptions): Promise<Response> {
  const network = space.network(architecture, skeleton);
  const { builder, logits, activations } = traceNetwork(network, {
    batch: BATCH,
    mode: 'score',
    tensor: (spec, b) => b.constant(unnamedWeights(spec), spec.shape),
  });
  const energies = activations.map(({ input }) => {
    const axes = builder.shape(input).map((_, axis) => axis);
    const squares = builder.op('multiply', [input, input], {});
    return builder.op('sum', [squares], { axes, keepAxes: false });
  });
  const named = energies.map((energy, i) => [`activation${i}`, energy] as const);
  const engine = referenceBackend({ precision: 'float64' });
  const executable = await engine.compile(builder.finish({ logits, ...Object.fromEntries(named) }));
  const shape = [BATCH, ...network.inputShape];
  const stream = random('images');
  const data = Float32Array.from({ length: sizeOf(shape) }, () => stream.normal());
  const outputs = await executable.run({ images: engine.upload({ dtype: 'float32', shape, data }) });
  const numbers = (name: string) => [...engine.downloadPrecise(outputs[name]).data];
  return {
    logits: numbers('logits'),
    activations: named.flatMap(([name]) => numbers(name)).sort((a, b) => a - b),
  };
}

function unnamedWeights({ shape, initialize }: ParameterSpec): Float32Array {
  const data = initialize(shape, random(`weights ${shape.join()}`));
  if (shape.length < 2) return data;
  const window = sizeOf(shape.slice(2));
  const filter = shape[1] * window;
  return data.map((_, k) => data[k - (k % filter) + (k % window)]);
}

/** Relative where numbers are large. */
function largestDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]) / Math.max(1, Math.abs(value))), 0);
}
