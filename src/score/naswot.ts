/**
 * NASWOT (Mellor, Turner, Storkey & Crowley, "Neural Architecture Search without Training", ICML 2021, section 3): how well
 * an untrained network tells the images of a batch apart.
 *
 * Each ReLU gives each image a binary code: the signs of the ReLU's inputs. K_ij is the number of units on which images i and j
 * agree, over all ReLUs: K = Σ X Xᵀ + (1 − X)(1 − X)ᵀ. The score is log |det K|; it is −∞, and reported as a failure, where
 * two images share every code. Normalisation uses the batch's statistics; weights are the initial ones.
 *
 * With G = Σ X Xᵀ (pairs of positive units) and u units in all, K_ij = u − G_ii − G_jj + 2 G_ij: one product, in integers.
 */
import { logAbsoluteDeterminant } from '../base/linear-algebra.js';
import type { Tensor } from '../contracts/kernel-backend.js';
import type { Metric, MetricContext, ScoreResult } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { programBuilder } from '../kernels/program.js';
import { sizeOf } from '../kernels/shapes.js';
import { type Activation, traceNetwork } from '../network/trace.js';

const common = {
  source: 'Mellor et al., ICML 2021, section 3',
  higherIsBetter: true,
  needsData: true,
  needsLabels: false,
  needsGradients: false,
} as const;

/** The rule of the released code: every ReLU counts, also those of branches that no output needs. */
export const naswot: Metric = {
  ...common,
  name: 'naswot',
  summary: 'log-determinant of the agreement of ReLU codes in a batch, every ReLU counted as in the released code',
  sees: 'activations',
  score: (context) => scoreByOverlap(context, programBuilder(), (traced) => traced.activations),
};

/** The variant that counts a ReLU only where the logits depend on it. */
export const naswotLive: Metric = {
  ...common,
  name: 'naswot-live',
  summary: 'as naswot, counting only ReLUs that the output depends on',
  sees: 'function',
  // Each use of an activation stays an op of its own, so that dead and live uses of one node can be told apart.
  score: (context) => scoreByOverlap(context, programBuilder({ share: false }), liveActivations),
};

/** Numbers in a tensor from which on it is an input of the program, not a part of it. */
const SMALL = 256;

type TracedActivations = Pick<ReturnType<typeof traceNetwork>, 'builder' | 'logits' | 'activations'>;

async function scoreByOverlap(
  { network, batch, engine, initialize, threads }: MetricContext,
  builder: ProgramBuilder,
  counted: (traced: TracedActivations) => readonly Activation[],
): Promise<ScoreResult> {
  const weights: Record<string, Tensor> = {};
  const overlaps = new Map<Value, Value>();
  const traced = traceNetwork(network, {
    batch: batch.size,
    mode: 'score',
    builder,
    tensor: (spec) => {
      const data = initialize(spec);
      // Offsets of zero fold away as constants; large weights are handed over as they are, which costs no copy.
      if (data.length < SMALL) return builder.constant(data, spec.shape);
      weights[spec.name] = { dtype: 'float32', shape: spec.shape, data };
      return builder.input(spec.name, spec.shape);
    },
    // Beside its activation, so that an image can be forgotten once it was counted. At the end of the program all would be held until then.
    onActivation: ({ input }, b) => {
      if (!overlaps.has(input) && !b.isZero(input)) overlaps.set(input, b.op('positiveOverlap', [input], {}));
    },
  });
  const { outputs, uses, units } = countOverlaps(traced.builder, counted(traced), overlaps);
  // No unit is ever positive: nothing to compute, and no image differs from another.
  if (uses.size === 0) return scoreOfOverlap(new Float64Array(batch.size ** 2), units, batch.size);
  const executable = await engine.compile(traced.builder.finish(outputs), { threads, once: true });
  try {
    const images: Tensor = { dtype: 'float32', shape: [batch.size, ...network.inputShape], data: batch.images };
    const feeds = Object.entries({ images, ...weights }).map(
      ([name, tensor]) => [name, engine.upload(tensor)] as const,
    );
    const buffers = await executable.run(Object.fromEntries(feeds));
    for (const [, buffer] of feeds) buffer.release();
    const overlaps = await Promise.all(
      Object.entries(buffers).map(async ([name, buffer]) => [name, await engine.download(buffer)] as const),
    );
    return scoreOfOverlap(sumOverlaps(overlaps, uses, batch.size), units, batch.size);
  } finally {
    await executable.release();
  }
}

interface Overlaps {
  readonly outputs: Readonly<Record<string, Value>>;
  /** How often each output counts. */
  readonly uses: ReadonlyMap<string, number>;
  /** Units counted in all. */
  readonly units: number;
}

/** One overlap for each different activation input that counts. */
function countOverlaps(
  b: ProgramBuilder,
  activations: readonly Activation[],
  overlaps: ReadonlyMap<Value, Value>,
): Overlaps {
  const inputs = new Map<Value, number>();
  for (const { input } of activations) inputs.set(input, (inputs.get(input) ?? 0) + 1);
  const outputs: Record<string, Value> = {};
  const uses = new Map<string, number>();
  let units = 0;
  for (const [input, count] of inputs) {
    units += count * sizeOf(b.shape(input).slice(1));
    // Units that are never positive agree on all pairs: they count in `units` and need no arithmetic.
    const overlap = overlaps.get(input);
    if (overlap === undefined) continue;
    const name = `overlap${input}`;
    outputs[name] = overlap;
    uses.set(name, count);
  }
  return { outputs, uses, units };
}

function sumOverlaps(
  overlaps: readonly (readonly [string, Tensor])[],
  uses: ReadonlyMap<string, number>,
  size: number,
): Float64Array {
  const total = new Float64Array(size * size);
  for (const [name, { data }] of overlaps) {
    const count = uses.get(name) ?? 0;
    for (let i = 0; i < total.length; i++) total[i] += count * data[i];
  }
  return total;
}

/** log |det K| of the overlap G of positive units among `units` in all. */
function scoreOfOverlap(overlap: Float64Array, units: number, size: number): ScoreResult {
  const agreement = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const agreeing = units - overlap[i * size + i] - overlap[j * size + j] + 2 * overlap[i * size + j];
      if (i !== j && agreeing === units)
        return { failure: `images ${i} and ${j} share every code, so log |det K| is −∞` };
      agreement[i * size + j] = agreeing;
    }
  }
  return { value: logAbsoluteDeterminant(agreement, size) };
}

/** Activations whose output the logits depend on. */
function liveActivations({ builder: b, logits, activations }: TracedActivations): Activation[] {
  const live = new Set<Value>([logits]);
  for (let value = logits; value >= 0; value--) {
    if (live.has(value)) for (const input of b.opOf(value)?.inputs ?? []) live.add(input);
  }
  return activations.filter(({ output }) => live.has(output));
}
