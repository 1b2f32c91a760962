/**
 * Phantom gradients (k = 5, λ = .5) against exact implicit differentiation.
 *   npx tsx bench/phantom-gradient.ts --steps 100                 the angle between the two in each step of a training, and the terms that exact takes
 *   npx tsx bench/phantom-gradient.ts --terms 12 [--rounds 15]    time of the layer's backward pass against that of exact with so many terms
 * A stem, one implicit layer of 32 channels on 16×16 places, h = relu(W h + x), and a classifier, on the built-in data, batch 32, one thread. Exact is
 * the Neumann series (λ = 1) with as few terms as bring the gradient within 1e-4, or within the forward pass's 1e-5, of its limit. W is a convolution as
 * PyTorch starts it; with `--norm .9` it is scaled to be a contraction for certain. The forward pass has 40 steps; with few `--iterations` the time of
 * the backward pass, which they do not change, is less of a difference of large numbers.
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
import { programBuilder } from '../src/kernels/program.js';
import { sampleMean } from '../src/kernels/samples/moments.js';
import { contraction, fixedPoint, type PhantomGradient } from '../src/network/implicit.js';
import { convolution, globalAveragePool, linear, relu, sequential } from '../src/network/layers.js';
import { crossEntropies } from '../src/network/loss.js';
import { traceLayer, traceNetwork } from '../src/network/trace.js';
import { initialWeights } from '../src/network/weights.js';

const { values } = parseArgs({
  options: {
    norm: { type: 'string', default: '1e9' },
    steps: { type: 'string', default: '0' },
    terms: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '15' },
    rate: { type: 'string', default: '0.05' },
    iterations: { type: 'string', default: '40' },
  },
});
const BATCH = 32;
/** Terms that stand for the limit, and the numbers of terms that are tried as exact. */
const LIMIT = 80;
const TERMS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 25, 30, 40];
const PHANTOM: PhantomGradient = { kind: 'neumann', steps: 5, damping: 0.5 };

const engine = await onnxruntimeBackend();
const data = await loadData({ data: 'synthetic:train=3200,test=100', seed: 1 });
const stream = random('phantom gradient');
let weights: Record<string, Tensor> = { ...initialWeights(networkOf(PHANTOM), stream.child('weights')) };

interface Gradients {
  readonly executable: Executable;
  readonly names: readonly string[];
}

function pointOf(backward: PhantomGradient): Layer {
  const cell =
    (x: number): Layer =>
    (scope, h) => {
      const product = scope.child('conv', contraction({ norm: Number(values.norm) }), h);
      return relu(scope, scope.builder.op('add', [product, x], {}));
    };
  return fixedPoint({ cell, iterations: Number(values.iterations), tolerance: 1e-5, backward });
}

function networkOf(backward: PhantomGradient): Network {
  return {
    inputShape: [3, 32, 32],
    classes: data.train.classes,
    layer: sequential({
      stem: convolution({ out: 32, kernel: 3, stride: 2, padding: 1 }),
      point: pointOf(backward),
      pool: globalAveragePool,
      head: linear({ out: data.train.classes }),
    }),
  };
}

/** The loss and the gradient of every parameter. */
async function compiled(backward: PhantomGradient): Promise<Gradients> {
  const { builder: b, logits, parameters } = traceNetwork(networkOf(backward), { batch: BATCH, mode: 'train' });
  const loss = sampleMean(b, crossEntropies(b, logits, b.input('labels', [BATCH], 'int32')));
  const wrt = parameters.map(({ value }) => value);
  const gradients = differentiate(b, loss, wrt);
  const outputs = Object.fromEntries(gradients.map((value, i) => [parameters[i].name, value]));
  return { executable: await engine.compile(b.finish({ loss, ...outputs })), names: Object.keys(outputs) };
}

