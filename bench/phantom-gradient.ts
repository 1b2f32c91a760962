/**
 * Phantom gradients against exact implicit differentiation: time of the backward pass, and the angle between the two in each step of a training.
 *   npx tsx bench/phantom-gradient.ts [--norm 6] [--steps 100] [--rounds 9]
 * A stem, one implicit layer of 32 channels on 16×16 places, h = relu(W h + x), and a classifier, on the built-in data, batch 32, one thread. Exact is
 * the Neumann series (λ = 1) with as few terms as bring the gradient within 1e-4 of its limit. `--norm`: what the filters' largest Σ |w| is scaled to;
 * below 1 the layer is a contraction for certain, but then so strong a one that a handful of terms is exact.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { random } from '../src/base/random.js';
import type { Buffer, Executable, Tensor } from '../src/contracts/kernel-backend.js';
import type { Layer, Network } from '../src/contracts/network.js';
import { epochBatches } from '../src/data/batches.js';
import { loadData } from '../src/data/load.js';
import { differentiate } from '../src/kernels/gradients.js';
import { onnxruntimeBackend } from '../src/kernels/onnxruntime/index.js';
import { sampleMean } from '../src/kernels/samples/moments.js';
import { contraction, fixedPoint, type PhantomGradient } from '../src/network/implicit.js';
import { convolution, globalAveragePool, linear, relu, sequential } from '../src/network/layers.js';
import { crossEntropies } from '../src/network/losses.js';
import { traceNetwork } from '../src/network/trace.js';
import { initialWeights } from '../src/network/weights.js';

const { values } = parseArgs({
  options: {
    norm: { type: 'string', default: '6' },
    steps: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '9' },
    rate: { type: 'string', default: '0.05' },
  },
});
const BATCH = 32;
/** Terms that stand for the limit, and the numbers of terms that are tried as exact. */
const LIMIT = 80;
const TERMS = [3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60];
const PHANTOM: PhantomGradient = { kind: 'neumann', steps: 5, damping: 0.5 };

const engine = await onnxruntimeBackend();
const data = await loadData({ data: 'synthetic:train=3200,test=100', seed: 1 });
const stream = random('phantom gradient');
let weights: Record<string, Tensor> = { ...initialWeights(networkOf(PHANTOM), stream.child('weights')) };

interface Gradients {
  readonly executable: Executable;
  readonly names: readonly string[];
}

function networkOf(backward: PhantomGradient): Network {
  const cell =
    (x: number): Layer =>
    (scope, h) => {
      const product = scope.child('conv', contraction({ norm: Number(values.norm) }), h);
      return relu(scope, scope.builder.op('add', [product, x], {}));
    };
  return {
    inputShape: [3, 32, 32],
    classes: data.train.classes,
    layer: sequential({
      stem: convolution({ out: 32, kernel: 3, stride: 2, padding: 1 }),
      point: fixedPoint({ cell, iterations: 40, tolerance: 1e-5, backward }),
      pool: globalAveragePool,
      head: linear({ out: data.train.classes }),
    }),
  };
}

/** The loss and, with a backward pass, the gradient of every parameter. */
async function compiled(backward: PhantomGradient, withGradients = true): Promise<Gradients> {
  const { builder: b, logits, parameters } = traceNetwork(networkOf(backward), { batch: BATCH, mode: 'train' });
  const loss = sampleMean(b, crossEntropies(b, logits, b.input('labels', [BATCH], 'int32')));
  const gradients = withGradients
    ? differentiate(
        b,
        loss,
        parameters.map(({ value }) => value),
      )
    : [];
  const outputs = Object.fromEntries(gradients.map((value, i) => [parameters[i].name, value]));
  const executable = await engine.compile(b.finish({ loss, ...outputs }));
  return { executable, names: Object.keys(outputs) };
}

type Feeds = Readonly<Record<string, Buffer>>;

function feedsOf(batch: { readonly images: Float32Array; readonly labels: Int32Array }): Feeds {
  const tensors: Record<string, Tensor> = {
    ...weights,
    images: { dtype: 'float32', shape: [BATCH, 3, 32, 32], data: batch.images },
    labels: { dtype: 'int32', shape: [BATCH], data: batch.labels },
  };
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, engine.upload(tensor)]));
}

