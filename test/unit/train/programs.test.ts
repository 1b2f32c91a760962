import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { Buffer, KernelBackend, Tensor } from '../../../src/contracts/kernel-backend.js';
import type { Network } from '../../../src/contracts/network.js';
import type { TrainingRecipe } from '../../../src/contracts/training.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { globalAveragePool, linear, sequential } from '../../../src/network/layers.js';
import { initialTensor } from '../../../src/network/weights.js';
import { normalTensor, runOnce, worstError } from '../../../src/testing/kernel-backend-programs.js';
import { packFlat } from '../../../src/train/flat-parameters.js';
import { optimizerOf, stepProgram, trainingLayout } from '../../../src/train/programs.js';
import { recipes } from '../../../src/train/recipes.js';

const BATCH = 4;
const recipe: TrainingRecipe = { ...recipes.short, batchSize: BATCH };
const scalar = (value: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

/** The state before the first step. */
function startOf(network: Network): Record<string, Tensor> {
  const layout = trainingLayout(network);
  const pack = (flat: typeof layout.parameters) => packFlat(flat, (spec) => initialTensor(spec, random('start')));
  return {
    parameters: pack(layout.parameters),
    statistics: pack(layout.statistics),
    momentum: packFlat(layout.parameters, ({ shape }) => new Float32Array(shape.reduce((a, b) => a * b, 1))),
  };
}

interface Steps {
  readonly losses: number[];
  readonly state: Record<string, Tensor>;
}

/** Three steps on random images, the state passed on in the engine's own memory. */
async function threeSteps(engine: KernelBackend, network: Network): Promise<Steps> {
  const executable = await engine.compile(stepProgram(network, trainingLayout(network), recipe));
  let state: Record<string, Buffer> = {};
  for (const [name, tensor] of Object.entries(startOf(network))) state[name] = engine.upload(tensor);
  const losses: number[] = [];
  for (let step = 1; step <= 3; step++) {
    const labels = Int32Array.from({ length: BATCH }, (_, i) => (3 * i + step) % network.classes);
    const feeds = {
      images: engine.upload(normalTensor(`images ${step}`, BATCH, ...network.inputShape)),
      labels: engine.upload({ dtype: 'int32', shape: [BATCH], data: labels }),
      learningRate: engine.upload(scalar(0.05)),
      step: engine.upload(scalar(step)),
    };
    const { loss, correct: _, ...next } = await executable.run({ ...state, ...feeds });
    losses.push((await engine.download(loss)).data[0]);
    state = next;
  }
  const downloaded: Record<string, Tensor> = {};
  for (const [name, buffer] of Object.entries(state)) downloaded[name] = await engine.download(buffer);
  await executable.release();
  return { losses, state: downloaded };
}

describe('a training step', () => {
  const space = nasBench201();
  const text = '|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|none~1|nor_conv_3x3~2|';

  // 16 channels are what the blocked layout takes; 4 are what it does not.
  it.each([4, 16])('is the same on onnxruntime as on the reference engine with %i channels', async (channels) => {
    const skeleton = { channels, cells: 1, inputShape: [3, 8, 8] } as const;
    const network = space.network(space.parse(text), skeleton);
    const expected = await threeSteps(referenceBackend(), network);
    const actual = await threeSteps(await onnxruntimeBackend(), network);
    expect(new Set(expected.losses).size).toBe(3);
    for (const [i, loss] of expected.losses.entries()) {
      expect(Math.abs(actual.losses[i] / loss - 1), `loss of step ${i + 1}`).toBeLessThan(1e-4);
    }
    for (const name of ['parameters', 'statistics', 'momentum']) {
      expect(worstError(expected.state[name].data, actual.state[name].data), name).toBeLessThan(1e-3);
    }
    const moved = worstError(startOf(network).parameters.data, expected.state.parameters.data);
    expect(moved).toBeGreaterThan(1e-2);
  });
});

/** Logits are weight · mean + bias of 2 channels of 2×2 images, 3 classes; no statistics. */
const small: Network = {
  inputShape: [2, 2, 2],
  classes: 3,
  layer: sequential({ pool: globalAveragePool, linear: linear({ out: 3 }) }),
};

describe('loss and count of a step', () => {
  const labels = [2, 0, 1, 2];
  const images = normalTensor('small', BATCH, 2, 2, 2);
  const start = startOf(small);

  function logitsOf(row: number): number[] {
    const mean = [0, 1].map((c) => {
      const at = (row * 2 + c) * 4;
      return [...images.data.slice(at, at + 4)].reduce((total, x) => total + x, 0) / 4;
    });
    const p = start.parameters.data;
    return [0, 1, 2].map((k) => p[2 * k] * mean[0] + p[2 * k + 1] * mean[1] + p[6 + k]);
  }

  const run = (labelSmoothing: number) =>
    runOnce(referenceBackend(), {
      program: stepProgram(small, trainingLayout(small), { ...recipe, labelSmoothing }),
      inputs: {
        ...start,
        images,
        labels: { dtype: 'int32', shape: [BATCH], data: Int32Array.from(labels) },
        learningRate: scalar(0.1),
        step: scalar(1),
      },
    });

  it.each([0, 0.1, 0.6])('are by hand what the program gives with a smoothing of %f', async (smoothing) => {
    const { loss, correct } = await run(smoothing);
    let total = 0;
    let hits = 0;
    for (const [row, label] of labels.entries()) {
      const logits = logitsOf(row);
      const normalizer = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      for (const [k, logit] of logits.entries()) {
        const target = (k === label ? 1 - smoothing : 0) + smoothing / 3;
        total -= target * (logit - normalizer);
      }
      if (logits.indexOf(Math.max(...logits)) === label) hits++;
    }
    expect(loss.data[0]).toBeCloseTo(total / BATCH, 6);
    expect(correct.data[0]).toBe(hits);
  });

  it('differ with the smoothing', async () => {
    const [plain, smooth] = [(await run(0)).loss.data[0], (await run(0.6)).loss.data[0]];
    expect(Math.abs(plain - smooth)).toBeGreaterThan(1e-3);
  });

  it('leave a network without statistics its one zero', async () => {
    expect([...(await run(0)).statistics.data]).toEqual([0]);
  });
});

describe('optimizerOf', () => {
  it('gives each recipe its optimiser', () => {
    expect(optimizerOf(recipe).slots).toEqual(['momentum']);
    expect(optimizerOf({ ...recipe, optimizer: 'adam' }).slots).toEqual(['first-sum', 'second-sum']);
    expect(optimizerOf({ ...recipe, optimizer: 'adamw' }).slots).toEqual(['first-sum', 'second-sum']);
  });

  it.each([
    ['adam', 1],
    ['adamw', 0],
  ] as const)('%s turns weight decay into a full first step: %i', async (optimizer, moved) => {
    // With no gradient of the loss, Adam's direction is the sign of what decay adds to it; AdamW's is decay itself.
    const network: Network = { ...small, layer: sequential({ pool: globalAveragePool, unread: unreadLinear }) };
    const layout = trainingLayout(network);
    const decayed = { ...recipe, optimizer, weightDecay: 1e-3 };
    const parameters = packFlat(layout.parameters, ({ shape }) =>
      new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5),
    );
    const zeros = { ...parameters, data: new Float32Array(layout.parameters.length) };
    const results = await runOnce(referenceBackend(), {
      program: stepProgram(network, layout, decayed),
      inputs: {
        parameters,
        statistics: packFlat(layout.statistics, () => new Float32Array(0)),
        'first-sum': zeros,
        'second-sum': zeros,
        images: normalTensor('small', BATCH, 2, 2, 2),
        labels: { dtype: 'int32', shape: [BATCH], data: new Int32Array(BATCH) },
        learningRate: scalar(0.01),
        step: scalar(1),
      },
    });
    // The unread weight lies first.
    expect((0.5 - results.parameters.data[0]) / 0.01).toBeCloseTo(moved, 2);
  });
});

/** A linear layer beside a parameter that no output needs. */
const unreadLinear: Network['layer'] = (scope, x) => {
  scope.parameter('unread', [1], () => new Float32Array(1));
  return scope.child('linear', linear({ out: 3 }), x);
};
