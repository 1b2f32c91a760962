/**
 * Per-sample gradients of a batch in one program against as many backward passes of one image, by processor time and by the clock, alternating.
 *   npx tsx bench/per-sample-gradients.ts [--arch STRING] [--batch 32] [--rounds 9]
 * Networks of NAS-Bench-201 with one cell a stage, frozen statistics in all, one thread. The gradient of the batch's mean loss stands beside them: what
 * the same passes cost where nothing is kept apart.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { nasBench201 } from '../search-spaces/nas-bench-201/index.js';
import { random } from '../src/base/random.js';
import type { Buffer, Executable, KernelBackend } from '../src/contracts/kernel-backend.js';
import type { Network } from '../src/contracts/network.js';
import { differentiate } from '../src/kernels/gradients.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { perSampleGradients } from '../src/kernels/samples/gradients.js';
import { sampleMean } from '../src/kernels/samples/moments.js';
import { crossEntropies } from '../src/network/loss.js';
import { traceNetwork } from '../src/network/trace.js';
import { initialWeights } from '../src/network/weights.js';

const ALL_3X3 = '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|';
const MIX = '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|';
const { values } = parseArgs({
  options: {
    arch: { type: 'string', multiple: true, default: [ALL_3X3, MIX] },
    batch: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '9' },
    channels: { type: 'string', default: '16' },
    cells: { type: 'string', default: '1' },
  },
});
const batch = Number(values.batch);
const engine = await onnxruntimeBackend();
const space = nasBench201();

for (const arch of values.arch) {
  const network = space.network(space.parse(arch), { channels: Number(values.channels), cells: Number(values.cells) });
  const each = await prepared(network, batch, true);
  const mean = await prepared(network, batch, false);
  const single = await prepared(network, 1, false);
  const works = [each, mean, () => repeated(single)];
  const measured: { readonly cpu: number; readonly clock: number }[][] = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const row = [];
    for (const work of works) row.push(await timed(work));
    if (round > 0) measured.push(row);
  }
  const medians = (kind: 'cpu' | 'clock') => works.map((_, i) => median(measured.map((row) => row[i][kind])));
  const report = (times: readonly number[]) => ({ times, perSample: times[0] / times[2], mean: times[1] / times[2] });
  const order = ['per-sample gradients', 'gradient of the mean loss', `${batch} passes of one image`];
  console.log(
    JSON.stringify({ arch, order, load: loadavg()[0], cpu: report(medians('cpu')), clock: report(medians('clock')) }),
  );
}

async function repeated(single: () => Promise<void>): Promise<void> {
  for (let n = 0; n < batch; n++) await single();
}

/** Runs the program once and downloads the gradients: of each sample, or of the mean loss. */
async function prepared(network: Network, count: number, eachSample: boolean): Promise<() => Promise<void>> {
  const trace = traceNetwork(network, { batch: count, mode: 'evaluate' });
  const { builder: b, images, logits, parameters, statistics } = trace;
  const labels = b.input('labels', [count], 'int32');
  const losses = crossEntropies(b, logits, labels);
  const wrt = parameters.map(({ value }) => value);
  const gradients = eachSample
    ? perSampleGradients(b, losses, wrt, { samples: [images, labels] })
    : differentiate(b, sampleMean(b, losses), wrt);
  const executable = await engine.compile(b.finish(Object.fromEntries(gradients.map((value, i) => [`g${i}`, value]))));
  const weights = initialWeights(network, random('weights'));
  const tensors = [...parameters, ...statistics].map(({ name }) => [name, engine.upload(weights[name])] as const);
  const stream = random('images');
  const data = Float32Array.from({ length: count * 3 * 32 * 32 }, () => stream.normal());
  return () => runAndDownload(engine, executable, Object.fromEntries(tensors), count, data);
}

async function runAndDownload(
  backend: KernelBackend,
  executable: Executable,
  state: Readonly<Record<string, Buffer>>,
  count: number,
  data: Float32Array,
): Promise<void> {
  const images = backend.upload({ dtype: 'float32', shape: [count, 3, 32, 32], data });
  const labels = backend.upload({ dtype: 'int32', shape: [count], data: new Int32Array(count) });
  const results = await executable.run({ ...state, images, labels });
  for (const buffer of Object.values(results)) {
    await backend.download(buffer);
    buffer.release();
  }
  images.release();
  labels.release();
}

async function timed(work: () => Promise<void>): Promise<{ cpu: number; clock: number }> {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000, clock: performance.now() - started };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