async function run({ executable }: Gradients, feeds: Feeds): Promise<Record<string, Float32Array>> {
  const results = await executable.run(feeds);
  const entries = Object.entries(results).map(async ([name, buffer]) => {
    return [name, (await engine.download(buffer)).data as Float32Array] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const flat = ({ loss: _, ...gradients }: Record<string, Float32Array>) =>
  Float32Array.from(Object.values(gradients).flatMap((part) => [...part]));

/** The fewest terms with which the gradient is its limit to 1e-4. */
async function exactTerms(feeds: Feeds): Promise<number> {
  const exactly = (steps: number) => compiled({ kind: 'neumann', steps, damping: 1 });
  const limit = flat(await run(await exactly(LIMIT), feeds));
  const size = Math.sqrt(dot(limit, limit));
  for (const terms of TERMS) {
    const near = flat(await run(await exactly(terms), feeds)).map((value, i) => value - limit[i]);
    if (Math.sqrt(dot(near, near)) <= 1e-4 * size) return terms;
  }
  return LIMIT;
}

/** Median milliseconds of each program, processor and clock, in turns. */
async function timed(programs: readonly Gradients[], feeds: Feeds): Promise<{ cpu: number[]; clock: number[] }> {
  const cpu = programs.map((): number[] => []);
  const clock = programs.map((): number[] => []);
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [i, program] of programs.entries()) {
      const before = process.cpuUsage();
      const started = performance.now();
      await run(program, feeds);
      const { user, system } = process.cpuUsage(before);
      if (round > 0) {
        cpu[i].push((user + system) / 1000);
        clock[i].push(performance.now() - started);
      }
    }
  }
  const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
  return { cpu: cpu.map(median), clock: clock.map(median) };
}

const none = { crop: 0, flip: false, cutout: 0 };
const batches = [...epochBatches(data.train, data.normalization, BATCH, none, stream.child('order'))];
const phantom = await compiled(PHANTOM);
const limit = await compiled({ kind: 'neumann', steps: LIMIT, damping: 1 });
const neededFirst = await exactTerms(feedsOf(batches[0]));
const cosines: { readonly all: number; readonly cell: number }[] = [];
const losses: number[] = [];
for (let step = 0; step < Number(values.steps); step++) {
  const feeds = feedsOf(batches[step % batches.length]);
  const [estimate, exact] = [await run(phantom, feeds), await run(limit, feeds)];
  const cosine = (a: Float32Array, b: Float32Array) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const name = 'point.conv.weight';
  cosines.push({ all: cosine(flat(estimate), flat(exact)), cell: cosine(estimate[name], exact[name]) });
  losses.push(estimate.loss[0]);
  const moved = phantom.names.map((one) => {
    const data = (weights[one].data as Float32Array).map((value, i) => value - Number(values.rate) * estimate[one][i]);
    return [one, { ...weights[one], data }] as const;
  });
  weights = Object.fromEntries(moved);
}
const last = feedsOf(batches[0]);
const neededLast = await exactTerms(last);
const terms = Math.max(neededFirst, neededLast);
const exact = await compiled({ kind: 'neumann', steps: terms, damping: 1 });
const forward = await compiled(PHANTOM, false);
const { cpu, clock } = await timed([forward, phantom, exact], last);
const ratio = ([start, short, long]: number[]) => (short - start) / (long - start);
const worst = (numbers: readonly number[]) => Math.min(...numbers);
console.log(
  JSON.stringify({
    norm: Number(values.norm),
    load: loadavg()[0],
    steps: losses.length,
    loss: [losses[0], losses.at(-1)],
    worstCosine: worst(cosines.map(({ all }) => all)),
    worstCosineOfCell: worst(cosines.map(({ cell }) => cell)),
    within90: cosines.filter(({ all, cell }) => all > 0 && cell > 0).length,
    exactTerms: [neededFirst, neededLast],
    milliseconds: { order: ['forward', 'phantom', 'exact'], cpu, clock },
    backwardRatio: { cpu: ratio(cpu), clock: ratio(clock) },
  }),
);
