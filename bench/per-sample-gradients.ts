/**
 * Per-sample gradients of a batch in one program against as many runs of the compiled program of one image, which is how they are had without, by
 * processor time and by the clock, alternating.
 *   npx tsx bench/per-sample-gradients.ts [--arch STRING] [--batch 32] [--rounds 9] [--threads 1]
 *     networks of NAS-Bench-201 with one cell a stage
 *   npx tsx bench/per-sample-gradients.ts --side 32 --channels 16 …
 *     one cell and a classifier behind it, on images of so many channels and places
 * Frozen statistics in all; images go in and gradients come out in each, and compilation does not count. The gradient of the batch's mean loss
 * stands beside them: what the same passes cost where nothing is kept apart.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { random } from '../src/base/random.js';
import type { Buffer, Executable, Tensor } from '../src/contracts/kernel-backend.js';
import type { Network } from '../src/contracts/network.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { sizeOf } from '../src/kernels/shapes.js';
import { initialWeights } from '../src/network/weights.js';
import { CELLS, gradientsOf, networkOf } from './per-sample-programs.js';

const { values } = parseArgs({
  options: {
    arch: { type: 'string', multiple: true, default: CELLS },
    batch: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '9' },
    channels: { type: 'string', default: '16' },
    side: { type: 'string' },
    threads: { type: 'string', default: '1' },
  },
});
const batch = Number(values.batch);
const threads = Number(values.threads);
const engine = await onnxruntimeBackend();
const side = values.side === undefined ? undefined : Number(values.side);

for (const arch of values.arch) {
  const network = networkOf(arch, Number(values.channels), side);
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
    JSON.stringify({
      arch,
      ...{ side, channels: values.channels, threads, load: loadavg()[0], order },
      cpu: report(medians('cpu')),
      clock: report(medians('clock')),
    }),
  );
}

async function repeated(single: () => Promise<void>): Promise<void> {
  for (let n = 0; n < batch; n++) await single();
}

/** Runs the program once and downloads the gradients: of each sample, or of the mean loss. */
async function prepared(network: Network, count: number, each: boolean): Promise<() => Promise<void>> {
  const { program, parameters, statistics } = gradientsOf(network, count, each);
  const executable = await engine.compile(program, { threads });
  const weights = initialWeights(network, random('weights'));
  const tensors = [...parameters, ...statistics].map(({ name }) => [name, engine.upload(weights[name])] as const);
  const stream = random('images');
  const shape = [count, ...network.inputShape];
  const data = Float32Array.from({ length: sizeOf(shape) }, () => stream.normal());
  const image: Tensor = { dtype: 'float32', shape, data };
  return () => runAndDownload(executable, Object.fromEntries(tensors), image);
}

async function runAndDownload(executable: Executable, state: Readonly<Record<string, Buffer>>, image: Tensor) {
  const [count] = image.shape;
  const images = engine.upload(image);
  const labels = engine.upload({ dtype: 'int32', shape: [count], data: new Int32Array(count) });
  const results = await executable.run({ ...state, images, labels });
  for (const buffer of Object.values(results)) {
    await engine.download(buffer);
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