/** The implicit layer alone: its output and, with a backward pass, the gradients of its input and filter. */
async function layerAlone(backward: PhantomGradient, withGradients: boolean): Promise<Gradients> {
  const b = programBuilder();
  const shape = [BATCH, 32, 16, 16];
  const x = b.input('x', shape);
  const { output, parameters } = traceLayer(pointOf(backward), x, { builder: b, mode: 'train' });
  const wrt = [x, ...parameters.map(({ value }) => value)];
  const gradients = withGradients ? differentiate(b, output, wrt, b.input('dy', shape)) : [];
  const outputs = Object.fromEntries(gradients.map((value, i) => [`gradient${i}`, value]));
  return { executable: await engine.compile(b.finish({ output, ...outputs })), names: Object.keys(outputs) };
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

/** The fewest terms with which the gradient is its limit to 1e-4, and to 1e-5. */
async function exactTerms(feeds: Feeds): Promise<number[]> {
  const exactly = (steps: number) => compiled({ kind: 'neumann', steps, damping: 1 });
  const limit = flat(await run(await exactly(LIMIT), feeds));
  const size = Math.sqrt(dot(limit, limit));
  const errors: [number, number][] = [];
  for (const terms of TERMS) {
    const difference = flat(await run(await exactly(terms), feeds)).map((value, i) => value - limit[i]);
    errors.push([terms, Math.sqrt(dot(difference, difference)) / size]);
    if (errors[errors.length - 1][1] <= 1e-5) break;
  }
  return [1e-4, 1e-5].map((bound) => errors.find(([, error]) => error <= bound)?.[0] ?? LIMIT);
}

/** Median milliseconds of each program, processor and clock, in turns. */
async function timed(
  programs: readonly Gradients[],
  feeds: Feeds,
  dy: Buffer,
): Promise<{ cpu: number[]; clock: number[] }> {
  const cpu = programs.map((): number[] => []);
  const clock = programs.map((): number[] => []);
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [i, program] of programs.entries()) {
      const before = process.cpuUsage();
      const started = performance.now();
      await run(program, program.names.length > 0 ? { ...feeds, dy } : feeds);
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

if (Number(values.steps) > 0) await compareDirections(Number(values.steps));
if (Number(values.terms) > 0) await compareTimes(Number(values.terms));

async function compareDirections(steps: number): Promise<void> {
  const plain = { crop: 0, flip: false, cutout: 0 };
  const batches = [...epochBatches(data.train, data.normalization, BATCH, plain, stream.child('order'))];
  const phantom = await compiled(PHANTOM);
  const limit = await compiled({ kind: 'neumann', steps: LIMIT, damping: 1 });
  const terms = [await exactTerms(feedsOf(batches[0]))];
  const cosine = (a: Float32Array, b: Float32Array) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const cosines: { readonly all: number; readonly cell: number }[] = [];
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const feeds = feedsOf(batches[step % batches.length]);
    const [estimate, exact] = [await run(phantom, feeds), await run(limit, feeds)];
    const cell = cosine(estimate['point.conv.weight'], exact['point.conv.weight']);
    cosines.push({ all: cosine(flat(estimate), flat(exact)), cell });
    losses.push(estimate.loss[0]);
    weights = { ...weights, ...descended(phantom.names, estimate) };
  }
  terms.push(await exactTerms(feedsOf(batches[0])));
  console.log(
    JSON.stringify({
      norm: values.norm,
      steps,
      loss: [losses[0], losses.at(-1)],
      worstCosine: Math.min(...cosines.map(({ all }) => all)),
      worstCosineOfCell: Math.min(...cosines.map(({ cell }) => cell)),
      within90: cosines.filter(({ all, cell }) => all > 0 && cell > 0).length,
      exactTerms: terms,
    }),
  );
}

function descended(
  names: readonly string[],
  gradients: Readonly<Record<string, Float32Array>>,
): Record<string, Tensor> {
  const moved = names.map((name) => {
    const data = weights[name].data as Float32Array;
    return [
      name,
      { ...weights[name], data: data.map((value, i) => value - Number(values.rate) * gradients[name][i]) },
    ] as const;
  });
  return Object.fromEntries(moved);
}

async function compareTimes(terms: number): Promise<void> {
  const exactly: PhantomGradient = { kind: 'neumann', steps: terms, damping: 1 };
  const programs = [await layerAlone(PHANTOM, false), await layerAlone(PHANTOM, true), await layerAlone(exactly, true)];
  const image = (name: string) => {
    const drawn = stream.child(name);
    const numbers = Float32Array.from({ length: BATCH * 32 * 16 * 16 }, () => drawn.normal());
    return engine.upload({ dtype: 'float32', shape: [BATCH, 32, 16, 16], data: numbers });
  };
  const filter = engine.upload(weights['point.conv.weight']);
  const { cpu, clock } = await timed(programs, { x: image('x'), 'conv.weight': filter }, image('dy'));
  const ratio = ([start, short, long]: number[]) => (short - start) / (long - start);
  console.log(
    JSON.stringify({
      norm: values.norm,
      terms,
      iterations: values.iterations,
      load: loadavg()[0],
      milliseconds: { order: ['forward', 'with phantom', 'with exact'], cpu, clock },
      backwardRatio: { cpu: ratio(cpu), clock: ratio(clock) },
    }),
  );
}
