/** Scores and trainings on TensorFlow are those on onnxruntime. */

import { describe, expect, test } from 'vitest';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import type { KernelBackend } from '../../../src/contracts/kernel-backend.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { tensorflowOn } from '../../../src/kernels/tensorflow/index.js';
import { initialTensor, rememberedTensors } from '../../../src/network/weights.js';
import { computeScore } from '../../../src/score/compute.js';
import { naswot } from '../../../src/score/naswot.js';
import { packFlat } from '../../../src/train/flat-parameters.js';
import { stepProgram, trainingLayout } from '../../../src/train/programs.js';
import { recipes } from '../../../src/train/recipes.js';
import { libraries } from './tensorflow-library.js';

const TOLERANCE = 1e-3;
const CELLS = 50;
const STEPS = 20;
const space = nasBench201();

describe.each(libraries)('TensorFlow, %s, and onnxruntime agree', (name, load) => {
  // The plain backend is slow.
  const sizes = name === 'tfjs-node' ? { channels: 16, side: 32, batch: 64 } : { channels: 4, side: 8, batch: 16 };

  test(`on the scores of ${CELLS} cells`, { timeout: 600_000 }, async () => {
    const engines = [tensorflowOn(await load()), await onnxruntimeBackend()];
    const cells = Array.from({ length: CELLS }, (_, i) => space.format(space.sample(random('cells').child(i))));
    for (const cell of new Set(cells)) {
      const [score, expected] = await Promise.all(engines.map((engine) => scoreOn(engine, cell, sizes)));
      if (typeof expected === 'string') expect(score).toBe(expected);
      else expect(Math.abs(Number(score) / expected - 1), `${cell}: ${score}, ${expected}`).toBeLessThan(TOLERANCE);
    }
  });

  test(`on the losses of ${STEPS} training steps`, { timeout: 600_000 }, async () => {
    const losses = await lossesOn(tensorflowOn(await load()), sizes);
    const expected = await lossesOn(await onnxruntimeBackend(), sizes);
    expect(expected).toHaveLength(STEPS);
    expect(expected[STEPS - 1]).toBeLessThan(expected[0]);
    losses.forEach((loss, i) => {
      expect(Math.abs(loss / expected[i] - 1), `step ${i + 1}`).toBeLessThan(TOLERANCE);
    });
  });
});

interface Sizes {
  readonly channels: number;
  readonly side: number;
  readonly batch: number;
}

async function scoreOn(engine: KernelBackend, cell: string, { channels, side, batch }: Sizes) {
  const result = await computeScore(naswot, {
    network: space.network(space.parse(cell), { channels, cells: 1, inputShape: [3, side, side] }),
    batch: { images: noise('scored', batch, side), labels: new Int32Array(batch), size: batch },
    engine,
    random: random('metric'),
    initialize: rememberedTensors(random('weights')),
    threads: 1,
  });
  return 'failure' in result ? result.failure : result.value;
}

const EVERY_OPERATION =
  '|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|';

/** Each step on a batch of its own, at a rate at which rounding does not grow from step to step. */
async function lossesOn(engine: KernelBackend, { channels, side, batch }: Sizes): Promise<number[]> {
  const skeleton = { channels, cells: 1, inputShape: [3, side, side] as const };
  const network = space.network(space.parse(EVERY_OPERATION), skeleton);
  const layout = trainingLayout(network);
  const step = await engine.compile(stepProgram(network, layout, { ...recipes.short, batchSize: batch }));
  const vector = (data: Float32Array) => engine.upload({ dtype: 'float32', shape: [data.length], data });
  const scalar = (value: number) => engine.upload({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
  const stream = random('weights');
  let state = {
    parameters: vector(packFlat(layout.parameters, (spec) => initialTensor(spec, stream)).data as Float32Array),
    statistics: vector(packFlat(layout.statistics, (spec) => initialTensor(spec, stream)).data as Float32Array),
    momentum: vector(new Float32Array(layout.parameters.length)),
  };
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const labels = Int32Array.from({ length: batch }, (_, image) => image % 10);
    const { loss, ...next } = await step.run({
      ...state,
      images: engine.upload({
        dtype: 'float32',
        shape: [batch, 3, side, side],
        data: noise(`batch ${i % 2}`, batch, side),
      }),
      labels: engine.upload({ dtype: 'int32', shape: [batch], data: labels }),
      learningRate: scalar(0.01),
      step: scalar(i + 1),
    });
    losses.push((await engine.download(loss)).data[0]);
    state = next as typeof state;
  }
  await step.release();
  return losses;
}

function noise(name: string, batch: number, side: number): Float32Array {
  const stream = random(name);
  return Float32Array.from({ length: batch * 3 * side * side }, () => stream.normal());
}
