/** What becomes of gradients before the optimiser's update, and every optimiser in a training step. */
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { Tensor } from '../../../src/contracts/kernel-backend.js';
import type { Network } from '../../../src/contracts/network.js';
import type { TrainingRecipe } from '../../../src/contracts/training.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { adderConv2d } from '../../../src/network/adder.js';
import {
  batchNormalization,
  convolution,
  globalAveragePool,
  linear,
  relu,
  sequential,
} from '../../../src/network/layers.js';
import { initialTensor } from '../../../src/network/weights.js';
import { normalTensor, runOnce } from '../../../src/testing/kernel-backend-programs.js';
import { packFlat, unpackFlat } from '../../../src/train/flat-parameters.js';
import { optimizerOf, stepProgram, trainingLayout } from '../../../src/train/programs.js';
import { recipes } from '../../../src/train/recipes.js';

const BATCH = 8;
const RATE = 0.05;
const recipe: TrainingRecipe = { ...recipes.short, batchSize: BATCH, momentum: 0, nesterov: false, weightDecay: 0 };
const scalar = (value: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
const engine = await onnxruntimeBackend();

const network: Network = {
  inputShape: [3, 6, 6],
  classes: 4,
  layer: sequential({
    conv: convolution({ out: 4, kernel: 3, padding: 1 }),
    norm: batchNormalization(),
    relu,
    adder: adderConv2d({ out: 5, kernel: 3, padding: 1, stride: 2 }),
    other: batchNormalization(),
    pool: globalAveragePool,
    head: linear({ out: 4 }),
  }),
};
const layout = trainingLayout(network);

function startOf(own: TrainingRecipe): Record<string, Tensor> {
  const zeros = packFlat(layout.parameters, ({ shape }) => new Float32Array(shape.reduce((a, b) => a * b, 1)));
  return {
    parameters: packFlat(layout.parameters, (spec) => initialTensor(spec, random('start'))),
    statistics: packFlat(layout.statistics, (spec) => initialTensor(spec, random('start'))),
    ...Object.fromEntries(optimizerOf(own).slots.map((slot) => [slot, zeros])),
  };
}

/** Steps on one batch, each from the state that the last left. */
async function run(own: TrainingRecipe, steps: number, rate: number) {
  const program = stepProgram(network, layout, own);
  const labels = { dtype: 'int32', shape: [BATCH], data: Int32Array.from({ length: BATCH }, (_, i) => i % 4) } as const;
  const images = normalTensor('images', BATCH, ...network.inputShape);
  let state = startOf(own);
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const inputs = { ...state, images, labels, learningRate: scalar(rate), step: scalar(step) };
    const { loss, correct: _, ...next } = await runOnce(engine, { program, inputs });
    losses.push(loss.data[0]);
    state = next;
  }
  return { losses, parameters: unpackFlat(layout.parameters, state.parameters) };
}

describe("a tensor's own learning rate", () => {
  it('moves an adder filter of k elements by η·√k times the global rate, wherever its gradient points', async () => {
    const before = unpackFlat(layout.parameters, startOf(recipe).parameters);
    const { parameters } = await run(recipe, 1, RATE);
    const name = 'adder.weight';
    const moved = Math.hypot(...parameters[name].data.map((each, i) => each - before[name].data[i]));
    expect(moved / (RATE * 0.2 * Math.sqrt(5 * 4 * 9))).toBeCloseTo(1, 4);
  });
});

describe('every optimiser', () => {
  const rates = { sgd: 0.1, adam: 0.01, adamw: 0.01, lars: 5, lamb: 0.05, proxprop: 0.5 } as const;
  it.each(Object.entries(rates))('%s learns a batch by heart', async (name, rate) => {
    const own = { ...recipe, optimizer: name as keyof typeof rates, momentum: 0.9 };
    const { losses } = await run(own, 30, rate);
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]);
  });

  it('goes a way of its own', async () => {
    const names = Object.keys(rates) as (keyof typeof rates)[];
    const ends: string[] = [];
    for (const optimizer of names) {
      const { parameters } = await run({ ...recipe, optimizer, momentum: 0.9, weightDecay: 0.01 }, 2, 0.01);
      ends.push(Array.from(parameters['conv.weight'].data).join());
    }
    expect(new Set(ends).size).toBe(names.length);
  });
});
