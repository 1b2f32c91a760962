/** LARS and LAMB beside the papers' algorithms, tensor by tensor in float64, on the same gradients for fifty steps. */
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { Buffer, KernelBackend } from '../../../src/contracts/kernel-backend.js';
import { onnxruntimeBackend } from '../../../src/kernels/onnxruntime/index.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { lamb } from '../../../src/optimise/lamb.js';
import { lars } from '../../../src/optimise/lars.js';
import type { Optimizer } from '../../../src/optimise/optimizer.js';
import { worstError } from '../../../src/testing/kernel-backend-programs.js';

const STEPS = 50;
const stream = random('layerwise optimisers');
const numbers = (count: number, scale: number) =>
  Array.from({ length: count }, () => Math.fround(scale * stream.normal()));

interface Tensor {
  readonly shape: readonly number[];
  readonly start: readonly number[];
}

/** Norms of very different sizes; one matrix and one vector begin at zero. */
const TENSORS: readonly Tensor[] = [
  { shape: [3, 4], start: numbers(12, 1) },
  { shape: [5], start: numbers(5, 1) },
  { shape: [2, 3, 2, 2], start: numbers(24, 0.01) },
  { shape: [2, 2], start: [0, 0, 0, 0] },
  { shape: [3], start: [0, 0, 0] },
  { shape: [1, 6], start: numbers(6, 30) },
];
/** By step and tensor. The first matrix has none in the fourth step. */
const GRADIENTS = Array.from({ length: STEPS }, (_, t) =>
  TENSORS.map(({ start }, i) => numbers(start.length, t === 3 && i === 0 ? 0 : 0.1 * (i + 1))),
);
const RATES = Array.from({ length: STEPS }, (_, t) => Math.fround(0.05 * Math.cos(t / 40)));

const norm = (x: readonly number[]) => Math.hypot(...x);
/** Equal parts of both where neither is zero; else one. */
const ratioOf = (a: number, b: number) => (a > 0 && b > 0 ? a / b : 1);

type Path = number[][];

/** All tensors one after the other, after each step. */
function pathBy(
  step: (tensor: number) => (w: number[], g: readonly number[], rate: number, t: number) => number[],
): Path {
  const steps = TENSORS.map((_, i) => step(i));
  let weights = TENSORS.map(({ start }) => [...start]);
  return GRADIENTS.map((gradients, t) => {
    weights = weights.map((w, i) => steps[i](w, gradients[i], RATES[t], t + 1));
    return weights.flat();
  });
}

/** You, Gitman & Ginsburg, algorithm 1. */
const plainLars = (momentum: number, beta: number, trust: number) =>
  pathBy((i) => {
    const layer = TENSORS[i].shape.length > 1;
    const decay = layer ? beta : 0;
    let v = TENSORS[i].start.map(() => 0);
    return (w, g, rate) => {
      const local = layer ? trust * ratioOf(norm(w), norm(g) + decay * norm(w)) : 1;
      v = v.map((each, j) => momentum * each + rate * local * (g[j] + decay * w[j]));
      return w.map((each, j) => each - v[j]);
    };
  });

/** You et al., algorithm 2. */
const plainLamb = (beta1: number, beta2: number, epsilon: number, lambda: number) =>
  pathBy((i) => {
    const layer = TENSORS[i].shape.length > 1;
    const zeros = TENSORS[i].start.map(() => 0);
    let [m, v] = [zeros, zeros];
    return (w, g, rate, t) => {
      m = m.map((each, j) => beta1 * each + (1 - beta1) * g[j]);
      v = v.map((each, j) => beta2 * each + (1 - beta2) * g[j] ** 2);
      const u = w.map((each, j) => {
        const r = m[j] / (1 - beta1 ** t) / (Math.sqrt(v[j] / (1 - beta2 ** t)) + epsilon);
        return r + (layer ? lambda : 0) * each;
      });
      const local = layer ? ratioOf(norm(w), norm(u)) : 1;
      return w.map((each, j) => each - rate * local * u[j]);
    };
  });

async function pathOf(optimizer: Optimizer, engine: KernelBackend): Promise<Path> {
  const sizes = TENSORS.map(({ start }) => start.length);
  const total = sizes.reduce((a, b) => a + b);
  const b = programBuilder();
  const updated = optimizer.update(b, {
    parameters: b.input('parameters', [total]),
    gradient: b.input('gradient', [total]),
    state: optimizer.slots.map((slot) => b.input(slot, [total])),
    learningRate: b.input('learningRate', []),
    step: b.input('step', []),
    tensors: TENSORS.map(({ shape }, i) => {
      return { shape, size: sizes[i], offset: sizes.slice(0, i).reduce((sum, size) => sum + size, 0) };
    }),
  });
  const slots = Object.fromEntries(optimizer.slots.map((slot, i) => [slot, updated.state[i]]));
  const executable = await engine.compile(b.finish({ parameters: updated.parameters, ...slots }));
  const upload = (data: readonly number[], shape: readonly number[]) =>
    engine.upload({ dtype: 'float32', shape, data: Float32Array.from(data) });
  let state: Record<string, Buffer> = {
    parameters: upload(
      TENSORS.flatMap(({ start }) => start),
      [total],
    ),
  };
  for (const slot of optimizer.slots) state[slot] = upload(new Array(total).fill(0), [total]);
  const path: Path = [];
  for (let t = 0; t < STEPS; t++) {
    const gradient = upload(GRADIENTS[t].flat(), [total]);
    state = await executable.run({
      ...state,
      gradient,
      learningRate: upload([RATES[t]], []),
      step: upload([t + 1], []),
    });
    path.push([...(await engine.download(state.parameters)).data]);
  }
  return path;
}

const cases: readonly (readonly [string, Optimizer, Path])[] = [
  ['lars', lars({ momentum: 0.9, weightDecay: 0.01, trust: 0.02 }), plainLars(0.9, 0.01, 0.02)],
  ['lars as it is by default', lars({ momentum: 0.9, weightDecay: 0 }), plainLars(0.9, 0, 0.001)],
  ['lamb', lamb({ weightDecay: 0.01 }), plainLamb(0.9, 0.999, 1e-6, 0.01)],
  ['lamb with options', lamb({ beta1: 0.5, beta2: 0.9, epsilon: 0.1 }), plainLamb(0.5, 0.9, 0.1, 0)],
];
const engines: readonly (readonly [string, () => Promise<KernelBackend>])[] = [
  ['the reference engine', async () => referenceBackend()],
  ['onnxruntime', () => onnxruntimeBackend()],
];

describe.each(engines)('for fifty steps on %s', (_, engine) => {
  it.each(cases)('%s goes the way of its paper', async (_name, optimizer, expected) => {
    const path = await pathOf(optimizer, await engine());
    let first = 0;
    for (const { start } of TENSORS) {
      const part = (numbers: readonly number[]) => numbers.slice(first, first + start.length);
      for (let t = 0; t < STEPS; t++) expect(worstError(part(expected[t]), part(path[t]))).toBeLessThan(1e-5);
      first += start.length;
    }
  });
});
