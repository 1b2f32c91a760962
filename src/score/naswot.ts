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
import type { Metric, ScoreProgram, ScoreReading, ScoreResult } from '../contracts/metric.js';
import type { Activation, ParameterSpec } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import type { ProgramBuilder } from '../contracts/program-builder.js';
import { programBuilder } from '../kernels/program.js';
import { sizeOf } from '../kernels/shapes.js';
import { traceNetwork } from '../network/trace.js';
import { ancestors } from './layers.js';

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
  write: (program) => overlapReading(program, program.pass().activations),
};

/** The variant that counts a ReLU only where the logits depend on it. */
export const naswotLive: Metric = {
  ...common,
  name: 'naswot-live',
  summary: 'as naswot, counting only ReLUs that the output depends on',
  sees: 'function',
  write: (program) => overlapReading(program, liveActivations(program)),
};

function overlapReading({ builder, batch }: ScoreProgram, counted: readonly Activation[]): ScoreReading {
  const { outputs, uses, units } = writeOverlaps(builder, counted);
  return { outputs, score: (results) => scoreOfOverlap(sumOverlaps(results, uses, batch), units, batch) };
}

interface Overlaps {
  readonly outputs: Readonly<Record<string, Value>>;
  /** How often each output counts. */
  readonly uses: ReadonlyMap<string, number>;
  /** Units counted in all. */
  readonly units: number;
}

/** One overlap for each different activation input. */
function writeOverlaps(b: ProgramBuilder, activations: readonly Activation[]): Overlaps {
  const inputs = new Map<Value, number>();
  for (const { input } of activations) inputs.set(input, (inputs.get(input) ?? 0) + 1);
  const outputs: Record<string, Value> = {};
  const uses = new Map<string, number>();
  let units = 0;
  for (const [input, count] of inputs) {
    units += count * sizeOf(b.shape(input).slice(1));
    // Units that are never positive agree on all pairs: they count in `units` and need no arithmetic.
    if (b.isZero(input)) continue;
    const name = `overlap${input}`;
    outputs[name] = b.op('positiveOverlap', [input], {});
    uses.set(name, count);
  }
  return { outputs, uses, units };
}

function sumOverlaps(
  overlaps: Readonly<Record<string, Tensor>>,
  uses: ReadonlyMap<string, number>,
  size: number,
): Float64Array {
  const total = new Float64Array(size * size);
  for (const [name, { data }] of Object.entries(overlaps)) {
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

/**
 * Uses of activations whose output the logits depend on. In the program that is run, uses of equal inputs are one value; a second trace, in
 * which each stays an op of its own, tells the dead ones among them.
 */
function liveActivations(program: ScoreProgram): Activation[] {
  const builder = programBuilder({ share: false });
  // Known numbers stay known: zeros that fold away make what is behind them dead.
  const tensor = (spec: ParameterSpec) => {
    const { definition, shape } = program.builder.info(program.initial(spec));
    return definition.kind === 'constant' ? builder.constant(definition.data, shape) : builder.input(spec.name, shape);
  };
  const apart = traceNetwork(program.network, { batch: 1, mode: 'score', builder, tensor });
  const live = new Set<Value>(ancestors(apart, apart.logits));
  const { activations } = program.pass();
  return activations.filter((_, use) => live.has(apart.activations[use].output));
}
