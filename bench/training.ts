/** One training of NAS-Bench-201 on noise, for benchmarks: a step is compiled once and run as often as is asked. */
import { nasBench201 } from '../search-spaces/nas-bench-201/index.js';
import { random } from '../src/base/random.js';
import type { Buffer, KernelBackend } from '../src/contracts/kernel-backend.js';
import { initialTensor } from '../src/network/weights.js';
import { packFlat } from '../src/train/flat-parameters.js';
import { stepProgram, trainingLayout } from '../src/train/programs.js';
import { recipes } from '../src/train/recipes.js';

/** The two cells of the design's table. */
export const CELLS = [
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|',
  '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|',
];

/** Compiles the step and gives back a function that runs some; it gives the last loss. */
export async function startTraining(
  engine: KernelBackend,
  cell: string,
  batch: number,
): Promise<(count: number) => Promise<number>> {
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
    let last = Number.NaN;
    for (let i = 0; i < count; i++) {
      const { loss, correct, ...next } = await step.run({ ...state, ...fixed });
      last = (await engine.download(loss)).data[0];
      for (const buffer of [loss, correct, ...Object.values(state)]) buffer.release();
      state = next;
    }
    return last;
  };
}
