/**
 * Training throughput against PyTorch doing the same steps, runs alternating. Each side trains one network on each core.
 *   npx tsx bench/training-rate.ts [--steps 12] [--rounds 3] [--batch 64] [--peer "PROCESSES THREADS [FLAGS]"]…
 * Needs a Python with torch: NASCENT_PEER_PYTHON (default python3). Compilation and warm-up do not count on either side.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nasBench201 } from '../search-spaces/nas-bench-201/index.js';
import { random } from '../src/base/random.js';
import type { Buffer, Executable } from '../src/contracts/kernel-backend.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { initialTensor } from '../src/network/weights.js';
import { packFlat } from '../src/train/flat-parameters.js';
import { stepProgram, trainingLayout } from '../src/train/programs.js';
import { recipes } from '../src/train/recipes.js';

/** The two cells of the design's table. */
const CELLS = [
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|',
  '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|',
];
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '64' },
    peer: { type: 'string', multiple: true, default: ['2 1 --channels-last', '1 2 --channels-last', '2 1'] },
  },
});
const steps = Number(values.steps);
const batch = Number(values.batch);
const engine = await onnxruntimeBackend();

for (const cell of CELLS) {
  const trainings = await Promise.all(Array.from({ length: availableParallelism() }, () => startTraining(cell)));
  await Promise.all(trainings.map((training) => training.steps(2)));
  for (let round = 0; round < Number(values.rounds); round++) {
    const load = loadavg()[0];
    const first = await ours(trainings);
    const peers = values.peer.map((peer) => [peer, theirs(cell, peer)] as const);
    const second = await ours(trainings);
    const rate = (first + second) / 2;
    const ratios = Object.fromEntries(
      peers.map(([peer, perSecond]) => [peer, { imagesPerSecond: perSecond, ratio: rate / perSecond }]),
    );
    console.log(JSON.stringify({ cell, round, load, imagesPerSecond: rate, peers: ratios }));
  }
  await Promise.all(trainings.map(({ step }) => step.release()));
}

interface Training {
  readonly step: Executable;
  steps(count: number): Promise<void>;
}

async function startTraining(cell: string): Promise<Training> {
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
  return {
    step,
    async steps(count) {
      for (let i = 0; i < count; i++) {
        const { loss, correct, ...next } = await step.run({ ...state, ...fixed });
        for (const buffer of [loss, correct, ...Object.values(state)]) buffer.release();
        state = next;
      }
    },
  };
}

/** Images a second over all trainings. */
async function ours(trainings: readonly Training[]): Promise<number> {
  const started = performance.now();
  await Promise.all(trainings.map((training) => training.steps(steps)));
  return (trainings.length * steps * batch * 1000) / (performance.now() - started);
}

function theirs(cell: string, peer: string): number {
  const [processes, threads, ...flags] = peer.split(' ');
  const script = join(import.meta.dirname, 'peers/training.py');
  const options = [
    '--arch',
    cell,
    '--steps',
    values.steps,
    '--batch',
    values.batch,
    '--processes',
    processes,
    '--threads',
    threads,
  ];
  const printed = execFileSync(process.env.NASCENT_PEER_PYTHON ?? 'python3', [script, ...options, ...flags], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (JSON.parse(printed.trim().split('\n').at(-1) ?? '{}') as { images_per_second: number }).images_per_second;
}
