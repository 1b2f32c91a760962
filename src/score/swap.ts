/**
 * SWAP (Peng et al., "SWAP-NAS: Sample-Wise Activation Patterns for Ultra-fast NAS", ICLR 2024, section 3): the number of different
 * sample-wise activation patterns. Each unit (one element of a ReLU's input) has one pattern: on which images of the batch it is positive. Fewer
 * images than units, so the number does not saturate as that of codes of images does.
 *
 * A pattern of up to 24 images is a whole number that float32 holds exactly, Σ 2ⁿ over the images n on which the unit is positive: one matrix
 * product a ReLU. The score is the mean over independent initialisations. Of 16 images there are 65,536 patterns, which large networks come near.
 */
import type { Tensor } from '../contracts/kernel-backend.js';
import type { Metric, ScoreProgram, ScoreReading, WeightSource } from '../contracts/metric.js';
import type { Value } from '../contracts/program.js';
import { sizeOf } from '../kernels/shapes.js';
import { networkCost } from '../network/trace.js';

/** Images whose pattern is looked at, as published for NAS-Bench-201; all of a smaller batch. */
const IMAGES = 16;

/** Initialisations. */
const DRAWS = 2;

const common = {
  source: 'Peng et al., ICLR 2024, section 3',
  higherIsBetter: true,
  needsData: true,
  needsLabels: false,
  needsGradients: false,
} as const;

export const swap: Metric = {
  ...common,
  name: 'swap',
  summary: 'number of different patterns that units have over the images of a small batch',
  sees: 'activations',
  write: patternReading,
};

/**
 * With the paper's size regulariser, exp(−(P − μ)² / σ), P the number of parameters in millions; μ = 1 and σ = 1 here, between the smallest and the
 * largest of NAS-Bench-201. It prefers networks near μ, so it is a choice of a size and no statement about networks.
 */
export const swapRegularized: Metric = {
  ...common,
  name: 'swap-regularized',
  summary: 'swap times a bell curve over the number of parameters, centred at a million',
  source: 'Peng et al., ICLR 2024, section 3',
  sees: 'genotype',
  write(program) {
    const { outputs, score } = patternReading(program);
    const millions = networkCost(program.network).parameters / 1e6;
    const factor = Math.exp(-((millions - 1) ** 2));
    return {
      outputs,
      score: (results) => {
        const plain = score(results);
        return 'failure' in plain ? plain : { value: plain.value * factor };
      },
    };
  },
};

function patternReading(program: ScoreProgram): ScoreReading {
  const draws = Array.from({ length: DRAWS }, (_, draw) => patterns(program, draw));
  const outputs = Object.fromEntries(draws.flatMap((values) => values.map((value) => [`${value}`, value] as const)));
  return {
    outputs,
    score: (results) => {
      const counts = draws.map((values) => countDifferent(values.map((value) => results[`${value}`])));
      if (counts.every((count) => count === 0))
        return { failure: 'the network has no ReLU, so its units have no patterns' };
      return { value: counts.reduce((sum, count) => sum + count, 0) / DRAWS };
    },
  };
}

/** The patterns of all units of each ReLU's input, [units] each. */
function patterns(program: ScoreProgram, draw: number): Value[] {
  const { builder: b } = program;
  const images = firstImages(program, IMAGES);
  const weights: WeightSource = { name: `draw ${draw}`, value: (spec, { initial }) => initial(spec, draw) };
  const { activations } = program.pass({ images, ...(draw > 0 && { weights }) });
  const [count] = b.shape(images);
  const powers = b.constant(
    Float32Array.from({ length: count }, (_, image) => 2 ** image),
    [1, count],
  );
  return [...new Set(activations.map(({ input }) => input))].map((input) => {
    const units = sizeOf(b.shape(input)) / count;
    const positive = b.op('greater', [b.op('reshape', [input], { shape: [count, units] }), b.scalar(0)], {});
    return b.op('matmul', [powers, positive], { transposeA: false, transposeB: false });
  });
}

/** The first images of the scoring batch, at most `count`. */
export function firstImages({ builder, images, batch, network }: ScoreProgram, count: number): Value {
  const size = [Math.min(count, batch), ...network.inputShape];
  return builder.op('slice', [images], { start: size.map(() => 0), size });
}

function countDifferent(tensors: readonly Tensor[]): number {
  const seen = new Uint8Array(2 ** IMAGES);
  for (const { data } of tensors) for (let unit = 0; unit < data.length; unit++) seen[data[unit]] = 1;
  return seen.reduce((count, flag) => count + flag, 0);
}
