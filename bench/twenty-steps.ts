/**
 * Twenty training steps from the same weights and batches as PyTorch: the losses must agree.
 *   npx tsx bench/twenty-steps.ts [--arch STRING] [--channels 16] [--cells 5] [--batch 64] [--rate 0.01] [--data FILE]
 * Needs a Python with torch: NASCENT_PEER_PYTHON (default python3).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nasBench201 } from '../search-spaces/nas-bench-201/index.js';
import { random } from '../src/base/random.js';
import { normalizedBatch } from '../src/data/batches.js';
import { loadData } from '../src/data/load.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { initialTensor } from '../src/network/weights.js';
import { packFlat } from '../src/train/flat-parameters.js';
import { stepProgram, trainingLayout } from '../src/train/programs.js';
import { recipes } from '../src/train/recipes.js';

const MIX = '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|';
const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: MIX },
    channels: { type: 'string', default: '16' },
    cells: { type: 'string', default: '5' },
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '20' },
    rate: { type: 'string', default: '0.01' },
    data: { type: 'string', default: '../shared/data/cifar10-train4000.bin.gz' },
  },
});
const [channels, cells, batch, steps] = [values.channels, values.cells, values.batch, values.steps].map(Number);
const space = nasBench201();
const network = space.network(space.parse(values.arch), { channels, cells });
const layout = trainingLayout(network);
const recipe = { ...recipes.short, batchSize: batch };
const stream = random('twenty steps');
const weights = packFlat(layout.parameters, (spec) => initialTensor(spec, stream.child('weights')));
const images = new Float32Array(steps * batch * 3072);
const labels = new Int32Array(steps * batch);
await fillBatches();
// At a recipe's full rate the first steps are chaotic: PyTorch itself is then 1e-2 away from its own float64.
const rates = Array.from({ length: steps }, () => Number(values.rate));

const ours = await ourLosses();
const theirs = peerLosses([]);
const exact = peerLosses(['--float64']);
const difference = (a: number[], b: number[]) =>
  Math.max(...a.map((loss, i) => Math.abs(loss - b[i]) / Math.abs(b[i])));
console.log(
  JSON.stringify({
    arch: values.arch,
    losses: ours,
    toPyTorch: difference(ours, theirs),
    toPyTorchFloat64: difference(ours, exact),
    pyTorchToItsFloat64: difference(theirs, exact),
  }),
);

async function fillBatches(): Promise<void> {
  const data = await loadData({ data: `cifar10:${values.data}`, seed: 0 });
  const order = stream.child('order').shuffle(Array.from({ length: data.train.count }, (_, i) => i));
  for (let i = 0; i < steps; i++) {
    const made = normalizedBatch(data.train, data.normalization, order.slice(i * batch, (i + 1) * batch));
    images.set(made.images, i * batch * 3072);
    labels.set(made.labels, i * batch);
  }
}

async function ourLosses(): Promise<number[]> {
  const engine = await onnxruntimeBackend();
  const step = await engine.compile(stepProgram(network, layout, recipe), { threads: 2 });
  const scalar = (value: number) => engine.upload({ dtype: 'float32', shape: [], data: new Float32Array([value]) });
  let state = {
    parameters: engine.upload(weights),
    statistics: engine.upload(packFlat(layout.statistics, (spec) => initialTensor(spec, stream))),
    momentum: engine.upload({
      dtype: 'float32',
      shape: weights.shape,
      data: new Float32Array(layout.parameters.length),
    }),
  };
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { loss, correct, ...next } = await step.run({
      ...state,
      images: engine.upload({
        dtype: 'float32',
        shape: [batch, 3, 32, 32],
        data: images.slice(i * batch * 3072, (i + 1) * batch * 3072),
      }),
      labels: engine.upload({ dtype: 'int32', shape: [batch], data: labels.slice(i * batch, (i + 1) * batch) }),
      learningRate: scalar(rates[i]),
      step: scalar(i + 1),
    });
    state = next as typeof state;
    losses.push((await engine.download(loss)).data[0]);
    correct.release();
  }
  await step.release();
  return losses;
}

function peerLosses(options: readonly string[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'nascent-steps-'));
  const manifest = {
    arch: values.arch,
    channels,
    cells,
    classes: 10,
    batch,
    steps,
    learningRates: rates,
    momentum: recipe.momentum,
    nesterov: recipe.nesterov,
    weightDecay: recipe.weightDecay,
    labelSmoothing: 0,
    parameters: [...layout.parameters.places.values()].map(({ spec, offset }) => ({
      name: spec.name,
      shape: spec.shape,
      offset,
    })),
  };
  const bytes = (data: Float32Array | Int32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'weights.bin'), bytes(weights.data));
  writeFileSync(join(folder, 'images.bin'), bytes(images));
  writeFileSync(join(folder, 'labels.bin'), bytes(labels));
  const python = process.env.NASCENT_PEER_PYTHON ?? 'python3';
  const printed = execFileSync(python, [join(import.meta.dirname, 'peers/twenty_steps.py'), folder, ...options], {
    encoding: 'utf8',
  });
  return (JSON.parse(printed.trim().split('\n').at(-1) ?? '{}') as { losses: number[] }).losses;
}
