/**
 * A training step on the TensorFlow engine against the same network written by hand in TensorFlow.js with its optimiser, and against
 * onnxruntime; runs alternating, in one process.
 *   NASCENT_TENSORFLOW=FOLDER npx tsx bench/tensorflow-rate.ts [--steps 8] [--rounds 3] [--batch 64]
 * FOLDER holds node_modules with @tensorflow/tfjs-node. TF_NUM_INTRAOP_THREADS sets TensorFlow's threads (default 1).
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { tensorflowOn } from '../src/kernels/tensorflow/index.js';
import { loadTensorflow } from '../src/kernels/tensorflow/load.js';
import { handWrittenTraining } from './peers/tensorflow-by-hand.js';
import { CELLS, startTraining } from './training.js';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '64' },
  },
});
const [steps, rounds, batch] = [values.steps, values.rounds, values.batch].map(Number);
const tf = await loadTensorflow();

for (const cell of CELLS) {
  const byHand = handWrittenTraining(tf, cell, batch);
  const sides = {
    tensorflow: await startTraining(tensorflowOn(tf), cell, batch),
    byHand: async (count: number) => byHand(count),
    onnxruntime: await startTraining(await onnxruntimeBackend(), cell, batch),
  };
  for (const run of Object.values(sides)) await run(2);
  const tensors = tf.memory().numTensors;
  for (let round = 0; round < rounds; round++) {
    const load = loadavg()[0];
    const secondsAStep: Record<string, number> = {};
    const processorSecondsAStep: Record<string, number> = {};
    for (const [name, run] of Object.entries(sides)) {
      const started = performance.now();
      const used = process.cpuUsage();
      await run(steps);
      secondsAStep[name] = (performance.now() - started) / 1000 / steps;
      const { user, system } = process.cpuUsage(used);
      processorSecondsAStep[name] = (user + system) / 1e6 / steps;
    }
    console.log(
      JSON.stringify({
        cell,
        round,
        load,
        threads: process.env.TF_NUM_INTRAOP_THREADS,
        secondsAStep,
        // Of all threads: what other processes disturb less.
        processorSecondsAStep,
        byHandOverTensorflow: secondsAStep.byHand / secondsAStep.tensorflow,
        tensorsMoreThanAfterTwoSteps: tf.memory().numTensors - tensors,
      }),
    );
  }
}
