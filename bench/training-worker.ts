/** One training of `training-rate.ts`: waits for a number of steps to run, runs them, answers. */
import { parentPort, workerData } from 'node:worker_threads';
import { nasBench201 } from '../search-spaces/nas-bench-201/index.js';
import { random } from '../src/base/random.js';
import type { Buffer } from '../src/contracts/kernel-backend.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { initialTensor } from '../src/network/weights.js';
import { packFlat } from '../src/train/flat-parameters.js';
import { stepProgram, trainingLayout } from '../src/train/programs.js';
import { recipes } from '../src/train/recipes.js';

const { cell, batch } = workerData as { readonly cell: string; readonly batch: number };
const run = await startTraining(cell, batch);
parentPort?.on('message', async (count: number) => {
  await run(count);
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');

/** Compiles the step and gives back a function that runs some. */
async function startTraining(cell: string, batch: number): Promise<(count: number) => Promise<void>> {
  const engine = await onnxruntimeBackend();
  const space = nasBench201();
  const network = space.network(space.parse(cell));
  const layout = trainingLayout(network);
  const recipe = { ...recipes.short, batchSize: batch };
  const step = await engine.compile(stepProgram(network, layout, recipe), { threads: 1 });
  const stream = random(0);
  const weights = packFlat(layout.parameters, (spec) => initialTensor(spec, stream));
  const floats = (shape: number[], data: Float32Array) => engine.upload({ dtype: 'float32', shape, data });
  const noise = Float32Array.from({ length: batch * 3072 }, () => stream.normal());
  const fixed = {
    images: floats([batch, 3, 32, 32], noise),
    labels: engine.upload({
      dtype: 'int32',
      shape: [batch],
      data: Int32Array.from({ length: batch }, (_, i) => i % 10),
    }),
    learningRate: floats([], new Float32Array([0.01])),
    step: floats([], new Float32Array([1])),
  };
  let state: Record<string, Buffer> = {
    parameters: engine.upload(weights),
    statistics: engine.upload(packFlat(layout.statistics, (spec) => initialTensor(spec, stream))),
    momentum: floats([layout.parameters.length], new Float32Array(layout.parameters.length)),
  };
  return async (count) => {
    for (let i = 0; i < count; i++) {
      const { loss, correct, ...next } = await step.run({ ...state, ...fixed });
      for (const buffer of [loss, correct, ...Object.values(state)]) buffer.release();
      state = next;
    }
  };
}
