/** How fast an engine is on this machine: what a step of training is mostly made of, in small. */
import type { KernelBackend } from '../contracts/kernel-backend.js';
import type { Program } from '../contracts/program.js';
import { differentiate } from './gradients.js';
import { programBuilder } from './program.js';
import { sizeOf } from './shapes.js';

const IMAGE = [32, 16, 32, 32] as const;
const FILTER = [16, 16, 3, 3] as const;
const LAYERS = 3;
const ROUNDS = 3;

/** Seconds that a few convolutions with their gradients take, on one thread: the best of three rounds after one that does not count. */
export async function secondsOfStep(engine: KernelBackend): Promise<number> {
  const executable = await engine.compile(stepProgram());
  const filled = (shape: readonly number[]) =>
    engine.upload({ dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)).fill(0.1) });
  const inputs = { image: filled(IMAGE), filter: filled(FILTER) };
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now();
    const { gradient } = await executable.run(inputs);
    // Devices may still compute when `run` comes back.
    await engine.download(gradient);
    gradient.release();
    if (round > 0) best = Math.min(best, (performance.now() - started) / 1000);
  }
  inputs.image.release();
  inputs.filter.release();
  await executable.release();
  return best;
}

/** image, filter -> the filter's gradient of Σ relu(conv(… image)). */
function stepProgram(): Program {
  const b = programBuilder();
  const filter = b.input('filter', FILTER);
  const window = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
  let x = b.input('image', IMAGE);
  for (let layer = 0; layer < LAYERS; layer++) x = b.op('relu', [b.op('conv2d', [x, filter], window)], {});
  const loss = b.op('sum', [x], { axes: [0, 1, 2, 3], keepAxes: false });
  return b.finish({ gradient: differentiate(b, loss, [filter])[0] });
}
