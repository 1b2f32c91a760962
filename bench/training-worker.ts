/** One training of `training-rate.ts`: waits for a number of steps to run, runs them, answers. */
import { parentPort, workerData } from 'node:worker_threads';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { startTraining } from './training.js';

const { cell, batch } = workerData as { readonly cell: string; readonly batch: number };
const run = await startTraining(await onnxruntimeBackend(), cell, batch);
parentPort?.on('message', async (count: number) => {
  await run(count);
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');
